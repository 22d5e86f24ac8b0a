"""Undo of switching a rule on or off, which take each other back: the rule, and what it came to."""

from dataclasses import dataclass
from datetime import datetime

from accounts.services.undo.cases import Case, Inverse, Plan
from accounts.services.users.locking import deleted
from customers.errors import Refused
from customers.formats import figure
from customers.models import Batch, BatchKind
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import gettext_lazy, ngettext

from ..models import LicenseRule
from ..queries.rule_facts import RuleFacts
from .applying import run, users_of
from .drafts import check_filter, check_gives, check_needed, check_together
from .keeping.marks import leave
from .rule_switching import turn
from .rules import Rules, others_of, rule_gone, take_rule

ONLY_SWITCHES = gettext_lazy(
    "Users have what the license rules give: change, switch or remove a rule instead."
)
# What a batch of the rules did, and can be taken back.
SWITCHED = ("on", "off")


def rule_of(batch: Batch) -> LicenseRule | None:
    rules = LicenseRule.objects.filter(customer=batch.customer_id)
    return rules.filter(pk=batch.request.get("rule") or 0).select_related("customer").first()


def why_not(batch: Batch) -> str:
    """Return why nobody can undo a batch of the rules, or ""; asks nothing of the database."""
    loaded = vars(batch)
    # Batch.for_list() loads that alone.
    did = batch.request.get("do") if "request" in loaded else loaded.get("did")
    return "" if did in SWITCHED else str(ONLY_SWITCHES)


def _plan(case: Case) -> Plan:
    on = case.batch.request["do"] == "on"
    rule = rule_of(case.batch)
    if rule is None:
        raise rule_gone()
    if rule.is_on != on:
        text = _("The rule “%(rule)s” has since been switched.")
        raise Refused(text % {"rule": rule.name}, code="not-undoable")
    todo = [row for row in case.rows if deleted(row) is None]
    left = [(row, *why) for row in case.rows if (why := deleted(row)) is not None]
    if on:
        points = [
            _("The rule “%(rule)s” is switched off, and what it alone gave is taken.")
            % {"rule": rule.name}
        ]
    else:
        points = [
            _("The rule “%(rule)s” is switched on again, and gives what it gave.")
            % {"rule": rule.name}
        ]
    more = ngettext(
        "%(count)s user had a license from it or lost one then.",
        "%(count)s users had a license from it or lost one then.",
        len(todo),
    )
    points.append(more % {"count": figure(len(todo))})
    return Plan(todo, left, points, _SwitchBack(case, rule).do)


@dataclass(frozen=True, slots=True)
class _SwitchBack:
    case: Case
    rule: LicenseRule

    def do(self, batch: Batch) -> Batch:
        """Switch the rule back, wholly or not at all, and settle its users."""
        customer, actor = self.case.customer, self.case.actor
        fresh, rules = take_rule(self.rule, actor=actor, wait=False)
        users = users_of(fresh)
        if fresh.is_on:
            check_needed(RuleFacts.of(fresh), others_of(fresh, rules, on=True), customer)
            turn(fresh, on=False, actor=actor, reason=batch.reason)
        else:
            self._check(fresh, rules)
            turn(fresh, on=True, actor=actor, reason=batch.reason)
            if since := self.case.batch.request.get("since"):
                # Newcomers are those who were it before.
                fresh.on_since = datetime.fromisoformat(since)
                fresh.save(update_fields=["on_since"])
        batch.request |= {"do": "undo", "rule": fresh.pk, "name": fresh.name}
        users |= users_of(fresh)
        known = {row.pk for row in self.case.rows}
        done = run(batch, sorted(known))
        if users - known:
            # Whom the rule came to since, and who are not locked: at once after this.
            leave(customer, is_whole=True)
        return done

    def _check(self, rule: LicenseRule, rules: Rules) -> None:
        facts = RuleFacts.of(rule)
        check_filter(facts.filter)
        check_gives(facts.gives, rule.customer)
        check_together(facts, others_of(rule, rules, on=True), rule.customer)


UNDO_RULES = Inverse(BatchKind.RULES, Capability.MANAGE_LICENSES, _plan)
