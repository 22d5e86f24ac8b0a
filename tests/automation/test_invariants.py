"""Each invariant of the rules holds after what the portal does, and finds what breaks it."""

from collections.abc import Callable

import pytest

from accounts.invariants import violations
from automation.invariants import CHECKS
from automation.models import KeptLicense, LicenseRule
from licensing.models import LicenseAssignment
from tests.accounts.verbs import subscribe
from tests.automation.ruled import put, rule_on
from tests.support.cast import Cast

BREAKS: list[tuple[str, Callable[[Cast], object]]] = [
    ("licenses_by_rule_are_held", lambda _c: LicenseAssignment.objects.all().delete()),
    ("nobody_waits_for_what_they_have", lambda _c: KeptLicense.objects.update(state="waiting")),
    (
        "rules_stay_with_one_customer",
        lambda c: LicenseRule.objects.update(customer=c.northwind),
    ),
    ("rules_that_are_on_know_since_when", lambda _c: LicenseRule.objects.update(on_since=None)),
    ("rules_that_are_on_know_since_when", lambda _c: LicenseRule.objects.update(is_on=False)),
]


@pytest.mark.sqlite
@pytest.mark.parametrize("name, break_it", BREAKS)
def test_what_is_broken_is_found(cast: Cast, name: str, break_it: Callable[[Cast], object]) -> None:
    rule_on(cast, subscribe(cast))
    put(cast, "Sales", cast.uma)
    assert violations() == []
    break_it(cast)
    assert name in {line.partition(":")[0] for line in violations()}


def test_each_has_a_break() -> None:
    assert {name for name, _break in BREAKS} == {check.__name__ for check in CHECKS}
