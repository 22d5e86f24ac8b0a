"""Writing what was asked for into a locked row, with what the log says of it."""

from collections.abc import Collection, Sequence
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from customers.actions import Action
from customers.errors import Refused
from customers.models import Customer
from customers.roles import STAFF_ROLES
from customers.said import gettext as _
from customers.said import joined
from customers.services import audit
from customers.services.domains import legal_name

from ...models import User
from ...names import USER_NAME_LENGTH, check_local_part
from ..users import NamesTaken
from .details import StaffDetails


def set_name(user: User, user_name: str) -> None:
    """Set the user name, and with partner staff its domain. Refused, at its field, unless legal."""
    local_part, _at, domain_name = user_name.rpartition("@")
    if len(user_name) > USER_NAME_LENGTH:
        raise Refused(
            _("A user name can have up to 113 characters."),
            code="user-name-wrong",
            field="user_name",
        )
    try:
        check_local_part(local_part)
    except ValidationError as error:
        raise Refused(joined(error.messages), code="user-name-wrong", field="user_name") from None
    if user.partner is None:
        name = f"{local_part}@{legal_name(domain_name, field='user_name')}"
    else:
        domain = user.partner.domains.filter(name=domain_name.lower()).first()
        if domain is None:
            raise Refused(
                _("The domain %(domain)s does not belong to this partner.")
                % {"domain": domain_name},
                code="domain-not-yours",
                field="user_name",
            )
        user.domain, name = domain, f"{local_part}@{domain.name}"
    user.user_name = name


def set_fields(user: User, details: StaffDetails) -> dict[str, list[Any]]:
    """Set the fields that are given and return what changed, as [before, after] by name."""
    values: dict[str, Any] = dict(details.fields)
    if user.partner_id and details.limited_to_customers is not None:
        values["limited_to_customers"] = details.limited_to_customers
    if user.partner_id is None and details.is_superuser is not None:
        values["is_superuser"] = details.is_superuser
    changes = {
        name: [_plain(getattr(user, name)), _plain(value)]
        for name, value in values.items()
        if _plain(getattr(user, name)) != _plain(value)
    }
    for name, value in values.items():
        setattr(user, name, value)
    return changes


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool) else str(value)


def set_links(user: User, details: StaffDetails) -> dict[str, list[Any]]:
    """Set roles, groups and customers that are given and return what changed, by name."""
    changes = {}
    if user.partner_id and details.roles is not None:
        if set(details.roles) - set(STAFF_ROLES):
            raise Refused(
                _("Partner staff have other roles than customers' users."),
                code="role-of-others",
                field="roles",
            )
        groups = Group.objects.filter(name__in=[role.value for role in details.roles])
        changes["roles"] = _set_groups(user, list(groups))
    if user.partner_id is None and details.groups is not None:
        changes["groups"] = _set_groups(user, details.groups)
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if user.partner_id and details.only_customers is not None:
        before = set(user.allowed_customers.all())
        changes |= customer_changes(user, before, set(details.only_customers))
    return changes


def _set_groups(user: User, groups: Sequence[Group]) -> list[Any]:
    before = sorted(user.groups.values_list("name", flat=True))
    user.groups.set(groups)
    return [before, sorted(group.name for group in groups)]


def customer_changes(
    user: User, before: Collection[Customer], after: Collection[Customer]
) -> dict[str, list[Any]]:
    """Open the customers of `after` and no others; return the names of those that came and went."""
    if any(customer.partner_id != user.partner_id for customer in after):
        raise Refused(
            _("Choose customers of this partner only."),
            code="customer-not-yours",
            field="allowed_customers",
        )
    opened, closed = set(after) - set(before), set(before) - set(after)
    user.allowed_customers.add(*opened)
    user.allowed_customers.remove(*closed)
    changes = {"customers_opened": _names(opened), "customers_closed": _names(closed)}
    return {name: names for name, names in changes.items() if names}


def _names(customers: Collection[Customer]) -> list[str]:
    return sorted(customer.name for customer in customers)


def save(user: User) -> None:
    """Save the row with what follows from its names. Raises NamesTaken."""
    user.fill_derived()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise NamesTaken([user.user_name.lower()]) from None


# What names no user; all else goes to the personal side of the log.
_PLAIN = {
    "roles",
    "groups",
    "is_superuser",
    "limited_to_customers",
    "customers_opened",
    "customers_closed",
}


def log(
    action: Action, user: User, changes: dict[str, list[Any]], *, actor: User, reason: str = ""
) -> None:
    """Write an event in the team's log; what names a user goes to its personal side."""
    plain = {name: pair for name, pair in changes.items() if name in _PLAIN}
    personal = {name: pair for name, pair in changes.items() if name not in _PLAIN}
    entry = audit.Entry(action, user, plain, personal)
    audit.record([entry], actor=actor, partner=user.partner, reason=reason)
