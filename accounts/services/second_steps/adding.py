"""Setting up a second step of one's own: an authenticator app, or a passkey."""

from typing import Any

from allauth.mfa.models import Authenticator

from customers.actions import Action
from customers.errors import Refused
from customers.said import gettext as _
from customers.services.transactions import transactional

from ...models import User
from ...signin.allauth_internals import WebAuthn
from ...signin.encryption import seal
from ...signin.mfa import Type
from .record import lock_user, log
from .recovery import ensure_recovery_codes


@transactional
def add_app(secret: str, *, used_step: int, actor: User) -> bool:
    """Set up one's authenticator app, proven by the code of `used_step`, which is spent with it.

    Return whether recovery codes were made along with it. Refused where there is an app already.
    """
    fresh = lock_user(actor)
    if Authenticator.objects.filter(user=fresh, type=Type.TOTP).exists():
        raise Refused(
            _("You already have an authenticator app. Remove it first."), code="app-there-already"
        )
    data = {"secret": seal(secret), "used_step": used_step}
    Authenticator.objects.create(user=fresh, type=Type.TOTP, data=data)
    log(Action.STEP_ADDED, fresh, {"kind": Type.TOTP.value}, actor=fresh)
    return ensure_recovery_codes(fresh)


@transactional
def add_passkey(name: str, credential: dict[str, Any], *, actor: User) -> bool:
    """Keep a passkey that the browser has made, and allauth has checked.

    Return whether recovery codes were made along with it.
    """
    fresh = lock_user(actor)
    WebAuthn.add(fresh, name, credential)
    changes = {"kind": Type.WEBAUTHN.value}
    log(Action.STEP_ADDED, fresh, changes, personal={"name": name}, actor=fresh)
    return ensure_recovery_codes(fresh)
