"""Secrets of two-step sign-in as they lie in the database: sealed with keys of their own.

The keys are derived from CREDENTIALS_KEYS, so that what is sealed here never opens as a password
sheet, nor the other way round. To rotate: put the new key first and restart all processes; from
then on it seals, and the former ones still open. `manage.py reseal_second_steps` then seals all
anew with the first key, after which the former ones may be taken out (password sheets live for
CREDENTIAL_SHEET_HOURS and must be over as well). A key that is taken out too early locks out
all users with a second step that it sealed: put it back, or reset their two-step sign-in.
"""

import base64
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from customers.errors import Refused

_PURPOSE = b"partner portal: second step of signing in"


def cipher_for(purpose: bytes) -> MultiFernet:
    """Return what seals with the first of CREDENTIALS_KEYS and opens with each, all derived for
    this purpose alone.
    """
    return _cipher(purpose, tuple(settings.CREDENTIALS_KEYS))


@cache
def _cipher(purpose: bytes, keys: tuple[str, ...]) -> MultiFernet:
    derived = []
    for key in keys:
        own = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose)
        derived.append(base64.urlsafe_b64encode(own.derive(base64.urlsafe_b64decode(key))))
    return MultiFernet([Fernet(key) for key in derived])


def _ours() -> MultiFernet:
    return cipher_for(_PURPOSE)


def _lost() -> Refused:
    return Refused(
        _("Your second step can no longer be read: its key is missing. Ask for your"
          " two-step sign-in to be reset."), code="second-step-unreadable"
    )  # fmt: skip


def seal(text: str) -> str:
    return _ours().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the text; raise Refused where no key opens it."""
    try:
        return _ours().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise _lost() from None


def reseal(sealed: str) -> str:
    """Return the same, sealed with the newest key; raise Refused where no key opens it."""
    try:
        return _ours().rotate(sealed.encode()).decode()
    except InvalidToken:
        raise _lost() from None
