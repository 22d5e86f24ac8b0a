from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.formats import figure
from customers.models import Customer, CustomerQuerySet
from licensing.models import Subscription

from ..models import User
from ..queries.user_pages import restorable_count, with_overdue


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of components/tabs.html."""

    label: str
    url: str
    current: bool


# A tab of an app above: of a customer, for whom, and the name of the tab that is shown.
TabOf = Callable[[Customer, User, str], Tab]

# Adds to customers what an app above tells of one beside its users, and for whom.
Annotate = Callable[[CustomerQuerySet, User], CustomerQuerySet]

_tabs: list[TabOf] = []
_annotations: list[Annotate] = []


def also_tabbed(tab: TabOf) -> None:
    """Put this beside active and deleted users; an app above says so when it is ready."""
    _tabs.append(tab)


def also_known(annotate: Annotate) -> None:
    """Ask for this with the customer of a list; an app above says so when it is ready."""
    _annotations.append(annotate)


def with_what_is_told(
    customers: CustomerQuerySet, viewer: User, subscription: int | None = None
) -> CustomerQuerySet:
    """Annotate what a list of users tells of its customer, which then costs no query more.

    With a subscription also its product, `filter_product`.
    """
    known = with_overdue(customers)
    for annotate in _annotations:
        known = annotate(known, viewer)
    if subscription is None:
        return known
    own = Subscription.objects.filter(pk=subscription, customer=OuterRef("pk"))
    return known.annotate(filter_product=Subquery(own.values("product__name")))


def user_tabs(
    customer: Customer, viewer: User, *, current: str = "active", waiting: int | None = None
) -> list[Tab]:
    """Return the tabs of a customer's users; `current` is the one shown, "active" or "deleted".

    `waiting` is how many can be restored, where the page knows it already.
    """
    if waiting is None:
        waiting = restorable_count(customer)
    count = figure(waiting)
    return [
        Tab(
            _("Active users"),
            reverse("accounts:user-list", args=[customer.pk]),
            current == "active",
        ),
        Tab(
            _("Deleted users (%(count)s)") % {"count": count},
            reverse("accounts:user-deleted", args=[customer.pk]),
            current == "deleted",
        ),
        *[tab(customer, viewer, current) for tab in _tabs],
    ]
