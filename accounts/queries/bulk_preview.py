"""Preview of an action: whom it would be done to of the selected, and whom not.

Counted and sorted by the database. No user is loaded but the few who are named, so that a page
about 100,000 costs as many queries as one about three. Why a user is left out is decided again,
under lock, by the service.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber

from customers.models import Customer
from customers.roles import CUSTOMER_ROLES, Capability, Reach, Role
from licensing.models import LicenseAssignment, LicenseAssignmentQuerySet

from ..models import User, UserQuerySet
from ..telling_apart import told_apart

# A page names so many users, and counts the others.
SHOWN = 50
# So many values of a field are proposed.
PROPOSED = 50


class WhyLeft(StrEnum):
    """Reasons to leave a user out, in the order in which services ask."""

    DELETED = "deleted"
    ONESELF = "oneself"
    BEYOND_REACH = "beyond reach"
    ALREADY = "already"


@dataclass(slots=True)
class Named:
    """A number of users, and the names of the first of them with their user names."""

    count: int = 0
    first: list[tuple[str, str]] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return told_apart(self.first)

    def add(self, name: str, user_name: str, number: int) -> None:
        self.count += number
        if len(self.first) < SHOWN:
            self.first.append((name, user_name))


@dataclass(frozen=True, slots=True)
class Forecast:
    """What an action would come to, in figures.

    `administrators` are among `todo`; `gone` were deleted permanently since they were chosen.
    """

    todo: Named
    administrators: Named
    left: dict[WhyLeft, Named]
    gone: int


def judge(
    ids: Collection[int],
    *,
    customer: Customer,
    actor: User,
    capability: Capability,
    but_oneself: bool,
    already: Q | None = None,
) -> UserQuerySet:
    """Return the users with `leads` (is an administrator) and `why` (is left out, or "")."""
    administrators = User.groups.through.objects.filter(
        user=OuterRef("pk"), group__name__in=[role.value for role in CUSTOMER_ROLES]
    )
    reasons = [When(deleted_at__isnull=False, then=Value(WhyLeft.DELETED.value))]
    if but_oneself:
        reasons.append(When(pk=actor.pk, then=Value(WhyLeft.ONESELF.value)))
    if actor.reach(capability) == Reach.LIMITED:
        reasons.append(When(leads=True, then=Value(WhyLeft.BEYOND_REACH.value)))
    if already is not None:
        reasons.append(When(already, then=Value(WhyLeft.ALREADY.value)))
    return (
        User.objects.filter(customer=customer, pk__among=ids)
        .annotate(leads=Exists(administrators))
        .annotate(why=Case(*reasons, default=Value(""), output_field=CharField()))
    )


def foresee(judged: UserQuerySet, *, chosen: int) -> Forecast:
    """Return figures with the first names; one query. `chosen` is how many there were to judge."""
    alike, order = ["why", "leads"], ["sort_name", "pk"]
    rows = (
        judged.annotate(
            number=Window(Count("pk"), partition_by=alike),
            place=Window(RowNumber(), partition_by=alike, order_by=order),
        )
        .filter(place__lte=SHOWN)
        .order_by(*order)
    )
    todo, administrators = Named(), Named()
    left: dict[WhyLeft, Named] = {}
    counted = set()
    columns = ("why", "leads", "number", "display_name", "user_name")
    for why, leads, number, name, user_name in rows.values_list(*columns):
        groups = [left.setdefault(WhyLeft(why), Named())] if why else [todo]
        if leads and not why:
            groups.append(administrators)
        for group in groups:
            group.add(name, user_name, 0 if (why, leads) in counted else number)
        counted.add((why, leads))
    in_order = {why: left[why] for why in WhyLeft if why in left}
    there = todo.count + sum(group.count for group in left.values())
    return Forecast(todo, administrators, in_order, chosen - there)


def todo_of(judged: UserQuerySet) -> UserQuerySet:
    """Return those of the judged users to whom it would be done."""
    return judged.filter(why="")  # type: ignore[misc]


def seats_of(users: QuerySet[User]) -> list[tuple[str, int]]:
    """Return how many seats of each product these users hold, by name."""
    held = _held(users).values_list("subscription__product__name")
    return list(held.annotate(number=Count("pk")).order_by("subscription__product__name"))


def products_barred_somewhere(users: UserQuerySet) -> list[tuple[str, list[str], int]]:
    """Return held products that some countries forbid, with those countries and the number of
    holders.
    """
    barred = _held(users).exclude(subscription__product__blocked_countries=[])
    return list(
        barred.values_list(
            "subscription__product__name", "subscription__product__blocked_countries"
        )
        .annotate(number=Count("pk"))
        .order_by("subscription__product__name")
    )


def _held(users: QuerySet[User]) -> LicenseAssignmentQuerySet:
    return LicenseAssignment.objects.live().filter(user__in=users.values("pk"))


def values_of(users: UserQuerySet, name: str, *, most: int) -> list[tuple[str, int]]:
    """Return the commonest values of a field, and how many have each."""
    counted = users.order_by().values_list(name).annotate(number=Count("pk"))
    return [(str(value), number) for value, number in counted.order_by("-number", name)[:most]]


def permissions_of(users: UserQuerySet) -> list[tuple[tuple[Role, ...], int]]:
    """Return each set of roles that a user has, and how many do; the commonest first."""
    with_roles = users.order_by().with_roles()
    counted = with_roles.values_list("role_names").annotate(number=Count("pk"))  # type: ignore[misc]
    found: dict[tuple[Role, ...], int] = {}
    for names, number in counted:
        present = set((names or "").split("|"))
        roles = tuple(role for role in Role if role.value in present)
        found[roles] = found.get(roles, 0) + number
    return sorted(found.items(), key=lambda pair: -pair[1])


def proposals(customer: Customer, name: str) -> list[str]:
    """Return the commonest values of a field of the customer's users, in order."""
    users = customer.users.active().exclude(**{name: ""})
    return sorted(value for value, _number in values_of(users, name, most=PROPOSED))
