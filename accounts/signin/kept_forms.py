"""What a form had sent when its session was over, kept until the same user has signed in again.

It lies sealed in the cache, one form for each device, and belongs to the account that signed in
there last: signing in replaces the token of all forms, so that a form of somebody before is refused
earlier, by its token. Nothing is kept for a browser on which nobody has signed in.
"""

import json
import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.fernet import InvalidToken
from django.core.cache import cache
from django.http import HttpRequest, QueryDict

from customers.requests import signed_in

from .devices import Device, device_of
from .encryption import cipher_for

MINUTES = 30
# Room for the thousand rows that the admin takes; caches and sessions are no store for files.
LONGEST = 50_000
_PURPOSE = b"partner portal: forms of sessions that were over"
# Fields of our forms that are not typed: marks of the page, and choices that are sent as numbers.
_NOT_TYPED = re.compile(
    r"(csrfmiddlewaretoken|key|seen(_\w+)?|next|another|look|domain|licenses|users?|kept_logo"
    r"|(shown|services)_\d+)$"
)
# Good for one moment, or as good as a password; as is all whose name has "password" in it.
_SECRETS = {"code", "credential", "token"}


@dataclass(frozen=True, slots=True)
class KeptForm:
    """The address that a form was sent to, and what it sent."""

    address: str
    sent: QueryDict


def keep_form(request: HttpRequest) -> bool:
    """Keep what a signed-out browser has sent; return whether that was possible.

    Not a file, which browsers send from a place of their own; nothing with a secret; and nothing
    that a script of a page has sent, which shows its answer itself.
    """
    device = device_of(request)
    if not device.accounts or request.headers.get("HX-Request") or not may_send_again(request):
        return False
    kept = [device.accounts[0], request.get_full_path(), _encoded(request.POST)]
    sealed = cipher_for(_PURPOSE).encrypt(json.dumps(kept).encode()).decode()
    cache.set(_place(device), sealed, MINUTES * 60)
    return True


def find_form(request: HttpRequest) -> KeptForm | None:
    """Return the form that was kept on this device for the signed-in user; None for no such."""
    device = device_of(request)
    sealed = cache.get(_place(device))
    if sealed is None:
        return None
    try:
        account, address, sent = json.loads(cipher_for(_PURPOSE).decrypt(sealed.encode()))
    except InvalidToken:
        return None
    if not Device(device.id, (account,)).knows(signed_in(request).user.get_username()):
        return None
    return KeptForm(address, QueryDict(sent))


def forget_form(request: HttpRequest) -> None:
    cache.delete(_place(device_of(request)))


def may_send_again(request: HttpRequest) -> bool:
    """Return whether a page can offer to send the same once more."""
    sent = request.POST
    # uploads.handlers takes no file of somebody who is signed out, and leaves this mark.
    has_file = bool(request.FILES) or "portal.file_left_out" in request.META
    return not has_file and not any(map(is_secret, sent)) and len(_encoded(sent)) <= LONGEST


def is_secret(name: str) -> bool:
    """Return whether a field of this name is kept nowhere."""
    return name in _SECRETS or "password" in name


def typed(sent: QueryDict) -> list[tuple[str, str]]:
    """Return what a user typed or chose, with a label each; never a secret."""
    return [
        (name.replace("_", " ").capitalize(), value)
        for name, value in values_of(sent)
        if value.strip() and not _NOT_TYPED.match(name) and not is_secret(name)
    ]


def values_of(sent: QueryDict) -> list[tuple[str, str]]:
    """Return each value with the name of its field, for a page to send them again."""
    return [
        (name, value)
        for name, values in sent.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]


def _encoded(sent: QueryDict) -> str:
    rest = sent.copy()
    rest.pop("csrfmiddlewaretoken", None)
    return rest.urlencode()


def _place(device: Device) -> str:
    return f"kept-form:{sha256(device.id.encode()).hexdigest()}"
