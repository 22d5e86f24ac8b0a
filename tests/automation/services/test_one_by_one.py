"""What is done for many goes on where it fails for one, and does not pass for done."""

import logging
from typing import Any

import pytest
from django.db import OperationalError

from automation.services.one_by_one import one_by_one
from customers.errors import Refused


def test_what_each_comes_to_is_counted() -> None:
    assert one_by_one("not_done", [3, 4], lambda key: key) == 7
    assert one_by_one("not_done", list[int](), lambda key: key) == 0


def test_the_others_are_done_before_the_first_failure_is_raised(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: list[int] = []

    def act(key: int) -> int:
        if key == 1:
            raise Refused("Others are at it.", code="busy")
        if key == 3:
            raise ValueError(key)
        done.append(key)
        return 1

    with caplog.at_level(logging.ERROR), pytest.raises(Refused, match="Others are at it"):
        one_by_one("not_done", [1, 2, 3, 4], act)
    assert done == [2, 4]
    told: list[Any] = [record.msg for record in caplog.records]
    assert [(line["event"], line["key"]) for line in told] == [("not_done", "1"), ("not_done", "3")]


def test_without_a_database_nothing_is_tried_any_further() -> None:
    tried: list[int] = []

    def act(key: int) -> int:
        tried.append(key)
        raise OperationalError

    with pytest.raises(OperationalError):
        one_by_one("not_done", [1, 2], act)
    assert tried == [1]
