"""Undo of each kind: for each user what was before."""

from accounts.models import User
from customers.models import BatchKind
from tests.accounts.undoing import (
    block,
    blocked,
    undo,
)
from tests.support.cast import Cast


def test_an_undo_can_be_undone(cast: Cast, users: list[User]) -> None:
    first = undo(block(cast, *users), cast.alice)
    second = undo(first, cast.alice)
    assert (second.kind, second.undo_of) == (BatchKind.BLOCK, first)
    assert blocked(*users) == [True] * 3
