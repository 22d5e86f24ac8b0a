"""A look at the users of a small batch, in one message: most have to do with no rule."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from customers.models import Batch, BatchItem, Outcome
from customers.services.messages import Query, send

from ...models import KeptLicense, KeptState, LicenseRule, RuleException, RuleSubscription
from ...queries.rule_facts import Rulebook, RuleFacts, UserFacts, filter_of
from .marks import with_free_seat

CHANGED = (Outcome.DONE, Outcome.PARTLY)


def _changed(batch: int) -> QuerySet[BatchItem]:
    return BatchItem.objects.filter(batch=batch, outcome__in=CHANGED)


USERS = Query(lambda batch: _changed(batch).order_by("user").values_list("user"))
FACTS = Query(
    lambda batch: (
        User.objects.active()  # type: ignore[misc]
        .with_roles()
        .filter(pk__in=_changed(batch).values("user"))
        .order_by()
        .values_list("pk", "usage_location", "department", "job_title", "role_names", "added_at")
    )
)
# Something to take back, or to keep: who has left a filter has it still.
KEPT = Query(
    lambda batch: (
        KeptLicense.objects.filter(user__in=_changed(batch).values("user"))
        .order_by()
        .values_list("user")
    )
)
RULES = Query(
    lambda customer: (
        LicenseRule.objects.filter(customer=customer, is_on=True)
        .order_by("position", "pk")
        .values_list("pk", "name", "position", "filter", "for_newcomers", "on_since")
    )
)
GIFTS = Query(
    lambda customer: (
        RuleSubscription.objects.filter(customer=customer, rule__is_on=True)
        .order_by("subscription")
        .values_list("rule", "subscription", "services_off")
    )
)
EXCEPTED = Query(
    lambda customer, batch: (
        RuleException.objects.filter(
            customer=customer, rule__is_on=True, user__in=_changed(batch).values("user")
        )
        .order_by()
        .values_list("rule", "user")
    )
)
FREE_SEATS = Query(
    lambda customer: (
        with_free_seat(KeptLicense.objects.filter(customer=customer, state=KeptState.WAITING))
        .order_by()
        .values_list("pk")[:1]
    )
)


@dataclass(frozen=True, slots=True)
class Glance:
    """The changed users, the rules with their exceptions among these, whether any of them has to
    do with a rule, and whether somebody waits for a seat that is free.
    """

    users: list[int]
    book: Rulebook
    concerns: bool
    is_seat_awaited: bool


def glance(batch: Batch) -> Glance:
    """Look at a batch that has been closed; in its transaction."""
    customer, pk = batch.customer_id, batch.pk
    users, facts, kept, rules, gifts, excepted, free = (
        answer.rows
        for answer in send(
            USERS(pk),
            FACTS(pk),
            KEPT(pk),
            RULES(customer),
            GIFTS(customer),
            EXCEPTED(customer, pk),
            FREE_SEATS(customer),
        )
    )
    gives: dict[int, dict[int, frozenset[str]]] = {}
    for rule, subscription, off in gifts:
        gives.setdefault(rule, {})[subscription] = frozenset(off)
    without: dict[int, set[int]] = {}
    for rule, user in excepted:
        without.setdefault(rule, set()).add(user)
    book = Rulebook(
        tuple(
            RuleFacts(
                rule,
                name,
                position,
                filter_of(found),
                gives.get(rule, {}),
                since if for_newcomers else None,
                frozenset(without.get(rule, ())),
            )
            for rule, name, position, found, for_newcomers, since in rules
        )
    )
    concerns = bool(kept) or any(book.wishes(UserFacts(*values), pk) for pk, *values in facts)
    return Glance([user for (user,) in users], book, concerns, bool(free))
