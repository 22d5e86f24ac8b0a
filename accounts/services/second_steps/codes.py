"""Codes that a user types: six digits from the app, or a recovery code. Each is right once."""

import time

from allauth.mfa.models import Authenticator
from django.conf import settings

from customers.actions import Action
from customers.services.transactions import transactional

from ...models import User
from ...signin.allauth_internals import compare_user_code, format_hotp_value, hotp_value
from ...signin.encryption import unseal
from ...signin.mfa import Type
from .record import log
from .refusing import refuse_step
from .wrong import CODE, check_codes

PERIOD = 30


def fitting_step(secret: str, code: str, *, after: int = -1, at: float | None = None) -> int | None:
    """Return the time step of which this is the code, near `at` and later than `after`.

    None where the code is wrong. A caller stores the step, so that no code is taken twice.
    """
    now = int(time.time() if at is None else at) // PERIOD
    tolerance = settings.MFA_TOTP_TOLERANCE
    for step in range(max(now - tolerance, after + 1), now + tolerance + 1):
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return step
    return None


@transactional
def use_code(
    user: User, code: str, *, at: float | None = None, known: bool = False
) -> Authenticator | None:
    """Return the second step that this code belongs to; None for a wrong one, which is an event.

    The database knows which codes are spent: the cache may be away. CodesSpent after too many wrong
    ones in a day, Refused where a key is missing. `known` as refuse_step has it.
    """
    rows = Authenticator.objects.select_for_update().filter(user_id=user.pk)
    # The app first: its codes are asked for day by day.
    steps = list(rows.filter(type__in=(Type.TOTP, Type.RECOVERY_CODES)).order_by("-type"))
    check_codes(user, known=known)
    for row in steps:
        if row.type == Type.TOTP:
            secret, used = unseal(row.data["secret"]), row.data.get("used_step", -1)
            step = fitting_step(secret, code, after=used, at=at)
            if step is not None:
                row.data["used_step"] = step
                row.save(update_fields=["data"])
                return row
        if row.type == Type.RECOVERY_CODES and row.wrap().validate_code(code):
            left = len(Authenticator.objects.get(pk=row.pk).wrap().get_unused_codes())
            log(Action.CODE_USED, user, {"recovery_codes_left": left}, actor=user)
            return row
    refuse_step(user, CODE, known=known)
    return None
