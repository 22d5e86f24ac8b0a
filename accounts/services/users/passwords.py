from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions import Action
from customers.errors import Refused
from customers.models import Batch, BatchKind, Customer
from customers.roles import Capability
from customers.services import audit, batches, bulk

from ...models import CredentialSheet, SheetKind, User
from ...passwords import hash_temporary_password, make_temporary_password
from ..credentials import Slip, write_sheet
from .locking import check_reach, deleted_message, lock_users


@dataclass(frozen=True, slots=True)
class Reset:
    batch: Batch
    sheet: CredentialSheet


def reset_passwords(
    users: Sequence[User], *, customer: Customer, actor: User, key: str = ""
) -> Reset:
    """New temporary passwords on one sheet; every session of these people ends.

    Not undoable: the old password is gone. Raises AlreadyDone, Refused.
    """
    passwords = {user.pk: make_temporary_password(len(users)) for user in users}
    hashes = {pk: hash_temporary_password(password) for pk, password in passwords.items()}
    with transaction.atomic():
        batch = batches.open_batch(BatchKind.RESET, actor=actor, customer=customer, key=key)
        rows = lock_users(users, customer=customer)
        for row in rows:
            if row.deleted_at:
                raise Refused(deleted_message(row))
        if not rows:
            raise Refused(_("Nobody is left whose password could be reset."))
        check_reach(rows, actor=actor, capability=Capability.RESET_PASSWORDS)
        _store(rows, hashes, batch)
        slips = [Slip(row.pk, row.display_name, row.user_name, passwords[row.pk]) for row in rows]
        sheet = write_sheet(
            slips, kind=SheetKind.RESET, customer=customer, actor=actor, batch=batch
        )
        batch.request = {"sheet": sheet.pk}
        entries = [audit.Entry(Action.PASSWORD_RESET, row) for row in rows]
        audit.record(entries, actor=actor, customer=customer, batch=batch)
        batches.close_batch(batch, [batches.item(batch, row) for row in rows])
    return Reset(batch, sheet)


def _store(rows: Iterable[User], hashes: dict[int, str], batch: Batch) -> None:
    now = timezone.now()
    for row in rows:
        row.password = hashes[row.pk]
        row.must_change_password = True
        row.temporary_password_set_at = now
        row.session_epoch += 1
        row.changed_by_batch = batch
    fields = [
        "password",
        "must_change_password",
        "temporary_password_set_at",
        "session_epoch",
        "changed_by_batch",
    ]
    User.objects.bulk_update(rows, fields, batch_size=bulk.CHUNK)


def choose_password(user: User, password: str) -> None:
    """The person's own choice, in place of the old one; Refused when a reset came between."""
    hashed = make_password(password)
    with transaction.atomic():
        fresh = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if fresh.session_epoch != user.session_epoch or not fresh.is_active:
            raise Refused(_("Your password was reset meanwhile. Sign in with the new one."))
        was_temporary = fresh.must_change_password
        user.password = fresh.password = hashed
        user.must_change_password = fresh.must_change_password = False
        user.temporary_password_set_at = fresh.temporary_password_set_at = None
        fresh.save(update_fields=["password", "must_change_password", "temporary_password_set_at"])
        entry = audit.Entry(Action.PASSWORD_CHANGED, fresh, {"was_temporary": was_temporary})
        audit.record([entry], actor=fresh, customer=fresh.customer, partner=fresh.partner)
