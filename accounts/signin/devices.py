"""Which accounts have signed in on this device before, told by a signed cookie.

Wrong tries on such a device are counted apart from strangers' (accounts.signin.limits), so that
nobody is kept out by what others try. The cookie names accounts by a keyed hash, and a few of them.
"""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from ..models import User

# Called with the request and its user, whose sign-in is recorded by then.
AtNewDevice = Callable[[HttpRequest, "User"], None]

_at_new_device: list[AtNewDevice] = []

MAX_AGE = 180 * 24 * 60 * 60
ACCOUNTS = 10

_SALT = "accounts.signin.devices"


@dataclass(frozen=True, slots=True)
class Device:
    id: str
    accounts: tuple[str, ...]

    def knows(self, user_name: str) -> bool:
        return not _marks(user_name).isdisjoint(self.accounts)

    def with_account(self, user_name: str) -> "Device":
        marks = _marks(user_name)
        others = [mark for mark in self.accounts if mark not in marks]
        return Device(self.id, (_mark(user_name, settings.SECRET_KEY), *others)[:ACCOUNTS])


def device_of(request: HttpRequest) -> Device:
    """Return the device of the cookie; a new one where it is missing, old or not ours."""
    try:
        device, *accounts = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=_SALT, max_age=MAX_AGE
        )
    except signing.BadSignature:
        return Device(secrets.token_urlsafe(16), ())
    return Device(device, tuple(accounts))


def at_new_device(act: AtNewDevice) -> None:
    """Have this called when an account signs in on a device for the first time."""
    if act not in _at_new_device:
        _at_new_device.append(act)


def meet_device(request: HttpRequest, user: "User") -> None:
    """Say that this user has signed in, to those who ask for devices that are new to an account."""
    if not device_of(request).knows(user.get_username()):
        for act in _at_new_device:
            act(request, user)


def remember_account(request: HttpRequest, response: HttpResponseBase, user_name: str) -> None:
    """Remember the account on this device; only after every step of signing in."""
    device = device_of(request).with_account(user_name)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps([device.id, *device.accounts], salt=_SALT),
        max_age=MAX_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _marks(user_name: str) -> set[str]:
    """Return the account's marks by today's key and those that SECRET_KEY_FALLBACKS lists."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return {_mark(user_name, key) for key in keys}


def _mark(user_name: str, key: str) -> str:
    digest = salted_hmac(_SALT, user_name.lower(), secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:12]).decode()
