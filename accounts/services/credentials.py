"""What is still to be handed over: names and temporary passwords, encrypted until Done."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions import Action
from customers.errors import Refused
from customers.models import Batch, Customer
from customers.services import audit
from customers.services.transactions import transactional

from ..models import CredentialSheet, SheetKind, User

# What is added to a sheet must be there long enough to be handed over.
TIME_TO_HAND_OVER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Slip:
    """One person's line of a sheet; the password as it is printed, with its hyphens."""

    user_id: int
    display_name: str
    user_name: str
    password: str

    def __repr__(self) -> str:
        return f"Slip(user_id={self.user_id})"


def temporary_password_expired(user: User) -> bool:
    if user.temporary_password_set_at is None:
        return False
    days = timedelta(days=settings.TEMPORARY_PASSWORD_DAYS)
    return user.temporary_password_set_at + days <= timezone.now()


@cache
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _encrypt(slips: Iterable[Slip]) -> str:
    plain = json.dumps([asdict(slip) for slip in slips]).encode()
    return _cipher(tuple(settings.CREDENTIALS_KEYS)).encrypt(plain).decode()


def _decrypt(sheet: CredentialSheet) -> list[Slip]:
    if not sheet.is_open:
        raise Refused(
            _("These passwords are gone: they were handed over, or a day has passed. Reset the"
              " passwords of those who still need one.")
        )  # fmt: skip
    try:
        plain = _cipher(tuple(settings.CREDENTIALS_KEYS)).decrypt(sheet.ciphertext.encode())
    except InvalidToken:
        raise Refused(
            _("This sheet can't be read any more: its key is missing. Reset these passwords.")
        ) from None
    return [Slip(**slip) for slip in json.loads(plain)]


def write_sheet(
    slips: Sequence[Slip],
    *,
    kind: SheetKind,
    customer: Customer,
    actor: User,
    batch: Batch,
    onto: CredentialSheet | None = None,
) -> CredentialSheet:
    """Put the slips on the maker's open sheet `onto`, or on a new one. Inside a transaction.

    A sheet that can't take them any more (handed over, nearly expired, unreadable) stays as it is.
    """
    if onto is not None and (fresh := _append(onto, slips, customer, actor)):
        return fresh
    now = timezone.now()
    return CredentialSheet.objects.create(
        customer=customer,
        by=actor,
        kind=kind,
        batch=batch,
        ciphertext=_encrypt(slips),
        people=len(slips),
        created_at=now,
        expires_at=now + timedelta(hours=settings.CREDENTIAL_SHEET_HOURS),
    )


def _append(
    onto: CredentialSheet, slips: Sequence[Slip], customer: Customer, actor: User
) -> CredentialSheet | None:
    own = CredentialSheet.objects.filter(by=actor, customer=customer)
    fresh = own.select_for_update(no_key=True).filter(pk=onto.pk).first()
    if fresh is None or fresh.expires_at - timezone.now() < TIME_TO_HAND_OVER:
        return None
    try:
        together = [*_decrypt(fresh), *slips]
    except Refused:
        return None
    fresh.ciphertext, fresh.people = _encrypt(together), len(together)
    fresh.save(update_fields=["ciphertext", "people"])
    return fresh


@transactional
def read_sheet(sheet: CredentialSheet, *, actor: User, action: Action) -> list[Slip]:
    """The slips, for showing, printing or downloading; that they were read is in the log."""
    fresh = CredentialSheet.objects.get(pk=sheet.pk)
    slips = _decrypt(fresh)
    entry = audit.Entry(action, fresh, {"people": len(slips)})
    audit.record([entry], actor=actor, customer=sheet.customer)
    return slips


def slips_for_mail(sheet: CredentialSheet) -> list[Slip]:
    """As they are now, for the task that mails: the request for it is what the log holds."""
    return _decrypt(CredentialSheet.objects.get(pk=sheet.pk))


@transactional
def destroy_sheet(sheet: CredentialSheet, *, actor: User | None) -> bool:
    """Done: the passwords are gone for good. False when they were already."""
    fresh = CredentialSheet.objects.select_for_update(no_key=True).get(pk=sheet.pk)
    if fresh.destroyed_at:
        return False
    fresh.ciphertext, fresh.destroyed_at = "", timezone.now()
    fresh.save(update_fields=["ciphertext", "destroyed_at"])
    entry = audit.Entry(Action.SHEET_DESTROYED, fresh, {"people": fresh.people})
    audit.record([entry], actor=actor, customer=fresh.customer)
    return True


def destroy_expired_sheets() -> int:
    """How many sheets had their hours and were emptied."""
    return sum(destroy_sheet(sheet, actor=None) for sheet in CredentialSheet.objects.expired())
