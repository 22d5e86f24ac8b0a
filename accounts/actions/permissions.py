from typing import Any

from customers.roles import CUSTOMER_ROLES, Reach, is_grave_change
from customers.said import gettext as _
from customers.said import gettext_lazy

from ..forms.bulk import ActionForm
from ..forms.details import PermissionsMixin
from ..models import User, UserQuerySet
from ..queries.bulk_preview import permissions_of
from ..services.users.writing import OWN_PERMISSIONS
from .base import Request
from .change import VALUES, BulkChange, now_text


class PermissionsForm(PermissionsMixin, ActionForm):
    """Nothing is chosen beforehand, so that no click alone makes administrators."""

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, initial={"permission": None}, **kwargs)
        self.fields["permission"].error_messages["required"] = _("Choose the permissions.")
        self.limit_permissions(actor)

    def request(self) -> dict[str, Any]:
        return super().request() | {"roles": [role.value for role in self.roles()]}


class ChangePermissions(BulkChange):
    name = "permissions"
    label = gettext_lazy("Change permissions")
    icon = "shield-lock"
    not_self = OWN_PERMISSIONS
    form_class = PermissionsForm

    def is_grave(self, users: UserQuerySet, request: Request) -> bool:
        """Whether it makes Global administrators, or takes a role from an administrator."""
        roles = request.get("roles")
        if roles is None:
            return False
        taken = set(CUSTOMER_ROLES) - set(roles)
        return is_grave_change((), roles) or users.filter(groups__name__in=taken).exists()

    def barred(self, actor: User) -> str:
        if actor.reach(self.capability) == Reach.FULL:
            return ""
        return _("Your role can't give or remove administrator permissions.")

    def now(self, count: int, users: UserQuerySet) -> str:
        found = [
            (" + ".join(str(role.label) for role in roles) or _("User"), number)
            for roles, number in permissions_of(users)[:VALUES]
        ]
        return now_text(count, found)

    def points(
        self, count: int, users: UserQuerySet | None = None, *, chosen: int = 0
    ) -> list[str]:
        return [
            _("Each user gets the chosen permissions and no others."),
            _("They take effect at once; licenses and passwords stay."),
        ]


CHANGE_PERMISSIONS = ChangePermissions()
