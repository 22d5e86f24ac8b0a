"""How many notices are new, for the bell on every page."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from customers.formats import figure

from ..models import Notice

# More are not counted.
MOST = 99


@dataclass(frozen=True, slots=True)
class Bell:
    new: int

    @property
    def figure(self) -> str:
        """Return what stands at the bell; "" where nothing is new."""
        if not self.new:
            return ""
        return f"{MOST}+" if self.new > MOST else figure(self.new)

    @property
    def label(self) -> str:
        if not self.new:
            return _("Notices")
        if self.new > MOST:
            return _("Notices: more than 99 new")
        return ngettext("Notices: %(count)s new", "Notices: %(count)s new", self.new) % {
            "count": figure(self.new)
        }


def is_told(user: User | None) -> bool:
    """Return whether there are notices for the user: strangers and support staff have none."""
    return bool(user and (user.partner_id or user.customer_id))


def to_count(user: User) -> QuerySet[Notice]:
    """Return the user's new notices, of which no more are to be counted."""
    return Notice.objects.on_page_of(user).new().order_by()[: MOST + 1]
