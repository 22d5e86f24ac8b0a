"""Making license rules: what they say, in which order, and for whom they make an exception.

All of a customer's rules are locked by each of these, after the batch and before its users.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from customers.actions import Action
from customers.errors import Refused
from customers.models import Batch, Customer
from customers.roles import Capability
from customers.said import gettext as _
from customers.services import audit
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ..models import LicenseRule, RuleException, RuleSubscription
from ..queries.rule_facts import GIVES, RuleFacts
from .applying import apply, check_unused, users_of
from .drafts import Draft, check_filter, check_gives, check_together, clean_name
from .keeping.marks import leave

Rules = dict[int, LicenseRule]


def lock_rules(customer: Customer, *, actor: User, wait: bool = True) -> Rules:
    """Lock the customer's rules and return them by id, in their order; the actor is looked at.

    Without `wait` the database's error says that another has them: for who holds users already.
    """
    check_actor(actor, Capability.MANAGE_LICENSES, customer=customer)
    rules = LicenseRule.objects.filter(customer=customer)
    # In the order of their ids; not the customer, whose counters others take last.
    nowait = not wait and connection.features.has_select_for_update_nowait
    locked = rules.order_by("pk").select_for_update(no_key=True, nowait=nowait)
    list(locked.values_list("pk", flat=True))
    rows = rules.order_by("position", "pk").select_related("customer__partner")
    return {row.pk: row for row in rows.prefetch_related(GIVES)}


def rule_gone() -> Refused:
    return Refused(_("This rule has since been removed."), code="rule-gone")


def take_rule(
    rule: LicenseRule, *, actor: User, key: str = "", seen: int | None = None, wait: bool = True
) -> tuple[LicenseRule, Rules]:
    """Lock all of the customer's rules (lock_rules), and return this one as it is now, and all.

    Raises AlreadyDone for a key that was used; Refused where the rule has been removed, or is of
    another version than was `seen`.
    """
    rules = lock_rules(rule.customer, actor=actor, wait=wait)
    check_unused(key, rule.customer, actor)
    if rule.pk not in rules:
        raise rule_gone()
    fresh = rules[rule.pk]
    if seen is not None and seen != fresh.version:
        raise Refused(
            _("Someone else has changed this rule while you were editing. Check the page again."),
            code="rule-changed",
        )
    return fresh, rules


def others_of(rule: LicenseRule | None, rules: Rules, *, on: bool = False) -> list[RuleFacts]:
    """Return the other rules, or those of them that are on."""
    rows = [row for row in rules.values() if rule is None or row.pk != rule.pk]
    now = timezone.now()
    return [RuleFacts.of(row, now=now) for row in rows if row.is_on or not on]


@transactional
def add_rule(draft: Draft, *, customer: Customer, actor: User) -> LicenseRule:
    """Add a rule, which is off, as the last one. Refused for what contradicts (drafts)."""
    rules = lock_rules(customer, actor=actor)
    rule = LicenseRule(customer=customer, by=actor)
    rule.position = max((row.position for row in rules.values()), default=0) + 1
    _fill(rule, draft, rules)
    _write(rule, draft)
    record(Action.RULE_ADDED, rule, actor, log_facts(rule, draft))
    return rule


@transactional
def change_rule(
    rule: LicenseRule, draft: Draft, *, actor: User, seen: int | None = None, key: str = ""
) -> Batch | None:
    """Change a rule; return the batch that brings users to it, if it is on.

    Refused where another has changed it since it was `seen` (its version), and as add_rule is.
    """
    fresh, rules = take_rule(rule, actor=actor, key=key, seen=seen)
    before = log_facts(fresh, Draft.of(fresh))
    affected = users_of(fresh) if fresh.is_on else set[int]()
    _fill(fresh, draft, rules)
    after = log_facts(fresh, replace(draft, name=fresh.name))
    if after == before:
        return None
    fresh.version += 1
    _write(fresh, draft)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    record(Action.RULE_CHANGED, fresh, actor, {"rule": fresh.name, "changed": changed})
    rule.version = fresh.version
    if not fresh.is_on:
        return None
    now = LicenseRule.objects.prefetch_related(GIVES).get(pk=fresh.pk)
    return apply("change", now, affected | users_of(now), actor=actor, key=key)


@transactional
def move_rule(rule: LicenseRule, place: int, *, actor: User) -> None:
    """Put a rule at this place among the customer's, counted from 1: it comes first for seats.

    Who has a seat keeps it.
    """
    fresh, rules = take_rule(rule, actor=actor)
    order = [row for row in rules.values() if row.pk != fresh.pk]
    old = list(rules).index(fresh.pk) + 1
    place = max(1, min(place, len(order) + 1))
    order.insert(place - 1, fresh)
    if place == old:
        return
    for number, row in enumerate(order, 1):
        if row.position != number:
            row.position = number
            row.save(update_fields=["position"])
    record(Action.RULE_CHANGED, fresh, actor, {"rule": fresh.name, "place": [old, place]})
    if any(row.is_on for row in order):
        leave(fresh.customer, is_whole=True)


@transactional
def add_exceptions(
    rule: LicenseRule, users: Sequence[User | int], *, actor: User, key: str = "", reason: str = ""
) -> Batch | None:
    """Except users from a rule; what it alone gave them is taken, in the batch that is returned.

    Who is excepted already stays so. None where the rule is off.
    """
    fresh, _rules = take_rule(rule, actor=actor, key=key)
    own = _own(users, fresh.customer)
    there = set(fresh.exceptions.filter(user__among=own).values_list("user_id", flat=True))
    new = [pk for pk in own if pk not in there]
    except_users(fresh, new, actor=actor)
    record_exceptions(fresh, new, actor, excepted=True, reason=reason)
    if not fresh.is_on:
        return None
    return apply("except", fresh, set(own), actor=actor, key=key, reason=reason)


@transactional
def remove_exceptions(
    rule: LicenseRule, users: Sequence[User | int], *, actor: User, key: str = "", reason: str = ""
) -> Batch | None:
    """Let the rule give to these users again, in the batch that is returned; None where it is
    off.
    """
    fresh, _rules = take_rule(rule, actor=actor, key=key)
    rows = fresh.exceptions.filter(user__among=_own(users, fresh.customer))
    gone = sorted(rows.values_list("user_id", flat=True))
    rows.delete()
    record_exceptions(fresh, gone, actor, excepted=False, reason=reason)
    if not fresh.is_on or not gone:
        return None
    return apply("except", fresh, set(gone), actor=actor, key=key, reason=reason)


def except_users(rule: LicenseRule, users: Iterable[int], *, actor: User) -> None:
    RuleException.objects.bulk_create(
        RuleException(rule=rule, user_id=pk, customer_id=rule.customer_id, by=actor) for pk in users
    )


def _own(users: Iterable[User | int], customer: Customer) -> list[int]:
    ids = {user if isinstance(user, int) else user.pk for user in users}
    own = User.objects.filter(customer=customer, pk__among=sorted(ids)).order_by("pk")
    return list(own.values_list("pk", flat=True))


def _fill(rule: LicenseRule, draft: Draft, rules: Rules) -> None:
    """Set on the object what the draft says. Refused for what may not be."""
    rule.name = clean_name(draft.name)
    names = {row.name.lower() for row in rules.values() if row.pk != rule.pk}
    if rule.name.lower() in names:
        raise Refused(name_taken(), code="rule-name-taken", field="name")
    check_filter(draft.filter)
    check_gives(draft.gives, rule.customer)
    rule.filter, rule.for_newcomers = draft.filter.query(), draft.for_newcomers
    since = (rule.on_since or timezone.now()) if rule.for_newcomers else None
    facts = RuleFacts(rule.pk or 0, rule.name, rule.position, draft.filter, draft.gives, since)
    check_together(facts, others_of(rule, rules), rule.customer)


def name_taken() -> str:
    return _("A rule with this name already exists. Choose another name.")


def _write(rule: LicenseRule, draft: Draft) -> None:
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError:
        raise Refused(name_taken(), code="rule-name-taken", field="name") from None
    rule.gives.exclude(subscription__in=draft.gives).delete()
    there = {row.subscription_id: row for row in rule.gives.all()}
    for pk, off in sorted(draft.gives.items()):
        row = there.get(pk)
        if row is None:
            given = {"subscription_id": pk, "customer_id": rule.customer_id}
            RuleSubscription.objects.create(rule=rule, services_off=sorted(off), **given)
        elif row.services_off != sorted(off):
            row.services_off = sorted(off)
            row.save(update_fields=["services_off"])


def log_facts(rule: LicenseRule, draft: Draft) -> dict[str, object]:
    """Return what the log says of a rule: nothing of it names a user."""
    rows = rule.customer.subscriptions.filter(pk__in=draft.gives).order_by("product__name")
    gives = {name: sorted(draft.gives[pk]) for pk, name in rows.values_list("pk", "product__name")}
    return {
        "rule": draft.name,
        "filter": draft.filter.query(),
        "gives": gives,
        "for_newcomers": draft.for_newcomers,
    }


def record(
    action: Action, rule: LicenseRule, actor: User, changes: dict[str, object], reason: str = ""
) -> None:
    entry = audit.Entry(action, rule, changes)
    audit.record([entry], actor=actor, customer=rule.customer, reason=reason)


def record_exceptions(
    rule: LicenseRule, users: Iterable[int], actor: User, *, excepted: bool, reason: str
) -> None:
    """Write who is excepted, or no longer: with each user, since it is their license."""
    rows = User.objects.filter(pk__among=list(users)).only("display_name", "user_name")
    changes = {"rule": rule.name, "excepted": [not excepted, excepted]}
    entries = [audit.Entry(Action.RULE_EXCEPTION, row, changes) for row in rows.order_by("pk")]
    audit.record(entries, actor=actor, customer=rule.customer, reason=reason)
