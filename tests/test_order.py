"""Tests run in an order that can be had again, and slow ones first."""

import pytest

from tests.__main__ import seed_and_rest
from tests.factories import CustomerFactory, UserFactory
from tests.order import slow_first


def test_a_seed_that_is_given_is_taken_and_the_rest_goes_to_pytest() -> None:
    assert seed_and_rest(["tests/accounts", "--randomly-seed=7", "-x"]) == (
        7,
        ["tests/accounts", "-x"],
    )
    assert seed_and_rest(["--randomly-seed=7"]) == (7, [])


def test_without_one_each_run_has_its_own() -> None:
    seeds = {seed_and_rest([])[0] for _run in range(5)}
    assert len(seeds) == 5
    assert max(seeds) < 2**32


def test_rows_are_numbered_anew_in_each_test(db: None) -> None:
    assert CustomerFactory.create().name == "Customer 0"
    first, *_others = UserFactory.create_batch(3)
    assert first.first_name == "Ada0"


@pytest.mark.parametrize(
    "items, workers, expected",
    [
        ("abcd", 2, "abcd"),
        ("abCdEf", 1, "CEabdf"),
        ("abCdEfG", 2, "CGabEdf"),
        ("aB", 3, "Ba"),
        ("", 2, ""),
    ],
)
def test_each_worker_begins_with_slow_ones(items: str, workers: int, expected: str) -> None:
    assert "".join(slow_first(items, str.isupper, workers)) == expected
