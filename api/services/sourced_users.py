"""What a source does to its customer's users: each through the services that pages use.

The source's machine user acts. Administrators are out of its reach, and so are users that it
neither keeps nor may take over.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import User
from accounts.services.returns import Choices, strange_domain
from accounts.services.users import (
    License,
    NamesTaken,
    NewUser,
    add_unseen_users,
    allow_users,
    block_users,
    change_user,
    delete_users,
    restore_users,
)
from accounts.services.users.locking import beyond_reach_message, lock_users
from customers.errors import Refused
from customers.models import Domain
from customers.said import gettext as _
from customers.said import joined
from customers.services.transactions import transactional

from ..models import Doing, ScimLink, Source
from ..queries import users_of, version_of
from .source_refusals import note

# Without these a user is added all the same, and the page of the source says why.
NO_LICENSE = {
    "license-rules",
    "seats-short",
    "subscription-gone",
    "subscription-not-active",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a source says of a user: every field that is kept, and those that it has `sent`.

    `active` and `external_id` None: it says nothing.
    """

    fields: Mapping[str, str]
    sent: Collection[str]
    external_id: str | None = None
    active: bool | None = None

    @property
    def user_name(self) -> str:
        return self.fields["user_name"]


class VersionChanged(Exception):
    """The user is no longer as the source knows."""


@transactional
def add_from_source(source: Source, told: Told) -> User:
    """Add a user, take one over or bring one back, as the source may; return the fresh row.

    Raises NamesTaken and what the services raise.
    """
    if told.external_id:
        rows = ScimLink.objects.filter(source=source, external_id=told.external_id)
        link = rows.select_related("user").first()
        if link is not None and link.user.deleted_at is None:
            raise external_id_taken()
        if link is not None:
            return _bring_back(source, link.user, told)
    if source.takes_over and (found := _to_take_over(source, told)) is not None:
        return _settle(source, found, _sent(found, told))
    user = _add(source, told)
    _link(source, user, told.external_id or "", told.sent)
    if told.active is False:
        _turn(source, user, active=False)
    return fresh(source, user.uuid)


@transactional
def change_from_source(
    source: Source, uuid: UUID, told: Told, *, expected: str | None = None
) -> User:
    """Make a user as the source tells; return the fresh row.

    Raises VersionChanged when the user is no longer the `expected` version, User.DoesNotExist.
    """
    user = _taken(source, uuid)
    if expected is not None and version_of(user, link_of(user)) != expected:
        raise VersionChanged
    return _settle(source, user, told)


@transactional
def delete_from_source(source: Source, uuid: UUID, *, expected: str | None = None) -> None:
    """Delete a user softly, whom the source can bring back. Raises as change_from_source."""
    user = _taken(source, uuid)
    link = link_of(user)
    if expected is not None and version_of(user, link) != expected:
        raise VersionChanged
    if link is None:
        raise Refused(
            _("%(name)s is not kept by this source, which can't delete the user.")
            % {"name": user.display_name},
            code="user-not-of-source",
        )
    delete_users([user.pk], customer=source.customer, actor=source.user)


@transactional
def claim_fields(source: Source, user: User, fields: Collection[str]) -> None:
    """Note fields as the source's that it sends as they are already."""
    link = ScimLink.objects.filter(source=source, user=user).first()
    if link is None:
        _link(source, user, "", fields)
    elif not set(fields) <= set(link.fields):
        link.fields = sorted({*link.fields, *fields})
        link.save(update_fields=["fields"])


def fresh(source: Source, uuid: UUID) -> User:
    """Return the living user as the source sees it. Raises User.DoesNotExist."""
    return users_of(source).select_related("scim_link").get(uuid=uuid)


def link_of(user: User) -> ScimLink | None:
    """Return the user's link; one query, unless it was selected with the user."""
    found: ScimLink | None = getattr(user, "scim_link", None)
    return found


def external_id_taken() -> Refused:
    return Refused(_("A user with this externalId exists already."), code="external-id-taken")


def _taken(source: Source, uuid: UUID) -> User:
    """Lock a user of the source and return the fresh row. Refused for an administrator."""
    pk = users_of(source).values_list("pk", flat=True).get(uuid=uuid)
    rows = lock_users([pk], customer=source.customer)
    if not rows or rows[0].deleted_at is not None:
        raise User.DoesNotExist
    _check_reach(rows[0])
    return rows[0]


def _check_reach(user: User) -> None:
    if user.is_administrator:
        raise Refused(beyond_reach_message(user), code="beyond-reach")


def _to_take_over(source: Source, told: Told) -> User | None:
    """Return the living user of that name, locked; None where there is none."""
    living = User.objects.active().filter(customer=source.customer_id)
    pk = living.filter(username=told.user_name.lower()).values_list("pk", flat=True).first()
    rows = lock_users([pk], customer=source.customer) if pk is not None else []
    if not rows or rows[0].deleted_at is not None:
        return None
    if link_of(rows[0]) is not None:
        raise NamesTaken([told.user_name.lower()])
    _check_reach(rows[0])
    return rows[0]


def _add(source: Source, told: Told) -> User:
    """Add the user, with a license where the source has one to give and there is a seat."""
    customer = source.customer
    local_part, domain = _parts(source, told.user_name)
    rest = {
        name: value
        for name, value in told.fields.items()
        if value and name not in {"user_name", "display_name"}
    }
    # Where it is not said, licenses are used where the customer is, as the form proposes.
    rest.setdefault("usage_location", customer.country.code)
    name = told.fields["display_name"] or composed(told.fields) or local_part
    new = NewUser(local_part, domain, name, rest)
    try:
        if source.subscription_id is not None:
            licensed = NewUser(
                local_part, domain, name, rest, licenses=(License(source.subscription_id),)
            )
            try:
                with transaction.atomic():
                    return add_unseen_users([licensed], customer=customer, actor=source.user)[0]
            except Refused as refusal:
                if refusal.code not in NO_LICENSE:
                    raise
                note(source, Doing.LICENSE, told.user_name, refusal.code, str(refusal))
        return add_unseen_users([new], customer=customer, actor=source.user)[0]
    except NamesTaken:
        raise _name_taken(source, told.user_name) from None


def _name_taken(source: Source, user_name: str) -> Refused:
    """Return the refusal of a name that is taken, with what can be done where it is our own's."""
    own = User.objects.active().filter(customer=source.customer_id)
    if source.takes_over or not own.filter(username=user_name.lower(), scim_link=None).exists():
        return NamesTaken([user_name.lower()])
    text = _(
        "%(name)s is the user name of a user whom this source does not keep. To have it keep"
        " existing users, allow that on the page of the source."
    )
    return Refused(text % {"name": user_name}, code="user-name-taken", field="user_name")


def _bring_back(source: Source, user: User, told: Told) -> User:
    """Restore a deleted user of the source, then make it as the source tells."""
    names = {user.pk: told.user_name} if told.user_name != user.user_name else {}
    restored = restore_users(
        [user.pk], customer=source.customer, actor=source.user, choices=Choices(names=names)
    )
    for item in restored.returns:
        if item.lost:
            sentence = joined(reason for _row, reason in item.lost)
            note(source, Doing.LICENSE, told.user_name, "license-not-restored", sentence)
    [row] = lock_users([user.pk], customer=source.customer)
    _check_reach(row)
    return _settle(source, row, _sent(row, told))


def _sent(user: User, told: Told) -> Told:
    """Return what is told of a user who is there: what was not sent stays as it is."""
    now = {name: str(getattr(user, name)) for name in told.fields}
    return replace(told, fields=now | {name: told.fields[name] for name in told.sent})


def _settle(source: Source, user: User, told: Told) -> User:
    """Make a locked user as the source tells, and note what it keeps from now on."""
    changed = _changed(user, told)
    _keep(source, user, told, changed)
    if changed:
        name = changed.pop("user_name", None)
        naming: dict[str, Any] = {}
        if name is not None:
            naming["local_part"], naming["domain"] = _parts(source, name)
        try:
            change_user(user, customer=source.customer, actor=source.user, fields=changed, **naming)
        except NamesTaken:
            raise _name_taken(source, told.user_name) from None
    if told.active is not None and told.active == (user.blocked_at is not None):
        _turn(source, user, active=told.active)
    return fresh(source, user.uuid)


def _changed(user: User, told: Told) -> dict[str, str]:
    """Return the fields that are to be other than they are; no user is without a name.

    A display name that nobody told follows the names that it is made of.
    """
    now = {name: str(getattr(user, name)) for name in told.fields}
    wanted = dict(told.fields)
    is_told = "display_name" in {*told.sent, *getattr(link_of(user), "fields", ())}
    follows = not is_told and wanted["display_name"] == now["display_name"] == composed(now)
    if follows or not wanted["display_name"]:
        wanted["display_name"] = composed(wanted) or now["display_name"]
    return {name: value for name, value in wanted.items() if value != now[name]}


def composed(fields: Mapping[str, str]) -> str:
    """Return the display name that first and last name make."""
    return " ".join(filter(None, (fields["first_name"], fields["last_name"])))


def _keep(source: Source, user: User, told: Told, changed: Collection[str]) -> None:
    """Write the link of a user as the source tells; its version tells of any change."""
    link, fields = link_of(user), {*told.sent, *changed}
    if link is None:
        _link(source, user, told.external_id or "", fields)
        return
    external_id = link.external_id if told.external_id is None else told.external_id
    is_turned = told.active is not None and told.active == (user.blocked_at is not None)
    if not changed and not is_turned and external_id == link.external_id:
        claim_fields(source, user, told.sent)
        return
    try:
        with transaction.atomic():
            ScimLink.objects.filter(pk=link.pk).update(
                fields=sorted({*link.fields, *fields}),
                external_id=external_id,
                version=F("version") + 1,
            )
    except IntegrityError:
        raise external_id_taken() from None


def _link(source: Source, user: User, external_id: str, fields: Collection[str]) -> None:
    try:
        with transaction.atomic():
            ScimLink.objects.create(
                source=source,
                customer_id=source.customer_id,
                user=user,
                external_id=external_id,
                fields=sorted(fields),
            )
    except IntegrityError:
        raise external_id_taken() from None


def _turn(source: Source, user: User, *, active: bool) -> None:
    turn = allow_users if active else block_users
    turn([user.pk], customer=source.customer, actor=source.user)


def _parts(source: Source, user_name: str) -> tuple[str, Domain]:
    """Return what stands before the @, and the customer's domain. Refused for another domain."""
    local_part, _at, name = user_name.rpartition("@")
    domain = source.customer.domains.filter(name=name.lower()).first()
    if domain is None:
        text = strange_domain(name) if name else _("A user name has an @ and a domain.")
        raise Refused(text, code="domain-of-nobody", field="user_name")
    return local_part, domain
