"""Second steps of signing in: authenticator app, passkeys, and the recovery codes beside them."""

from .adding import add_app, add_passkey
from .codes import fitting_step, use_code
from .recovery import make_recovery_codes, read_recovery_codes, recovery_codes_left
from .refusing import refuse_step
from .removing import remove_step, reset_second_factor
from .resealing import reseal_second_steps
from .wrong import (
    CODE,
    TOLD_AFTER,
    CodesSpent,
    address_of,
    allow_codes,
    check_codes,
    wrong_codes_since_sign_in,
)

__all__ = [
    "CODE",
    "TOLD_AFTER",
    "CodesSpent",
    "add_app",
    "add_passkey",
    "address_of",
    "allow_codes",
    "check_codes",
    "fitting_step",
    "make_recovery_codes",
    "read_recovery_codes",
    "recovery_codes_left",
    "refuse_step",
    "remove_step",
    "reseal_second_steps",
    "reset_second_factor",
    "use_code",
    "wrong_codes_since_sign_in",
]
