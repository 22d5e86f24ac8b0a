"""Changing what staff are called, may do, and which customers are open to them."""

from collections.abc import Collection, Mapping
from typing import Any

from customers.actions import Action
from customers.errors import Refused
from customers.models import Customer
from customers.said import gettext as _
from customers.services.transactions import transactional

from ...models import User
from ..users.changing import check_seen
from ..users.writing import OWN_PERMISSIONS
from .details import StaffDetails
from .locking import keeping_an_admin, take_one
from .writing import customer_changes, log, save, set_fields, set_links, set_name


@transactional
def change_staff(
    user: User, details: StaffDetails, *, actor: User, seen: Mapping[str, str] | None = None
) -> dict[str, list[Any]]:
    """Change staff and return what changed, as [before, after] by field.

    `seen` are values that the change was based on: raises ChangedMeanwhile when one is no longer
    so. Raises NamesTaken; Refused where oneself, or the last account admin, would be demoted.
    """
    fresh, by = take_one(user, actor=actor)
    check_seen(fresh, seen or {})
    if fresh.pk == by.pk:
        if details.is_superuser is False and fresh.is_superuser:
            raise Refused(
                _("You can't remove your own permissions."),
                code="own-permissions",
                field="is_superuser",
            )
        if details.roles is not None and set(fresh.roles) - set(details.roles):
            raise Refused(str(OWN_PERMISSIONS), code="own-permissions", field="roles")
        if details.limited_to_customers and not fresh.limited_to_customers:
            raise Refused(_limits_oneself(), code="own-limit", field="limited_to_customers")
    changes: dict[str, list[Any]] = {}
    with keeping_an_admin([fresh]):
        if details.user_name != fresh.user_name:
            changes["user_name"] = [fresh.user_name, details.user_name]
            set_name(fresh, details.user_name)
        changes |= set_fields(fresh, details)
        changes |= set_links(fresh, details)
        if changes:
            save(fresh)
    if changes:
        log(Action.STAFF_CHANGED, fresh, changes, actor=actor)
    return changes


def _limits_oneself() -> str:
    return _("You can't limit yourself to some customers. Ask another account admin.")


@transactional
def limit_staff(
    user: User,
    *,
    limited: bool,
    actor: User,
    opened: Collection[Customer] = (),
    closed: Collection[Customer] = (),
) -> dict[str, list[Any]]:
    """Limit one of a partner's team to some customers, or open all of them; return what changed.

    Those `opened` come to what the user was limited to before, those `closed` go. Refused when
    nothing would be left.
    """
    fresh, by = take_one(user, actor=actor)
    if fresh.partner is None:
        raise Refused(_("Support staff work for all customers."), code="support-staff-unlimited")
    if limited and fresh.pk == by.pk:
        raise Refused(_limits_oneself(), code="own-limit")
    before = set(fresh.allowed_customers.all())
    after = (before | set(opened)) - set(closed)
    if limited and not after:
        raise Refused(
            _("Choose at least one customer. To keep a user out, block the sign-in."),
            code="no-customer-chosen",
        )
    details = StaffDetails(fresh.user_name, limited_to_customers=limited)
    with keeping_an_admin([fresh]):
        changes = set_fields(fresh, details) | customer_changes(fresh, before, after)
        fresh.save(update_fields=["limited_to_customers"])
    if changes:
        log(Action.STAFF_CHANGED, fresh, changes, actor=actor)
    return changes
