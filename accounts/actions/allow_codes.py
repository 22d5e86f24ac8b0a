from customers.actions import Action as Event
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import gettext_lazy

from ..models import UserQuerySet
from .base import Action


class AllowCodes(Action):
    """Support's alone: it leaves no batch, and time undoes what it is for."""

    name = "allow-codes"
    capability = Capability.RESET_PASSWORDS
    events = (Event.CODES_ALLOWED,)
    icon = "shield-check"
    always_grave = True
    label = gettext_lazy("Allow codes again")

    def points(
        self, count: int, users: UserQuerySet | None = None, *, chosen: int = 0
    ) -> list[str]:
        return [
            _(
                "After too many wrong codes, no code is accepted for a day. This allows"
                " them again now."
            ),
            _("Someone who typed wrong codes knows the password: have it changed first."),
        ]


ALLOW_CODES = AllowCodes()
