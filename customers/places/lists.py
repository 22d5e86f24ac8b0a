"""A user's own customers, as far as they may still see them: with a star, and opened last."""

from typing import TYPE_CHECKING

from django.db.models import Case, Value, When

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
