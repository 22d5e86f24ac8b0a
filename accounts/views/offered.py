"""What can be done to a selection: the buttons of a list, and the page that each leads to."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.roles import Capability

from ..models import Selection, User


@dataclass(frozen=True, slots=True)
class BulkAction:
    """`do` is what its button sends; `path` is where its page is, below the list of users."""

    do: str
    path: str
    label: str | Promise
    icon: str
    capability: Capability

    def url(self, customer: Customer, selection: Selection) -> str:
        users = reverse("accounts:user-list", args=[customer.pk])
        return f"{users}{self.path}?s={selection.token}"


ACTIVE = (
    BulkAction(
        "licenses", "licenses/", _("Manage licenses"), "box-seam", Capability.MANAGE_LICENSES
    ),
    BulkAction("reset", "reset/", _("Reset password"), "key", Capability.RESET_PASSWORDS),
    BulkAction("block", "block/", _("Block sign-in"), "slash-circle", Capability.MANAGE_USERS),
    BulkAction("allow", "allow/", _("Allow sign-in"), "check-circle", Capability.MANAGE_USERS),
    BulkAction("delete", "delete/", _("Delete user accounts"), "trash", Capability.MANAGE_USERS),
)
# In a menu of their own.
CHANGES = (
    BulkAction(
        "location",
        "change/location/",
        _("Change usage location"),
        "geo-alt",
        Capability.MANAGE_USERS,
    ),
    BulkAction(
        "department",
        "change/department/",
        _("Change department"),
        "diagram-3",
        Capability.MANAGE_USERS,
    ),
    BulkAction(
        "permissions",
        "change/permissions/",
        _("Change permissions"),
        "shield-lock",
        Capability.MANAGE_USERS,
    ),
)
DELETED = (
    BulkAction(
        "restore", "restore/", _("Restore"), "arrow-counterclockwise", Capability.MANAGE_USERS
    ),
    BulkAction(
        "remove", "remove/", _("Delete permanently"), "trash", Capability.DELETE_PERMANENTLY
    ),
)


def open_to(actor: User, actions: Sequence[BulkAction]) -> list[BulkAction]:
    return [action for action in actions if actor.can(action.capability)]


def action_of(do: str) -> BulkAction | None:
    return next((row for row in (*ACTIVE, *CHANGES, *DELETED) if row.do == do), None)
