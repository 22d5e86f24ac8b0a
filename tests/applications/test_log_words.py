"""What the activity log says of a change of an application."""

import pytest

from customers.log.history import describe
from tests.customers.log.test_history import event


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({"icon": ["grid", "chat-dots"]}, ["Icon: Squares → Chat"]),
        ({"icon": "painted"}, ["Icon: painted"]),
        (
            {"leaving": ["deactivate", "delete"]},
            ["When a user leaves: Deactivate the account → Delete the account"],
        ),
        ({"extra_claims": ["", "country, job_title"]}, ["Claims: Country, Job title"]),
        ({"is_on": [True, False]}, ["State: on → off"]),
        ({"provisioning": [False, True]}, ["Provisioning: off → on"]),
        ({"token": ["", "renewed"]}, ["Token: renewed"]),
    ],
)
def test_values_are_called_as_where_they_are_chosen(
    changes: dict[str, list[object]], expected: list[str]
) -> None:
    assert describe(event(changes)) == expected
