"""The command that fills an empty database."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.support.cast import Cast


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"customers": 0}, "--customers must be 1 or more"),
        ({"customers": -2}, "--customers must be 1 or more"),
        ({"customers": 4, "users": 11}, "--users must be 12 or more for 4 customers"),
        ({"users": 2}, "--users must be 72 or more for 24 customers"),
    ],
)
def test_numbers_that_cannot_be_are_refused(db: None, options: dict[str, Any], told: str) -> None:
    with pytest.raises(CommandError, match=told):
        call_command("demo", **options)


def test_a_database_in_use_is_left_alone(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="in use"):
        call_command("demo", customers=1, users=3)
    assert capsys.readouterr().out == ""
