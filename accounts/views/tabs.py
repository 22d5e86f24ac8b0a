from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.formats import figure
from customers.models import Customer

from ..queries.user_pages import restorable_count


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of components/tabs.html."""

    label: str
    url: str
    current: bool


def user_tabs(customer: Customer, *, deleted: bool, waiting: int | None = None) -> list[Tab]:
    """Return the tabs of active and deleted users; `deleted` says which of the two is shown.

    `waiting` is how many can be restored, where the page knows it already.
    """
    if waiting is None:
        waiting = restorable_count(customer)
    count = figure(waiting)
    return [
        Tab(_("Active users"), reverse("accounts:user-list", args=[customer.pk]), not deleted),
        Tab(
            _("Deleted users (%(count)s)") % {"count": count},
            reverse("accounts:user-deleted", args=[customer.pk]),
            deleted,
        ),
    ]
