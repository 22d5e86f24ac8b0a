"""Sentences and lists that several actions share."""

import pytest

from accounts.actions.words import Seats, locked_out, products


def test_one_account_and_many_are_told_apart() -> None:
    assert locked_out(1).endswith("this account can't be used to sign in.")
    assert locked_out(2).endswith("these accounts can't be used to sign in.")


@pytest.mark.parametrize(
    "seats, expected",
    [
        ([], ""),
        ([("Chat", 1), ("Mail", 1)], "Chat, Mail"),
        ([("Chat", 1), ("Mail", 1_200)], "Chat (1), Mail (1,200)"),
    ],
)
def test_products_are_counted_unless_each_is_held_once(seats: Seats, expected: str) -> None:
    assert products(seats) == expected
