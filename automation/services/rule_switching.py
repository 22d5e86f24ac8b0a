"""Switching rules on and off, and removing them."""

from django.utils import timezone

from accounts.models import User
from customers.actions import Action
from customers.errors import Refused
from customers.models import Batch
from customers.said import gettext_lazy
from customers.services.transactions import transactional

from ..models import KeptLicense, KeptState, LicenseRule
from ..queries.rule_facts import RuleFacts, facts_of, rulebook_of, rules_of
from .applying import apply, users_of
from .drafts import check_filter, check_gives, check_needed, check_together
from .keeping.marks import leave
from .rules import Rules, others_of, record, take_rule

IS_ON = gettext_lazy("This rule is already on.")
IS_OFF = gettext_lazy("This rule is already off.")


@transactional
def switch_on(
    rule: LicenseRule, *, actor: User, seen: int | None = None, key: str = "", reason: str = ""
) -> Batch:
    """Switch a rule on, and give what it gives, in the batch that is returned.

    Raises AlreadyDone. Refused where it is on, is another one than was `seen`, or contradicts what
    is on by now.
    """
    fresh, rules = take_rule(rule, actor=actor, key=key, seen=seen)
    if fresh.is_on:
        raise Refused(str(IS_ON), code="rule-is-on")
    facts = RuleFacts.of(fresh, now=timezone.now())
    check_filter(facts.filter)
    check_gives(facts.gives, fresh.customer)
    check_together(facts, others_of(fresh, rules, on=True), fresh.customer)
    turn(fresh, on=True, actor=actor, reason=reason)
    return apply("on", fresh, users_of(fresh), actor=actor, key=key, reason=reason)


@transactional
def switch_off(
    rule: LicenseRule,
    *,
    actor: User,
    keep: bool = False,
    seen: int | None = None,
    key: str = "",
    reason: str = "",
) -> Batch:
    """Switch a rule off, and take what it alone gave, in the batch that is returned.

    With `keep` the licenses stay, as if somebody had given them. Raises AlreadyDone. Refused where
    it is off, is another one than was `seen`, or where another rule builds on it.
    """
    fresh, rules = take_rule(rule, actor=actor, key=key, seen=seen)
    if not fresh.is_on:
        raise Refused(str(IS_OFF), code="rule-is-off")
    return _end(fresh, rules, actor=actor, keep=keep, key=key, reason=reason, do="off")


@transactional
def remove_rule(
    rule: LicenseRule,
    *,
    actor: User,
    keep: bool = False,
    seen: int | None = None,
    key: str = "",
    reason: str = "",
) -> Batch | None:
    """Remove a rule for good; one that is on as switch_off does. None where it was off."""
    fresh, rules = take_rule(rule, actor=actor, key=key, seen=seen)
    batch = None
    if fresh.is_on:
        batch = _end(fresh, rules, actor=actor, keep=keep, key=key, reason=reason, do="remove")
    record(Action.RULE_REMOVED, fresh, actor, {"rule": fresh.name}, reason)
    KeptLicense.objects.filter(customer=fresh.customer_id, rule=fresh.pk).update(rule=None)
    fresh.delete()
    return batch


def _end(
    fresh: LicenseRule, rules: Rules, *, actor: User, keep: bool, key: str, reason: str, do: str
) -> Batch:
    facts = RuleFacts.of(fresh)
    check_needed(facts, others_of(fresh, rules, on=True), fresh.customer)
    users, since = users_of(fresh), fresh.on_since
    turn(fresh, on=False, actor=actor, reason=reason, keep=keep)
    if keep:
        leave_as_direct(fresh)
    more = {"since": since.isoformat() if since else None, "keep": keep}
    return apply(do, fresh, users, actor=actor, key=key, reason=reason, **more)


def turn(
    rule: LicenseRule, *, on: bool, actor: User, reason: str = "", keep: bool | None = None
) -> None:
    """Write that a locked rule is on or off."""
    rule.is_on, rule.on_since = on, timezone.now() if on else None
    rule.version += 1
    rule.save(update_fields=["is_on", "on_since", "version"])
    changes: dict[str, object] = {"rule": rule.name, "on": [not on, on]}
    if keep is not None:
        changes["licenses_kept"] = keep
    record(Action.RULE_SWITCHED, rule, actor, changes, reason)


def leave_as_direct(rule: LicenseRule) -> None:
    """Let users have what this rule alone gave, as if somebody had given it.

    Also those who are deleted, and may be restored with it.
    """
    pools = rule.gives.values("subscription")
    given = KeptLicense.objects.filter(customer=rule.customer_id, state=KeptState.GIVEN)
    given = given.filter(subscription__in=pools)
    users = set(given.order_by().values_list("user_id", flat=True))
    book = rulebook_of(rules_of(rule.customer), users)
    known = facts_of(rule.customer, users)
    gone = [
        pk
        for pk, user, pool, of in given.values_list("pk", "user_id", "subscription_id", "rule_id")
        if (pool not in book.wishes(known[user], user) if user in known else of == rule.pk)
    ]
    KeptLicense.objects.filter(pk__among=gone).delete()


def not_applied(batch: Batch) -> None:
    """Put back what a batch that waited was about; a rule that is on is kept in any case."""
    rules = LicenseRule.objects.filter(
        pk=batch.request.get("rule") or 0, customer=batch.customer_id
    )
    if batch.request.get("do") == "on" and batch.by is not None:
        for rule in rules.filter(is_on=True).select_for_update(no_key=True, of=("self",)):
            turn(rule, on=False, actor=batch.by)
    leave(batch.customer_id, is_whole=True)
