from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from customers.models import Customer

from ..lists import restorable_count


@dataclass(frozen=True, slots=True)
class Tab:
    """For components/tabs.html."""

    label: str
    url: str
    current: bool


def user_tabs(customer: Customer, *, deleted: bool) -> list[Tab]:
    """Active and deleted users; `deleted` says which of the two is shown."""
    waiting = number_format(restorable_count(customer), use_l10n=True, force_grouping=True)
    return [
        Tab(_("Active users"), reverse("accounts:user-list", args=[customer.pk]), not deleted),
        Tab(
            _("Deleted users (%(count)s)") % {"count": waiting},
            reverse("accounts:user-deleted", args=[customer.pk]),
            deleted,
        ),
    ]
