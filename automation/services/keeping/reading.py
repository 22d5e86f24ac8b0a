"""Reading what users hold, and what the rules have given them, into cases that are alike."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from accounts.queries.license_groups import Held, Holdings, groups_of
from customers.models import Customer
from licensing.models import LicenseAssignment, Subscription

from ...models import KeptLicense, KeptState
from ...queries.rule_facts import Rulebook, UserFacts
from .planning import Case, Kept

# So many users are read one by one; more in groups, by what they hold.
FEW = 200
NOTHING: Holdings = {}


@dataclass(frozen=True)
class Found:
    """Users in cases, and since when they wait, by user and subscription."""

    cases: list[Case]
    since: Mapping[tuple[int, int], datetime]

    @property
    def subscriptions(self) -> set[int]:
        """Return the subscriptions that have to do with any of it."""
        return {pk for case in self.cases for pk in (*case.held, *case.kept, *case.wishes)}

    def without_idle(self) -> "Found":
        """Return it without those of whom the rules want nothing, and to whom they gave nothing."""
        return Found([case for case in self.cases if case.wishes or case.kept], self.since)


def read_cases(users: Mapping[int, UserFacts], book: Rulebook, customer: Customer) -> Found:
    """Return the cases of these users, by id; of all else the database is asked here."""
    kept, since = _kept(users, customer)
    asked = [pk for pk, facts in users.items() if pk in kept or book.wishes(facts)]
    held = _held(asked, customer)
    cases: dict[tuple[object, ...], Case] = {}
    names: dict[tuple[tuple[int, Kept], ...], Mapping[int, Kept]] = {(): {}}
    nothing: tuple[tuple[int, Kept], ...] = ()
    for pk in asked:
        facts, rows = users[pk], kept.get(pk, nothing)
        wishes, holdings = book.wishes(facts), held.get(pk, NOTHING)
        # Both are one object for all who are alike.
        alike = (facts.usage_location, id(holdings), rows, id(wishes))
        case = cases.get(alike)
        if case is None:
            rows_of = names.setdefault(rows, dict(rows))
            case = cases[alike] = Case(facts.usage_location, holdings, rows_of, wishes)
        case.users.append(pk)
    return Found(list(cases.values()), since)


def _kept(
    users: Collection[int], customer: Customer
) -> tuple[dict[int, tuple[tuple[int, Kept], ...]], dict[tuple[int, int], datetime]]:
    """Return what the rules gave or owe, by user id in one form, and since when they owe it."""
    rows = KeptLicense.objects.filter(customer=customer)
    if len(users) < FEW * 10:
        rows = rows.filter(user__among=list(users))
    columns = ("user_id", "subscription_id", "state", "rule_id", "why", "since")
    alike: dict[tuple[str, int | None, str], Kept] = {}
    found: dict[int, tuple[tuple[int, Kept], ...]] = {}
    since: dict[tuple[int, int], datetime] = {}
    for user, pk, state, rule, why, at in rows.order_by("subscription").values_list(*columns):
        if user not in users:
            continue
        key = (state, rule, why)
        if (kept := alike.get(key)) is None:
            kept = alike[key] = Kept(*key)
        found[user] = (*found.get(user, ()), (pk, kept))
        if state == KeptState.WAITING:
            since[user, pk] = at
    return found, since


def _held(users: Collection[int], customer: Customer) -> dict[int, Holdings]:
    """Return what users hold, one object for those who hold the same; without who holds nothing."""
    if len(users) >= FEW:
        groups = groups_of(users, customer)
        return {pk: group.held for group in groups if group.held for pk in group.users}
    if not users:
        return {}
    live = LicenseAssignment.objects.live().filter(customer=customer, user__among=list(users))
    rows = live.order_by("subscription")
    columns = ("user_id", "subscription_id", "subscription__product_id", "services_off")
    found: dict[int, dict[int, Held]] = {}
    for user, pk, product, off in rows.values_list(*columns):
        found.setdefault(user, {})[pk] = Held(product, tuple(off))
    alike: dict[tuple[tuple[int, Held], ...], Holdings] = {}
    return {user: alike.setdefault(tuple(one.items()), one) for user, one in found.items()}


def subscriptions_of(pks: Iterable[int], customer: Customer) -> dict[int, Subscription]:
    """Return subscriptions as they are now, without their locks."""
    rows = Subscription.objects.select_related("product").filter(customer=customer)
    return {row.pk: row for row in rows.filter(pk__in=set(pks))}


def claims(pools: Collection[int], users: Collection[int], customer: Customer) -> dict[int, int]:
    """Return how many others wait for a seat, by subscription id."""
    waiting = KeptLicense.objects.filter(customer=customer, state=KeptState.WAITING)
    others = waiting.filter(subscription__in=pools).exclude(user__among=list(users)).order_by()
    counted = others.values("subscription").annotate(count=Count("pk"))
    return dict(counted.values_list("subscription", "count"))
