"""Recovery codes: made along with a second step, shown, replaced and counted."""

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator

from customers.actions import Action
from customers.errors import Refused
from customers.said import gettext as _
from customers.services.transactions import transactional

from ...models import User
from ...signin.allauth_internals import RecoveryCodes
from ...signin.mfa import Type, has_second_step
from .record import lock_user, log


def ensure_recovery_codes(fresh: User) -> bool:
    """Make recovery codes unless there are some, and return whether. The user's row is locked."""
    if Authenticator.objects.filter(user=fresh, type=Type.RECOVERY_CODES).exists():
        return False
    RecoveryCodes.activate(fresh)
    log(Action.CODES_MADE, fresh, actor=fresh)
    return True


@transactional
def make_recovery_codes(*, actor: User) -> None:
    """Make new codes in place of the old. Refused without a second step that they stand for."""
    fresh = lock_user(actor)
    if not has_second_step(fresh):
        raise Refused(_("Set up an authenticator app or a passkey first."), code="no-second-step")
    Authenticator.objects.filter(user=fresh, type=Type.RECOVERY_CODES).delete()
    ensure_recovery_codes(fresh)


@transactional
def read_recovery_codes(*, actor: User) -> list[str]:
    """Return the codes that are not used yet; that they were shown is in the log.

    Empty where there are none. Refused where their key is missing.
    """
    found = Authenticator.objects.filter(user=actor, type=Type.RECOVERY_CODES).first()
    if found is None:
        return []
    codes: list[str] = found.wrap().get_unused_codes()
    log(Action.CODES_SHOWN, actor, {"recovery_codes_left": len(codes)}, actor=actor)
    return codes


def recovery_codes_left(authenticator: Authenticator) -> int:
    """Count the codes that are left without opening them."""
    used: int = authenticator.data["used_mask"].bit_count()
    count: int = app_settings.RECOVERY_CODE_COUNT
    return count - used
