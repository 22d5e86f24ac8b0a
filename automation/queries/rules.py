"""License rules as pages show them: who has what by rule, who waits, and what had drifted."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from customers.models import Batch, BatchKind, Customer

from ..models import KeptLicense, KeptState, LicenseRule


def rules_for_list(customer: Customer) -> QuerySet[LicenseRule]:
    """Return the customer's rules in their order, with how many have or await something by each.

    Annotates `given`, `waiting`, `barred` (of living users) and `excepted`.
    """
    living = Q(kept__user__deleted_at=None)
    counts = {
        state: Count("kept", Q(kept__state=state) & living, distinct=True) for state in KeptState
    }
    rows = LicenseRule.objects.filter(customer=customer).select_related("by")
    return rows.annotate(**{str(name): count for name, count in counts.items()}).annotate(
        excepted=Count("exceptions", distinct=True)
    )


class ByRule(NamedTuple):
    """A license that a rule gave: which (None: it only stays since another license needs it)."""

    rule: int | None
    name: str
    why: str


def by_rule(users: Iterable[int]) -> dict[tuple[int, int], ByRule]:
    """Return the licenses of these users that are by rule, by user and subscription id."""
    rows = KeptLicense.objects.filter(user__among=list(users), state=KeptState.GIVEN)
    rows = rows.filter(user__deleted_at=None)
    columns = ("user_id", "subscription_id", "rule_id", "rule__name", "why")
    return {
        (user, pk): ByRule(rule, name or "", why)
        for user, pk, rule, name, why in rows.values_list(*columns)
    }


def waiting_of(customer: Customer) -> QuerySet[KeptLicense]:
    """Return who waits for a seat, in the order in which seats are given."""
    return _owed(customer, KeptState.WAITING).order_by("rule__position", "since", "user")


def barred_of(customer: Customer) -> QuerySet[KeptLicense]:
    """Return who can't have what a rule gives, with why, in the order of names."""
    return _owed(customer, KeptState.BARRED).order_by("user__sort_name", "user")


def _owed(customer: Customer, state: KeptState) -> QuerySet[KeptLicense]:
    rows = KeptLicense.objects.filter(customer=customer, state=state, user__deleted_at=None)
    return rows.select_related("user", "subscription__product", "rule")


def drifts_of(customer: Customer) -> QuerySet[Batch]:
    """Return the batches by which nightly comparisons have mended what had drifted."""
    rows = Batch.objects.filter(customer=customer, kind=BatchKind.RULES, by=None)
    return rows.filter(request__do="drift").order_by("-pk")
