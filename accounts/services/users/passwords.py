"""New temporary passwords for users, and a password of one's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, make_password
from django.utils import timezone

from customers.actions import Action
from customers.errors import Refused
from customers.models import Batch, BatchKind, Customer
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import gettext_lazy
from customers.services import audit, batches
from customers.services.transactions import transactional

from ...models import CredentialSheet, SheetKind, User
from ...passwords import canonical, hash_temporary_passwords, make_temporary_password
from ..access import end_access, keep_session
from ..credentials import Slip, write_sheet
from .locking import (
    LeftUser,
    beyond_reach,
    deleted,
    ids_of,
    left_items,
    oneself,
    take_users,
)

# What a new temporary password writes.
GIVEN = ("password", "must_change_password", "temporary_password_set_at")
# A password and its hash by user id.
NewPasswords = Mapping[int, tuple[str, str]]
NOT_ONESELF = gettext_lazy("Choose Change password for yourself.")


@dataclass(frozen=True, slots=True)
class Reset:
    """The batch of a reset, and the sheet that has the new passwords."""

    batch: Batch
    sheet: CredentialSheet


def reset_passwords(
    users: Sequence[User | int],
    *,
    customer: Customer,
    actor: User,
    key: str = "",
    reason: str = "",
    batch: Batch | None = None,
    made: NewPasswords | None = None,
) -> Reset:
    """Give new temporary passwords, on one sheet; every session of these users ends.

    `made` are those of make_new_passwords, where it was called before. Not undoable: the old
    password is gone. Raises AlreadyDone; Refused when it can be done to nobody.
    """
    new = made or make_new_passwords(users)
    return _reset(new, customer=customer, actor=actor, key=key, reason=reason, batch=batch)


def make_new_passwords(users: Sequence[User | int]) -> NewPasswords:
    """Return a temporary password for each of these users, hashed, which takes its time."""
    passwords = [make_temporary_password(len(users)) for _user in users]
    pairs = zip(passwords, hash_temporary_passwords(passwords), strict=True)
    return dict(zip(ids_of(users), pairs, strict=True))


@transactional
def _reset(
    new: NewPasswords,
    *,
    customer: Customer,
    actor: User,
    key: str,
    reason: str,
    batch: Batch | None,
) -> Reset:
    batch = batch or _open(customer, actor, key, reason)
    rows, left = _give(new, batch, actor)
    slips = [Slip(row.pk, row.display_name, row.user_name, new[row.pk][0]) for row in rows]
    sheet = write_sheet(slips, kind=SheetKind.RESET, customer=customer, actor=actor, batch=batch)
    batch.request = {"sheet": sheet.pk}
    return Reset(_close(batch, rows, left), sheet)


def forget_passwords(
    users: Sequence[User | int],
    *,
    customer: Customer,
    actor: User,
    key: str = "",
    reason: str = "",
    batch: Batch | None = None,
    made: NewPasswords | None = None,
) -> Batch:
    """Reset passwords to such as nobody is shown: there is no sheet. Otherwise as a reset is."""
    new = made or make_new_passwords(users)
    return _forget(new, customer=customer, actor=actor, key=key, reason=reason, batch=batch)


@transactional
def _forget(
    new: NewPasswords,
    *,
    customer: Customer,
    actor: User,
    key: str,
    reason: str,
    batch: Batch | None,
) -> Batch:
    batch = batch or _open(customer, actor, key, reason)
    return _close(batch, *_give(new, batch, actor))


def _open(customer: Customer, actor: User, key: str, reason: str) -> Batch:
    return batches.open_batch(
        BatchKind.RESET, actor=actor, customer=customer, key=key, reason=reason
    )


def _give(new: NewPasswords, batch: Batch, actor: User) -> tuple[list[User], list[LeftUser]]:
    """Write the passwords, and return to whom, and who is left out."""
    customer, capability = batch.customer, Capability.RESET_PASSWORDS
    locked = take_users(new, customer=customer, actor=actor, capability=capability)
    rows, left = locked.sort_out(
        deleted,
        oneself(actor, str(NOT_ONESELF)),
        beyond_reach(locked.actor, capability),
    )
    now = timezone.now()
    for row in rows:
        row.password = new[row.pk][1]
        row.must_change_password, row.temporary_password_set_at = True, now
        row.changed_by_batch = batch
    end_access(rows, writing=[*GIVEN, "changed_by_batch"])
    entries = [audit.Entry(Action.PASSWORD_RESET, row) for row in rows]
    audit.record(entries, actor=actor, customer=customer, batch=batch)
    return rows, left


def _close(batch: Batch, rows: Sequence[User], left: Sequence[LeftUser]) -> Batch:
    items = [batches.item(batch, row) for row in rows]
    return batches.close_batch(batch, items + left_items(batch, left))


def choose_password(user: User, password: str) -> None:
    """Set the user's own choice in place of the old one, under which all access ends.

    `user` is left as the row is then: a page keeps its own session by that. Refused when another
    password came between.
    """
    if user.must_change_password and check_password(canonical(password), user.password):
        raise Refused(
            _("This is the temporary password. Choose one of your own."),
            code="password-is-temporary",
            field="password",
        )
    keep_session(user, _choose(user, make_password(password)))


@transactional
def _choose(user: User, hashed: str) -> User:
    fresh = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
    if fresh.session_epoch != user.session_epoch or not fresh.is_active:
        raise Refused(
            _("Your password has been changed. Sign in with the new one."),
            code="password-reset-meanwhile",
        )
    was_temporary = fresh.must_change_password
    fresh.password = hashed
    fresh.must_change_password, fresh.temporary_password_set_at = False, None
    end_access([fresh], writing=GIVEN)
    entry = audit.Entry(Action.PASSWORD_CHANGED, fresh, {"was_temporary": was_temporary})
    audit.record([entry], actor=fresh, customer=fresh.customer, partner=fresh.partner)
    return fresh
