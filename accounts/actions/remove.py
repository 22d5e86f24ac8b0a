from customers.actions import Action as Event
from customers.models import Batch, BatchKind
from customers.roles import Capability
from customers.said import ngettext

from ..services.users import remove_users
from .base import BulkAction, Order, Place


class Remove(BulkAction):
    """Permanent deletion, on a page of its own, where more than a click is asked; there is no
    undo.
    """

    name = "remove"
    kind = BatchKind.REMOVE
    place = Place.DELETED
    own_page = True
    capability = Capability.DELETE_PERMANENTLY
    events = (Event.USER_REMOVED,)
    icon = "trash"
    deletes = True
    always_grave = True

    def run(self, order: Order) -> Batch:
        return remove_users(order.users, **order.terms)

    def done(self, count: int) -> str:
        return ngettext("User deleted permanently", "Users deleted permanently", count)


REMOVE = Remove()
