"""Partner staff and support staff. Their temporary passwords are told once and kept nowhere:
a credential sheet belongs to a customer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions import Action
from customers.errors import Refused
from customers.models import Customer, Domain, Partner
from customers.roles import STAFF_ROLES, Role
from customers.services import audit
from customers.services.domains import legal_name
from customers.services.transactions import transactional

from ..models import User
from ..names import USER_NAME_LENGTH, check_local_part
from ..passwords import hash_temporary_password, make_temporary_password
from .users import NamesTaken
from .users.locking import check_not_self, deleted_message


@dataclass(frozen=True, slots=True)
class StaffDetails:
    """What staff have; None leaves it as it is. `groups` and `is_superuser`: support staff only."""

    user_name: str
    fields: Mapping[str, str] = field(default_factory=dict)
    roles: Sequence[Role] | None = None
    only_customers: Sequence[Customer] | None = None
    limited_to_customers: bool | None = None
    groups: Sequence[Group] | None = None
    is_superuser: bool | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A person and the temporary password, to be told once."""

    user: User
    password: str

    def __repr__(self) -> str:
        return f"Issued({self.user.pk})"


@transactional
def add_staff(details: StaffDetails, *, partner: Partner | None, actor: User) -> Issued:
    """New partner staff, or support staff where `partner` is None. Raises NamesTaken, Refused."""
    _check_may(actor, partner)
    password = make_temporary_password(1)
    user = User(
        partner=partner,
        is_staff=partner is None,
        password=hash_temporary_password(password),
        must_change_password=True,
        temporary_password_set_at=timezone.now(),
    )
    _set_name(user, details.user_name)
    changes = _set_fields(user, details)
    _save(user)
    changes |= _set_links(user, details, actor=actor)
    _log(Action.STAFF_ADDED, user, changes, actor=actor)
    return Issued(user, password)


@transactional
def change_staff(user: User, details: StaffDetails, *, actor: User) -> dict[str, list[Any]]:
    """What changed, as [before, after] by field. Raises NamesTaken, Refused."""
    fresh = _lock(user)
    _check_may(actor, fresh.partner)
    if fresh.pk == actor.pk and details.is_superuser is False and fresh.is_superuser:
        raise Refused(_("You can't take away your own permissions."), field="is_superuser")
    changes: dict[str, list[Any]] = {}
    if details.user_name != fresh.user_name:
        changes["user_name"] = [fresh.user_name, details.user_name]
        _set_name(fresh, details.user_name)
    changes |= _set_fields(fresh, details)
    changes |= _set_links(fresh, details, actor=actor)
    if changes:
        _save(fresh)
        _log(Action.STAFF_CHANGED, fresh, changes, actor=actor)
    return changes


@transactional
def reset_staff_password(user: User, *, epoch: int, actor: User) -> Issued:
    """A new temporary password; every session ends.

    `epoch` is the session epoch that the page has seen: a second click is refused, not obeyed.
    """
    fresh = _lock(user)
    _check_may(actor, fresh.partner)
    check_not_self([fresh], actor=actor, message=_("Choose Change password for yourself."))
    if fresh.session_epoch != epoch:
        raise Refused(
            _("%(name)s was blocked or got a new password a moment ago. Reset it once more if you"
              " did not see it.") % {"name": fresh.display_name}
        )  # fmt: skip
    password = make_temporary_password(1)
    fresh.password = hash_temporary_password(password)
    fresh.must_change_password, fresh.temporary_password_set_at = True, timezone.now()
    fresh.session_epoch += 1
    fresh.save(
        update_fields=[
            "password",
            "must_change_password",
            "temporary_password_set_at",
            "session_epoch",
        ]
    )
    _log(Action.PASSWORD_RESET, fresh, {}, actor=actor)
    return Issued(fresh, password)


@transactional
def block_staff(users: Iterable[User], *, actor: User) -> int:
    """Stop sign-in at once: every session ends. How many were blocked."""
    return _turn(users, actor=actor, blocking=True)


@transactional
def allow_staff(users: Iterable[User], *, actor: User) -> int:
    return _turn(users, actor=actor, blocking=False)


def _turn(users: Iterable[User], *, actor: User, blocking: bool) -> int:
    ids = sorted(user.pk for user in users)
    rows = User.objects.select_for_update(no_key=True, of=("self",)).filter(
        pk__in=ids, customer=None, deleted_at=None, blocked_at__isnull=blocking
    )
    found = list(rows.select_related("partner").order_by("pk"))
    if blocking:
        check_not_self(found, actor=actor, message=_("You can't block yourself."))
    for row in found:
        _check_may(actor, row.partner)
        row.blocked_at = timezone.now() if blocking else None
        row.blocked_by = actor if blocking else None
        row.session_epoch += blocking
        row.save(update_fields=["blocked_at", "blocked_by", "session_epoch"])
        _log(Action.USER_BLOCKED if blocking else Action.USER_ALLOWED, row, {}, actor=actor)
    return len(found)


@transactional
def change_group(
    group: Group, *, name: str, permissions: Sequence[Permission], actor: User
) -> Group:
    """Add or change what a group of support staff may do; the portal's roles stay as they are."""
    if group.name in Role.values or name in Role.values:
        raise Refused(_("This is a role of the portal: what it may do is not changed here."))
    before = sorted(group.permissions.values_list("codename", flat=True)) if group.pk else []
    old_name, group.name = group.name, name
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError:
        raise Refused(_("There is a group with this name already."), field="name") from None
    group.permissions.set(permissions)
    after = sorted(permission.codename for permission in permissions)
    entry = audit.Entry(
        Action.STAFF_CHANGED, group, {"name": [old_name, name], "permissions": [before, after]}
    )
    audit.record([entry], actor=actor)
    return group


@transactional
def remove_group(group: Group, *, actor: User) -> None:
    """Refused for a role of the portal and while somebody is in it."""
    if group.name in Role.values:
        raise Refused(_("This is a role of the portal, which stays."))
    if User.objects.filter(groups=group).exists():
        raise Refused(_("Support staff are in this group. Take them out of it first."))
    audit.record(
        [audit.Entry(Action.STAFF_CHANGED, group, {"name": [group.name, ""]})], actor=actor
    )
    group.delete()


def _lock(user: User) -> User:
    fresh = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk, customer=None)
    if fresh.deleted_at:
        raise Refused(deleted_message(fresh))
    return fresh


def _check_may(actor: User, partner: Partner | None) -> None:
    """Who may do everything is made by their like alone."""
    if partner is None and not actor.is_superuser:
        raise Refused(_("Only a superuser can add or change support staff."))


def _set_name(user: User, user_name: str) -> None:
    local_part, _at, domain_name = user_name.rpartition("@")
    if len(user_name) > USER_NAME_LENGTH:
        raise Refused(_("A user name has at most 113 characters."), field="user_name")
    try:
        check_local_part(local_part)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="user_name") from None
    if user.partner is None:
        name = f"{local_part}@{legal_name(domain_name, field='user_name')}"
    else:
        user.domain = _domain(user.partner, domain_name)
        name = f"{local_part}@{user.domain.name}"
    user.user_name = name


def _domain(partner: Partner, name: str) -> Domain:
    domain = partner.domains.filter(name=name.lower()).first()
    if domain is None:
        raise Refused(
            _("The domain %(domain)s does not belong to this partner.") % {"domain": name},
            field="user_name",
        )
    return domain


def _set_fields(user: User, details: StaffDetails) -> dict[str, list[Any]]:
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


def _set_links(user: User, details: StaffDetails, *, actor: User) -> dict[str, list[Any]]:
    changes = {}
    if user.partner_id and details.roles is not None:
        changes["roles"] = _set_roles(user, details.roles, actor=actor)
    if user.partner_id and details.only_customers is not None:
        changes["only_customers"] = _set_customers(user, details.only_customers)
    if user.partner_id is None and details.groups is not None:
        changes["groups"] = _set_groups(user, details.groups)
    return {name: pair for name, pair in changes.items() if pair[0] != pair[1]}


def _set_roles(user: User, roles: Sequence[Role], *, actor: User) -> list[Any]:
    if set(roles) - set(STAFF_ROLES):
        raise Refused(_("Partner staff have other roles than customers' users."), field="roles")
    groups = Group.objects.filter(name__in=[role.value for role in roles])
    return _set_groups(user, list(groups))


def _set_groups(user: User, groups: Sequence[Group]) -> list[Any]:
    before = sorted(user.groups.values_list("name", flat=True))
    user.groups.set(groups)
    return [before, sorted(group.name for group in groups)]


def _set_customers(user: User, customers: Sequence[Customer]) -> list[Any]:
    if any(customer.partner_id != user.partner_id for customer in customers):
        raise Refused(_("Choose customers of this partner only."), field="allowed_customers")
    before = sorted(user.allowed_customers.values_list("pk", flat=True))
    user.allowed_customers.set(customers)
    return [before, sorted(customer.pk for customer in customers)]


def _save(user: User) -> None:
    user.fill_derived()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise NamesTaken([user.user_name.lower()]) from None


# What names nobody; all else goes to the personal side of the log.
_PLAIN = {"roles", "groups", "is_superuser", "limited_to_customers", "only_customers"}


def _log(action: Action, user: User, changes: dict[str, list[Any]], *, actor: User) -> None:
    plain = {name: pair for name, pair in changes.items() if name in _PLAIN}
    personal = {name: pair for name, pair in changes.items() if name not in _PLAIN}
    entry = audit.Entry(action, user, plain, personal)
    audit.record([entry], actor=actor, partner=user.partner)
