"""How licenses and passwords are changed, for `tests.support.audited`."""

from collections.abc import Callable
from typing import Any

from accounts.services.licenses import take_all_licenses
from accounts.services.users import forget_passwords

LICENSES_AND_PASSWORDS: dict[str, tuple[Callable[[Any], Any], list[str], bool]] = {
    "change_licenses": (lambda s: s.license(), ["license.assigned"], False),
    "reset_passwords": (lambda s: s.sheet(), ["password.reset"], False),
    "forget_passwords": (
        lambda s: forget_passwords([s.uma], **s.at),
        ["password.reset"],
        False,
    ),
    "take_all_licenses": (
        lambda s: [s.pool(s.uma), take_all_licenses([s.uma], **s.at)],
        ["license.revoked"],
        False,
    ),
}
