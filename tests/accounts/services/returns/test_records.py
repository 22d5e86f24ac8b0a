"""What was chosen for users to restore, and how one comes back."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.services.returns import Choices, HeldLicense, Return

ROW = HeldLicense(1, 2, 3, 4, "Teams", ["CHAT"])


@pytest.mark.parametrize(
    "choices",
    [
        Choices(),
        Choices({7: "ada2@contoso.example"}, frozenset({3, 1}), frozenset({5}), frozenset({6})),
    ],
)
def test_choices_are_the_same_after_json(choices: Choices) -> None:
    assert Choices.of_request(json.loads(json.dumps(choices.as_request()))) == choices


def test_choices_are_written_in_one_order() -> None:
    request = Choices(skip={3, 1, 2}, first={9, 8}, without={5, 4}).as_request()
    assert request == {"names": {}, "skip": [1, 2, 3], "first": [8, 9], "without": [4, 5]}


def test_a_request_that_says_nothing_chooses_nothing() -> None:
    assert Choices.of_request({}) == Choices()


def test_a_return_has_a_problem_by_its_name_or_by_a_lost_license() -> None:
    item = Return(User(), "ada@contoso.example", "ada@contoso.example")
    assert (item.has_problem, item.lost_rows) == (False, [])
    item.lost = [(ROW, "No seat is free.")]
    assert (item.has_problem, item.lost_rows) == (True, [ROW])
    assert Return(User(), "a", "a", name_problem="Taken.").has_problem


def test_a_return_knows_whether_its_temporary_password_is_over(settings: Settings) -> None:
    settings.TEMPORARY_PASSWORD_DAYS = 14
    given = timezone.now() - timedelta(days=15)
    users = [User(), User(temporary_password_set_at=given)]
    assert [Return(user, "a", "a").password_expired for user in users] == [False, True]
