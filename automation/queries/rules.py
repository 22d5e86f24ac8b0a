"""License rules as pages show them: who has what by rule, who waits, and what had drifted."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db.models import Count, QuerySet

from customers.models import Batch, BatchKind, Customer
from customers.said import retold

from ..models import KeptLicense, KeptState, LicenseRule, RuleException


def count_kept(rules: Collection[LicenseRule], customer: Customer) -> None:
    """Set on each rule how many licenses are `given`, `waiting` and `barred` by it, of living
    users, and how many users are `excepted`.

    Counted apart from the rules: joined, each exception would stand once with each license.
    """
    living = KeptLicense.objects.filter(customer=customer, user__deleted_at=None).order_by()
    kept = living.values_list("rule", "state").annotate(Count("pk"))
    counts = {(rule, state): count for rule, state, count in kept}
    exceptions = RuleException.objects.filter(rule__in=[rule.pk for rule in rules]).order_by()
    excepted = dict(exceptions.values_list("rule").annotate(Count("pk")))
    for rule in rules:
        found = {state.value: counts.get((rule.pk, state.value), 0) for state in KeptState}
        for name, count in (*found.items(), ("excepted", excepted.get(rule.pk, 0))):
            setattr(rule, name, count)


class ByRule(NamedTuple):
    """A license that a rule gave: which (None: it only stays since another license needs it)."""

    rule: int | None
    name: str
    why: str


def by_rule(users: Iterable[int]) -> dict[tuple[int, int], ByRule]:
    """Return the licenses of these users that are by rule, by user and subscription id."""
    rows = KeptLicense.objects.filter(user__among=list(users), state=KeptState.GIVEN)
    rows = rows.filter(user__deleted_at=None)
    columns = ("user_id", "subscription_id", "rule_id", "rule__name", "why", "why_said")
    return {
        (user, pk): ByRule(rule, name or "", retold(why, words))
        for user, pk, rule, name, why, words in rows.values_list(*columns)
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
