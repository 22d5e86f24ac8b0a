"""A user's own customers, as far as they may still see them: with a star, and opened last."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, F, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Cast
from django.utils import timezone

from ..expressions import JoinedText, RowsOf
from ..models import Customer, CustomerQuerySet
from ..places.rows import Favorite, Visit
from ..services.messages import Query, send

if TYPE_CHECKING:
    from accounts.models import User


# Each search asks for them.
FAVORITES = Query(lambda owner: Favorite.objects.filter(owner=owner).values_list("customer_id"))
OPENED = Query(Visit.objects.newest_of_users)


def favorite_ids(user: "User") -> set[int]:
    [answer] = send(FAVORITES(user.pk))
    return {pk for (pk,) in answer.rows}


def count_and_favorites(customers: CustomerQuerySet, user: "User") -> tuple[int, set[int]]:
    """Return how many customers these are, and the ids of those with the user's star."""
    own = Q(pk__in=Favorite.objects.filter(owner=user).values("customer"))
    found = customers.aggregate(
        count=Count("pk"), own=JoinedText(Cast("pk", TextField()), ",", filter=own)
    )
    return found["count"], {int(pk) for pk in (found["own"] or "").split(",") if pk}


def favorites_and_opened(user: "User") -> tuple[set[int], list[int]]:
    """Return the ids of the customers with the user's star, and of the users that they opened, the
    last one first.
    """
    favorites, opened = send(FAVORITES(user.pk), OPENED(user.pk))
    return {pk for (pk,) in favorites.rows}, [pk for (pk,) in opened.rows]


def favorites_first(favorites: set[int]) -> list[Case]:
    """Return what a list of customers is ordered by before anything else, if there are any."""
    if not favorites:
        return []
    return [Case(When(pk__in=sorted(favorites), then=Value(0)), default=Value(1))]


def favorites_of(user: "User") -> CustomerQuerySet:
    """Return the customers with the user's star, by name."""
    own = Favorite.objects.filter(owner=user).values("customer")
    customers = Customer.objects.visible_to(user).filter(pk__in=own)
    return customers.with_primary_domain().order_by("name", "pk")


def recent_customers(user: "User") -> list[Customer]:
    """Return the customers that the user opened, the last one first."""
    ids = Visit.objects.newest_customers(user)
    return Customer.objects.visible_to(user).with_primary_domain().in_order(ids) if ids else []


def charts_begin(today: date) -> date:
    """Return the first month in the small charts of lists: the one before the month a year ago."""
    return (today.replace(year=today.year - 1, day=1) - timedelta(days=1)).replace(day=1)


def with_users_by_month(customers: CustomerQuerySet) -> CustomerQuerySet:
    """Annotate the users at the end of each month of a year, for `users_at_ends`."""
    since = charts_begin(timezone.localdate())
    months = Customer.objects.filter(pk=OuterRef("pk"), usermonths__month__gte=since)
    ends = months.order_by("usermonths__month").annotate(users_then=F("usermonths__users"))
    return customers.annotate(users_by_month=RowsOf(ends, "users_then"))


def users_at_ends(customer: Any) -> list[int]:
    """Return what is annotated to this customer: a number for each known month, in order."""
    return [month["users_then"] for month in customer.users_by_month or ()]
