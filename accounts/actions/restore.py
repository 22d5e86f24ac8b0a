from collections.abc import Mapping
from typing import Any

from customers.actions import Action as Event
from customers.log.history import field_label
from customers.models import Batch, BatchItem, BatchKind
from customers.roles import Capability, Role
from customers.said import gettext as _
from customers.said import retold_row

from ..services.returns import Choices
from ..services.undo.returning import UNDO_RESTORE
from ..services.users import restore_users
from .base import BulkAction, Group, Order, Place


class Restore(BulkAction):
    """Restore of deleted users, on a page of its own that shows what comes back.

    The page is accounts.views.restore.
    """

    name = "restore"
    kind = BatchKind.RESTORE
    place = Place.DELETED
    own_page = True
    capability = Capability.MANAGE_USERS
    events = (Event.USER_RESTORED,)
    icon = "arrow-counterclockwise"
    whole = True
    inverse = UNDO_RESTORE
    grave_roles = (Role.GLOBAL_ADMIN,)
    groups_tell_why = True

    def run(self, order: Order) -> Batch:
        return restore_users(
            order.users,
            choices=Choices.of_request(order.request),
            expected=order.request.get("expected", ""),
            **order.terms,
        ).batch

    def left_behind(self, after: Mapping[str, Any]) -> frozenset[str]:
        """Name the licenses that did not come back: all else is as before the deletion."""
        return frozenset(f"license {entry['subscription']}" for entry in after["lost"])

    def is_grave_to_undo(self, batch: Batch) -> bool:
        """Undone, it deletes users."""
        return True

    def done(self, count: int) -> str:
        return _("Users restored")

    def done_to_one(self) -> str:
        return _("Restored")

    def groups(self, item: BatchItem, products: Mapping[str, str]) -> list[Group]:
        before, after = item.before, item.after
        if not after:
            return []
        renamed = before["user_name"] != after["user_name"]
        return [
            (field_label("restored"), after["restored"]),
            (
                _("Could not be assigned again"),
                [retold_row(entry)["reason"] for entry in after["lost"]],
            ),
            (_("New user name"), [after["user_name"]] if renamed else []),
        ]


RESTORE = Restore()
