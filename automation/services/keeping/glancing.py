"""A look at the users of a small batch, in one message: most have to do with no rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.queries.license_groups import Held
from customers.models import Batch, BatchItem, Outcome
from customers.services.messages import Query, send
from licensing.models import LicenseAssignment

from ...models import KeptLicense, KeptState, LicenseRule, RuleException, RuleSubscription
from ...queries.rule_facts import Rulebook, RuleFacts, UserFacts, filter_of
from .marks import AWAITED_SEAT
from .planning import Case, Kept
from .reading import Found, kept_row

Rows = Iterable[tuple[Any, ...]]
CHANGED = (Outcome.DONE, Outcome.PARTLY)


def changed_items(batch: int) -> QuerySet[BatchItem]:
    """Return the items of the users whom a batch has changed."""
    return BatchItem.objects.filter(batch=batch, outcome__in=CHANGED)


USERS = Query(lambda batch: changed_items(batch).order_by("user").values_list("user"))
FACTS = Query(
    lambda batch: (
        User.objects.active()
        .with_roles()
        .filter(pk__in=changed_items(batch).values("user"))
        .order_by()
        .values_list("pk", *UserFacts._fields)
    )
)
HELD = Query(
    lambda batch: (
        LicenseAssignment.objects.live()
        .filter(user__in=changed_items(batch).values("user"))
        .order_by()
        .values_list("user", "subscription", "subscription__product", "services_off")
    )
)
# Something to take back, or to keep: who has left a filter has it still.
KEPT = Query(
    lambda batch: (
        KeptLicense.objects.filter(user__in=changed_items(batch).values("user"))
        .order_by()
        .values_list("user", "subscription", "state", "rule", "why", "why_said", "since")
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
            customer=customer, rule__is_on=True, user__in=changed_items(batch).values("user")
        )
        .order_by()
        .values_list("rule", "user")
    )
)


@dataclass(frozen=True, slots=True)
class Glance:
    """The changed users, the rules with their exceptions among these, the cases of those users who
    have to do with a rule, and whether somebody waits for a seat that is free.
    """

    users: list[int]
    book: Rulebook
    found: Found
    is_seat_awaited: bool


def glance(batch: Batch) -> Glance:
    """Look at a batch that has been closed; in its transaction."""
    customer, pk = batch.customer_id, batch.pk
    users, facts, held, kept, rules, gifts, excepted, awaited = (
        answer.rows
        for answer in send(
            USERS(pk),
            FACTS(pk),
            HELD(pk),
            KEPT(pk),
            RULES(customer),
            GIFTS(customer),
            EXCEPTED(customer, pk),
            AWAITED_SEAT(customer),
        )
    )
    book = book_of(rules, gifts, excepted)
    found = cases_of(facts, held, kept, book)
    return Glance([user for (user,) in users], book, found, bool(awaited))


def book_of(rules: Rows, gifts: Rows, excepted: Rows) -> Rulebook:
    """Return the rules of these rows, in their order."""
    gives: dict[int, dict[int, frozenset[str]]] = {}
    for rule, subscription, off in gifts:
        gives.setdefault(rule, {})[subscription] = frozenset(off)
    without: dict[int, set[int]] = {}
    for rule, user in excepted:
        without.setdefault(rule, set()).add(user)
    return Rulebook(
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


def cases_of(facts: Rows, held: Rows, kept: Rows, book: Rulebook) -> Found:
    """Return what read_cases does, of the rows of few users: a case for each."""
    holdings: dict[int, dict[int, Held]] = {}
    for user, subscription, product, off in held:
        holdings.setdefault(user, {})[subscription] = Held(product, tuple(off))
    remembered: dict[int, dict[int, Kept]] = {}
    since = {}
    for user, subscription, state, rule, why, words, at in kept:
        remembered.setdefault(user, {})[subscription] = kept_row(state, rule, why, words)
        if state == KeptState.WAITING:
            since[user, subscription] = at
    cases = [
        Case(location, holdings.get(pk, {}), remembered.get(pk, {}), wishes, [pk])
        for pk, location, *rest in sorted(facts)
        if (wishes := book.wishes(UserFacts(location, *rest), pk)) or pk in remembered
    ]
    return Found(cases, since)
