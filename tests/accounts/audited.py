"""How licenses and passwords are changed, for `tests.support.audited`."""

from collections.abc import Callable
from typing import Any

from django.test import override_settings

from accounts.services import credentials
from accounts.services.licenses import take_all_licenses
from accounts.services.users import forget_passwords
from customers.services.partners import change_branding, set_host_names

HOST = "portal.fabrikam.example"
with_host = override_settings(ALLOWED_HOSTS=[HOST])

LICENSES_AND_PASSWORDS: dict[str, tuple[Callable[[Any], Any], list[str], bool]] = {
    "change_branding": (
        lambda s: change_branding(s.partner, actor=s.alice, help_phone="+1 555 0100"),
        ["partner.changed"],
        True,
    ),
    "set_host_names": (
        lambda s: with_host(set_host_names)(s.partner, [HOST], actor=s.support),
        ["partner.changed"],
        True,
    ),
    "note_copied": (
        lambda s: credentials.note_copied(s.sheet(), 0, 1, actor=s.alice),
        ["sheet.copied"],
        False,
    ),
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
