"""What the activity log says of a token."""

import pytest
from django.utils import timezone

from customers.log.history import describe
from tests.customers.log.test_history import event


@pytest.mark.parametrize(
    "changes, expected",
    [
        (
            {"capabilities": "manage users, see"},
            ["Permissions: Manage users, See customers and users"],
        ),
        ({"capabilities": "fly"}, ["Permissions: fly"]),
        ({"token_kind": "secret"}, ["Kind: Client secret"]),
        ({"token_kind": "painted"}, ["Kind: painted"]),
        ({"customers": "all"}, ["Customers: All"]),
        ({"customers": "Contoso, Northwind"}, ["Customers: Contoso, Northwind"]),
        ({"networks": ""}, []),
        ({"may_do_grave": True}, ["May do what needs a second step: yes"]),
        ({"may_do_grave": False}, []),
        # As other events have them.
        ({"kind": "totp"}, ["Kind: Authenticator app"]),
    ],
)
def test_values_are_called_as_where_they_are_chosen(
    changes: dict[str, object], expected: list[str]
) -> None:
    assert describe(event(changes)) == expected


def test_the_end_is_told_in_the_viewers_zone() -> None:
    changes = {"ends_at": "2026-12-31T22:30:00+00:00"}
    with timezone.override("Europe/Stockholm"):
        assert describe(event(changes)) == ["Expires: 31 Dec 2026, 23:30"]
