"""Credential sheets: user names and temporary passwords to hand over, encrypted until Done."""

import contextlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db.models import TextChoices
from django.utils import timezone

from customers.actions import Action
from customers.errors import Refused
from customers.models import Batch, Customer
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import gettext_lazy
from customers.services import audit
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ..models import (
    CredentialSheet,
    CredentialSheetPart,
    HandedBy,
    SheetKind,
    SheetReading,
    User,
)
from ..models.credentials import CredentialSheetQuerySet
from .expiry import password_until

# What is added to a sheet must be there long enough to be handed over.
TIME_TO_HAND_OVER = timedelta(hours=1)
# Users in one part of a sheet, who are encrypted together.
PART = 500
BY_WAY = {
    Action.SHEET_SHOWN: HandedBy.SHOWN,
    Action.SHEET_PRINTED: HandedBy.PRINTED,
    Action.SHEET_COPIED: HandedBy.COPIED,
    Action.SHEET_DOWNLOADED: HandedBy.DOWNLOADED,
}


class Spent(TextChoices):
    """Why a password on a sheet is of no more use."""

    CHOSEN = "chosen", gettext_lazy("Has chosen a password of their own")
    NEWER = "newer", gettext_lazy("Has a newer temporary password")
    DELETED = "deleted", gettext_lazy("Deleted")


@dataclass(frozen=True, slots=True)
class Slip:
    """One user's line of a sheet; the password as it is printed, with its hyphens, or, where it
    is `spent`, none. The first day is told where it is still to come.

    `until` is when the password expires, `place` the slip's number on the sheet, from 0.
    """

    user_id: int
    display_name: str
    user_name: str
    password: str
    spent: Spent | None = None
    starts_on: date | None = None
    starts_at: datetime | None = None
    until: datetime | None = None
    place: int = 0

    def __repr__(self) -> str:
        return f"Slip(user_id={self.user_id})"


@cache
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _encrypt(slips: Iterable[Slip]) -> str:
    # By hand: dataclasses.asdict takes as long as the encryption.
    rows = [
        {
            "user_id": slip.user_id,
            "display_name": slip.display_name,
            "user_name": slip.user_name,
            "password": slip.password,
        }
        for slip in slips
    ]
    return _cipher(tuple(settings.CREDENTIALS_KEYS)).encrypt(json.dumps(rows).encode()).decode()


def _decrypt(ciphertext: str) -> list[Slip]:
    try:
        plain = _cipher(tuple(settings.CREDENTIALS_KEYS)).decrypt(ciphertext.encode())
    except InvalidToken:
        raise Refused(
            _("This sheet can no longer be read: its key is missing. Reset these passwords."),
            code="sheet-unreadable",
        ) from None
    return [Slip(**slip) for slip in json.loads(plain)]


def seal(slip: Slip) -> str:
    """Encrypt one slip as those of a sheet are, to be kept elsewhere."""
    return _encrypt([slip])


def unseal(ciphertext: str) -> Slip:
    """Return the slip that seal has encrypted. Refused when its key is missing."""
    return _decrypt(ciphertext)[0]


def _gone() -> Refused:
    return Refused(
        _("These passwords were deleted: they were handed over, or a day has passed."
          " Reset the passwords of users who still need one."), code="sheet-gone"
    )  # fmt: skip


def write_sheet(
    slips: Sequence[Slip],
    *,
    kind: SheetKind,
    customer: Customer,
    actor: User,
    batch: Batch,
    onto: CredentialSheet | None = None,
) -> CredentialSheet:
    """Put the slips on a sheet that open_sheet finds or makes. Inside a transaction."""
    sheet = open_sheet(kind=kind, customer=customer, actor=actor, batch=batch, onto=onto)
    add_slips(sheet, slips)
    return sheet


def open_sheet(
    *,
    kind: SheetKind,
    customer: Customer,
    actor: User,
    batch: Batch,
    onto: CredentialSheet | None = None,
) -> CredentialSheet:
    """Return the maker's open sheet `onto`, locked, or a new one, for slips to be added to.

    A sheet that can't take them any more (handed over, nearly expired, unreadable) stays as it is.
    """
    now = timezone.now()
    if onto is not None:
        own = CredentialSheet.objects.filter(by=actor, customer=customer)
        fresh = own.select_for_update(no_key=True).filter(pk=onto.pk).first()
        if fresh is not None and fresh.expires_at - now >= TIME_TO_HAND_OVER:
            with contextlib.suppress(Refused):
                last_slip(fresh)
                return fresh
    return CredentialSheet.objects.create(
        customer=customer,
        by=actor,
        kind=kind,
        batch=batch,
        created_at=now,
        expires_at=now + timedelta(hours=settings.CREDENTIAL_SHEET_HOURS),
    )


def add_slips(sheet: CredentialSheet, slips: Sequence[Slip]) -> None:
    """Fill the last part of a sheet that open_sheet gave, then begin new ones."""
    last = sheet.parts.order_by("number").last()
    number, rest = last.number if last else 0, list(slips)
    if last and last.users < PART:
        room = PART - last.users
        fuller, rest = [*_decrypt(last.ciphertext), *rest[:room]], rest[room:]
        last.ciphertext, last.users = _encrypt(fuller), len(fuller)
        last.save(update_fields=["ciphertext", "users"])
    CredentialSheetPart.objects.bulk_create(
        CredentialSheetPart(
            sheet=sheet, number=number + 1 + at // PART, ciphertext=_encrypt(own), users=len(own)
        )
        for at in range(0, len(rest), PART)
        if (own := rest[at : at + PART])
    )
    sheet.users += len(slips)
    sheet.save(update_fields=["users"])


def slips_of(sheet: CredentialSheet, first: int = 0, last: int | None = None) -> Iterator[Slip]:
    """Yield the slips from place `first` up to `last`, without it; one part at a time is in memory.

    Refused while reading where the sheet is gone, or has no key, by then. Nothing is logged.
    """
    place = 0
    for number, users in _parts_of(sheet):
        begin, end = max(first - place, 0), users if last is None else min(last - place, users)
        if begin < end:
            yield from _as_of_now(sheet, _read_part(sheet, number)[begin:end], place + begin)
        place += users


def _as_of_now(sheet: CredentialSheet, slips: Sequence[Slip], first: int) -> Iterator[Slip]:
    """Yield the slips, from this place on, with the names that the users have by now, and without
    passwords that can no longer be used.
    """
    ids = [slip.user_id for slip in slips]
    facts = ("deleted_at", "added_at", "temporary_password_set_at", "starts_on", "starts_at")
    columns = User.objects.filter(pk__among=ids).only("display_name", "user_name", *facts)
    users = {user.pk: user for user in columns}
    for place, slip in enumerate(slips, first):
        user = users.get(slip.user_id)
        if user is None:
            yield replace(slip, password="", spent=Spent.DELETED, place=place)
            continue
        given, spent = user.temporary_password_set_at, None
        if user.deleted_at:
            spent = Spent.DELETED
        elif given is None:
            spent = Spent.CHOSEN
        # A user may be added to a sheet that is there already, a reset makes its own.
        elif given > max(sheet.created_at, user.added_at):
            spent = Spent.NEWER
        start = (user.starts_on, user.starts_at) if user.is_to_start else (None, None)
        yield Slip(
            user.pk,
            user.display_name,
            user.user_name,
            "" if spent else slip.password,
            spent,
            *start,
            until=None if spent else password_until(user),
            place=place,
        )


def _parts_of(sheet: CredentialSheet) -> list[tuple[int, int]]:
    """Return number and size of each part. Refused when the sheet is gone."""
    parts = CredentialSheetPart.objects.filter(sheet__in=_open(sheet))
    found = list(parts.order_by("number").values_list("number", "users"))
    if not found:
        raise _gone()
    return found


def _read_part(sheet: CredentialSheet, number: int) -> list[Slip]:
    part = CredentialSheetPart.objects.filter(sheet__in=_open(sheet), number=number).first()
    if part is None:
        raise _gone()
    return _decrypt(part.ciphertext)


def _open(sheet: CredentialSheet) -> CredentialSheetQuerySet:
    return CredentialSheet.objects.open().filter(pk=sheet.pk)


def last_slip(sheet: CredentialSheet) -> Slip:
    """Return the slip of the user who was put on the sheet last."""
    return _read_part(sheet, _parts_of(sheet)[-1][0])[-1]


@transactional
def read_sheet(
    sheet: CredentialSheet, *, actor: User, action: Action, first: int = 0, last: int | None = None
) -> list[Slip]:
    """Return slips as slips_of does, to be shown or printed; the log and the sheet tell that they
    were read.
    """
    check_reader(sheet, actor=actor)
    slips = list(slips_of(sheet, first, last))
    if slips:
        _note(sheet, action, slips[0].place, slips[-1].place + 1, actor=actor)
    return slips


@transactional
def stream_sheet(sheet: CredentialSheet, *, actor: User, action: Action) -> Iterator[Slip]:
    """Return all slips, for a file that is written while they are read; the log and the sheet tell
    that they were.

    Refused at once, as slips_of is, and once more where the sheet goes meanwhile: the file breaks.
    """
    check_reader(sheet, actor=actor)
    last_slip(sheet)
    end = sum(users for _number, users in _parts_of(sheet))
    _note(sheet, action, 0, end, actor=actor)
    return slips_of(sheet, 0, end)


@transactional
def note_copied(sheet: CredentialSheet, first: int, end: int, *, actor: User) -> None:
    """Note that passwords were copied, from place `first` up to `end`, without it.

    Refused where the sheet has no such places, or is gone.
    """
    check_reader(sheet, actor=actor)
    if not 0 <= first < end <= sum(users for _number, users in _parts_of(sheet)):
        raise Refused(_("The sheet has no such place."), code="place-unknown")
    _note(sheet, Action.SHEET_COPIED, first, end, actor=actor)


def check_reader(sheet: CredentialSheet, *, actor: User) -> None:
    """Refuse all users but the maker of the sheet and the partner's account admins."""
    fresh = check_actor(actor, Capability.RESET_PASSWORDS, customer=sheet.customer)
    if not CredentialSheet.objects.readable_by(fresh).filter(pk=sheet.pk).exists():
        raise Refused(
            _("A password sheet is open to the user who made it and to account admins."),
            code="sheet-not-yours",
        )


def _note(sheet: CredentialSheet, action: Action, first: int, end: int, *, actor: User) -> None:
    """Note in the log and on the sheet how these places were read. Inside a transaction."""
    way = BY_WAY[action]
    reading = SheetReading(
        sheet=sheet, by_way=way, first=first, end=end, by=actor, at=timezone.now()
    )
    SheetReading.objects.bulk_create(
        [reading],
        update_conflicts=True,
        unique_fields=["sheet", "by_way", "first", "end"],
        update_fields=["by", "at"],
    )
    fresh = CredentialSheet.objects.get(pk=sheet.pk)
    entry = audit.Entry(action, fresh, {"people": fresh.users})
    audit.record([entry], actor=actor, customer=sheet.customer)


class SlipFinder:
    """A finder of slips one after another, roughly in the order of the sheet, with one part in
    memory.
    """

    def __init__(self, sheet: CredentialSheet) -> None:
        self._sheet = sheet
        self._number = 0
        self._slips: dict[int, Slip] = {}

    def find(self, user_id: int) -> Slip | None:
        """Return the user's slip; None where it is not on the sheet. Refused when that is gone."""
        if not _open(self._sheet).exists():
            raise _gone()
        if user_id not in self._slips:
            numbers = [number for number, _users in _parts_of(self._sheet)]
            on = [number for number in numbers if number > self._number]
            # The part at hand too: it may have been filled meanwhile.
            for number in [*on, *numbers[: len(numbers) - len(on)]]:
                slips = _read_part(self._sheet, number)
                self._number, self._slips = number, {slip.user_id: slip for slip in slips}
                if user_id in self._slips:
                    break
        found = self._slips.get(user_id)
        return next(_as_of_now(self._sheet, [found], 0)) if found else None


@transactional
def destroy_sheet(sheet: CredentialSheet, *, actor: User | None) -> bool:
    """Destroy the passwords for good, as Done does; False when they were already."""
    if actor is not None:
        check_reader(sheet, actor=actor)
    return empty_sheet(sheet, actor=actor)


def empty_sheet(sheet: CredentialSheet, *, actor: User | None, reason: str = "") -> bool:
    """Destroy as destroy_sheet does, in a transaction that has asked for the right."""
    fresh = CredentialSheet.objects.select_for_update(no_key=True).get(pk=sheet.pk)
    if fresh.destroyed_at:
        return False
    fresh.destroyed_at = timezone.now()
    fresh.save(update_fields=["destroyed_at"])
    fresh.parts.all().delete()
    entry = audit.Entry(Action.SHEET_DESTROYED, fresh, {"people": fresh.users})
    audit.record([entry], actor=actor, customer=fresh.customer, reason=reason)
    return True


def destroy_expired_sheets() -> int:
    """Empty the sheets that had their hours; return how many there were."""
    return sum(destroy_sheet(sheet, actor=None) for sheet in CredentialSheet.objects.expired())
