"""What was asked for, in the words of the page that asked."""

from typing import Any

import pytest

from accounts.services.licenses import LicenseChange
from automation.models import Schedule
from automation.queries.asked import asked
from customers.models import BatchKind
from tests.accounts.verbs import subscribe
from tests.support.cast import Cast


@pytest.mark.parametrize(
    "kind, request_, sentences",
    [
        (BatchKind.BLOCK, {}, []),
        (BatchKind.CHANGE, {"fields": {"department": "Sales"}}, ["Department: Sales"]),
        (BatchKind.CHANGE, {"fields": {"usage_location": "SE"}}, ["Usage location: Sweden"]),
        (BatchKind.CHANGE, {"roles": []}, ["Permissions: User"]),
        (
            BatchKind.CHANGE,
            {"roles": ["Global administrator"]},
            ["Permissions: Global administrator"],
        ),
    ],
)
def test_changes_are_told_with_what_is_to_be(
    kind: BatchKind, request_: dict[str, Any], sentences: list[str]
) -> None:
    assert asked(Schedule(kind=kind, request=request_)) == sentences


def test_licenses_are_told_by_their_products(cast: Cast) -> None:
    teams, visio, chat = (subscribe(cast, name) for name in ("Teams", "Visio", "Chat"))
    changes = {
        str(teams.pk): LicenseChange(have=True),
        str(visio.pk): LicenseChange(have=False),
        str(chat.pk): LicenseChange(switch_off=frozenset(["MAIL"])),
        "999": LicenseChange(have=True, instead_of=visio.pk),
    }
    request = {
        "changes": {pk: change.as_json() for pk, change in changes.items()},
        "as_many_as_fit": True,
    }
    made = Schedule(kind=BatchKind.LICENSES, request=request, customer=cast.contoso)
    assert asked(made) == [
        "Assign Teams",
        "Remove Visio",
        "Change service plans of Chat",
        "Assign a subscription that no longer exists instead of Visio",
        "Where seats are short: assign as many as fit",
    ]
