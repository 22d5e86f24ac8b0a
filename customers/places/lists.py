"""A user's own customers, as far as they may still see them: with a star, and opened last."""

from typing import TYPE_CHECKING

from django.db.models import Case, Value, When

from ..models import Customer, CustomerQuerySet
from ..places.rows import Favorite, Visit

if TYPE_CHECKING:
    from accounts.models import User


def favorite_ids(user: "User") -> set[int]:
    return set(Favorite.objects.filter(owner=user).values_list("customer_id", flat=True))


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
