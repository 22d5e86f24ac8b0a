"""What the API says when it says no."""

import json
from typing import Any

import pytest
from django.http import HttpResponse

from api.v1.errors import LONGEST, NUMBERS, error_answer, refused_answer, too_many_answer
from customers.errors import Refused
from customers.refusals import declared


def told(response: HttpResponse) -> Any:
    return json.loads(response.content)


@pytest.mark.parametrize(
    ("code", "status", "number"),
    [
        ("seats-short", 400, 60_012),
        ("user-gone", 404, 60_002),
        ("role-lacks-it", 403, 2_032),
        ("token-not-known", 401, 400),
        ("user-name-taken", 409, 409),
        ("busy", 503, 503),
        ("choice-wrong", 400, 3_000),
    ],
)
def test_a_refusal_has_the_number_that_scripts_know(code: str, status: int, number: int) -> None:
    answer = refused_answer(Refused("A sentence.", code=code, field="name"))
    assert answer.status_code == status
    assert told(answer) == {
        "code": number,
        "description": "A sentence.",
        "data": [],
        "source": "PartnerPortal",
        "refusal": code,
        "field": "name",
    }
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_every_refusal_can_be_told() -> None:
    for code in declared():
        assert 400 <= refused_answer(Refused("No.", code=code)).status_code < 600


def test_the_numbers_are_of_refusals_that_there_are() -> None:
    assert set(NUMBERS) <= set(declared())


def test_a_sentence_is_no_longer_than_partner_center_allows() -> None:
    assert len(told(error_answer(400, 1, "x" * 2_000))["description"]) == LONGEST


@pytest.mark.parametrize(("seconds", "expected"), [(0, "1"), (0.2, "1"), (57.1, "58")])
def test_one_call_too_many_says_how_long_to_wait(seconds: float, expected: str) -> None:
    answer = too_many_answer(seconds)
    assert answer["Retry-After"] == expected
    assert told(answer)["message"] == (f"Rate limit is exceeded. Try again in {expected} seconds.")
