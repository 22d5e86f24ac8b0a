"""Groups of support staff. The portal's roles are groups too, and stay as they are."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction

from customers.actions import Action
from customers.errors import Refused
from customers.formats import clash_text, was_removed
from customers.roles import Role
from customers.said import gettext as _
from customers.services import audit
from customers.services.transactions import transactional

from ...models import User
from .locking import check_may


@transactional
def change_group(
    group: Group,
    *,
    name: str,
    permissions: Sequence[Permission],
    actor: User,
    seen: Mapping[str, Any] | None = None,
) -> Group:
    """Add or change what a group of support staff may do. Refused unless a superuser does it, and
    at its field where the group no longer has the name or the permissions that were `seen`.
    """
    check_may([None], actor=actor)
    if group.pk:
        found = Group.objects.select_for_update(no_key=True).filter(pk=group.pk).first()
        if found is None:
            raise Refused(was_removed(group.name), code="group-gone")
        group = found
    if seen is not None and seen["name"] != group.name:
        raise Refused(clash_text(group.name), code="changed-meanwhile", field="name")
    had = set(group.permissions.all()) if group.pk else set()
    if seen is not None and {*seen["permissions"]} != had:
        told = clash_text(", ".join(sorted(map(str, had))))
        raise Refused(told, code="changed-meanwhile", field="permissions")
    if group.name in Role.values or name in Role.values:
        raise Refused(
            _("This is a built-in role: its permissions can't be changed here."),
            code="role-fixed",
        )
    before = sorted(permission.codename for permission in had)
    old_name, group.name = group.name, name
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError:
        raise Refused(
            _("A group with this name already exists."), code="group-name-taken", field="name"
        ) from None
    group.permissions.set(permissions)
    if old_name == name and had == {*permissions}:
        return group
    after = sorted(permission.codename for permission in permissions)
    entry = audit.Entry(
        Action.STAFF_CHANGED, group, {"name": [old_name, name], "permissions": [before, after]}
    )
    audit.record([entry], actor=actor)
    return group


@transactional
def remove_group(group: Group, *, actor: User) -> None:
    """Remove a group. Refused for a role of the portal and while a user is in it."""
    check_may([None], actor=actor)
    if group.name in Role.values:
        raise Refused(_("This is a built-in role and can't be deleted."), code="role-fixed")
    if User.objects.filter(groups=group).exists():
        raise Refused(
            _("Support staff are in this group. Take them out of it first."), code="group-in-use"
        )
    audit.record(
        [audit.Entry(Action.STAFF_CHANGED, group, {"name": [group.name, ""]})], actor=actor
    )
    group.delete()
