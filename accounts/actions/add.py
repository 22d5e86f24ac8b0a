from customers.actions import Action as Event
from customers.models import BatchKind
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import ngettext

from .base import BatchAction


class Add(BatchAction):
    """It is done by its form alone, at once; its users are deleted rather than undone."""

    name = "create"
    kind = BatchKind.CREATE
    capability = Capability.MANAGE_USERS
    events = (Event.USER_ADDED,)

    def done(self, count: int) -> str:
        return ngettext("User added", "Users added", count)

    def done_to_one(self) -> str:
        return _("Added")


ADD = Add()
