"""How many notices are new, for the bell on every page."""

from dataclasses import dataclass

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


def bell_of(user: User | None) -> Bell | None:
    """Return the user's bell; None for strangers and support staff, who are told nothing."""
    if user is None or (user.partner_id is None and user.customer_id is None):
        return None
    return Bell(Notice.objects.on_page_of(user).new().order_by()[: MOST + 1].count())
