"""What pages tell of a license rule: whom it has to do with, and what could be chosen for it."""

from collections.abc import Collection

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from accounts.queries.license_marks import Marks
from customers.models import Customer

from ..models import KeptLicense, KeptState, LicenseRule, RuleSubscription
from .rules import barred_of, by_rule, count_kept, waiting_of


def rules_in_words(customer: Customer) -> list[LicenseRule]:
    """Return the customer's rules in their order, with figures and the names of what they give."""
    gifts = RuleSubscription.objects.select_related("subscription__product")
    gifts = gifts.prefetch_related("subscription__product__plans")
    rows = LicenseRule.objects.filter(customer=customer).select_related("by")
    rules = list(rows.prefetch_related(Prefetch("gives", gifts)))
    count_kept(rules, customer)
    return rules


def kept_by(rule: LicenseRule, state: str) -> QuerySet[KeptLicense]:
    """Return the licenses of a rule in this state: those that wait in their order, else by name."""
    if state == KeptState.WAITING:
        return waiting_of(rule.customer).filter(rule=rule)
    if state == KeptState.BARRED:
        return barred_of(rule.customer).filter(rule=rule)
    rows = rule.kept.filter(customer=rule.customer_id, state=state, user__deleted_at=None)
    related = rows.select_related("user", "subscription__product")
    return related.order_by("user__sort_name", "user", "subscription")


def rule_marks(customer: Customer, users: Collection[int]) -> Marks:
    """Return which licenses of these users rules give (accounts.queries.license_marks)."""
    has_rules = getattr(customer, "has_rules", None)
    if not (customer.license_rules.exists() if has_rules is None else has_rules):
        return Marks()
    # What stays since another license needs it has no rule any longer.
    gone = _("(no longer on)")
    names = {key: kept.name or gone for key, kept in by_rule(users).items()}
    return Marks(names, has_rules=True)
