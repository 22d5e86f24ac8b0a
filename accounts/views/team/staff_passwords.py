"""Temporary passwords of staff, kept in the session of the user who had them made, until Done.

A credential sheet belongs to a customer, which staff have not. Here a reload loses nothing, no one
else can read it, and it goes with Done, after the hours of a sheet, and at sign-out.
"""

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from ...models import User
from ...services.credentials import Slip, seal, unseal
from ...services.staff import Issued

_KEY = "issued"


class _Kept(NamedTuple):
    """A kept password; `epoch` tells a later reset, after which it is worth nothing."""

    ciphertext: str
    until: float
    epoch: int


def keep(request: HttpRequest, issued: Issued) -> None:
    user = issued.user
    slip = Slip(user.pk, user.display_name, user.user_name, issued.password)
    until = timezone.now() + timedelta(hours=settings.CREDENTIAL_SHEET_HOURS)
    kept = _Kept(seal(slip), until.timestamp(), user.session_epoch)
    request.session[_KEY] = {**_living(request), str(user.pk): kept}


def is_kept(request: HttpRequest, user: User) -> bool:
    """Return whether there is a password to hand over that the user still has to use."""
    kept = _living(request).get(str(user.pk))
    if kept is None or not user.must_change_password:
        return False
    return kept.epoch == user.session_epoch


def slip_of(request: HttpRequest, user: User) -> Slip | None:
    """Return the kept password; raise Refused where the key of its encryption is missing."""
    return unseal(_living(request)[str(user.pk)].ciphertext) if is_kept(request, user) else None


def forget(request: HttpRequest, user: User) -> bool:
    """Destroy the kept password; return False when it was gone already."""
    rest = _living(request)
    found = rest.pop(str(user.pk), None)
    request.session[_KEY] = rest
    return found is not None


def _living(request: HttpRequest) -> dict[str, _Kept]:
    now = timezone.now().timestamp()
    kept = {pk: _Kept(*values) for pk, values in request.session.get(_KEY, {}).items()}
    return {pk: values for pk, values in kept.items() if values.until > now}
