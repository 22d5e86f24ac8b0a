"""Restoring many: whom to skip, other names, and who gets the last seats."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.invariants import violations
from accounts.models import User
from accounts.services import running
from accounts.services.returns import Choices, fingerprint, held_at_deletion
from accounts.services.users import plan_restore
from customers.errors import Refused
from customers.models import Batch, BatchKind, BatchState, Outcome
from licensing.models import LicenseAssignment, Subscription
from tests.accounts.verbs import delete, fresh, held, outcomes, restore, subscribe
from tests.factories import UserFactory, assign
from tests.support.cast import Cast
from tests.support.log import log

STAGING = 10


@pytest.fixture
def three(cast: Cast) -> list[User]:
    """Deleted with Teams, of which one seat is left."""
    users = UserFactory.create_batch(3, customer=cast.contoso)
    teams = subscribe(cast, "Teams", *users, quantity=3)
    delete(cast, *users)
    Subscription.objects.filter(pk=teams.pk).update(quantity=1)
    return users


def teams_of(*users: User) -> list[int]:
    """The licenses that these users held, in their order."""
    found = held_at_deletion([fresh(user) for user in users])
    return [row.pk for user in users for row in found[user.pk]]


def have_teams(users: list[User]) -> list[bool]:
    return [held(user) == [("Teams", [])] for user in users]


def test_who_is_skipped_stays_deleted_and_leaves_the_seat_to_others(
    cast: Cast, three: list[User]
) -> None:
    batch = restore(cast, *three, choices=Choices(skip={three[0].pk})).batch
    assert [fresh(user).deleted_at is None for user in three] == [False, True, True]
    assert have_teams(three) == [False, True, False]
    skipped = (three[0].pk, Outcome.SKIPPED, "Skipped by choice: stays deleted.")
    assert outcomes(batch)[0] == skipped
    assert (batch.done, batch.failed) == (2, 1)
    assert violations() == []


def test_a_seat_is_given_to_another_than_the_first_of_the_list(
    cast: Cast, three: list[User]
) -> None:
    first, second, third = teams_of(*three)
    choices = Choices(first={third}, without={first, second})
    returns = restore(cast, *three, choices=choices).returns
    assert have_teams(three) == [False, False, True]
    assert [[row.product for row in item.short] for item in returns] == [["Teams"], ["Teams"], []]
    assert violations() == []


def test_a_license_that_is_not_wanted_stays_away_although_there_is_a_seat(
    cast: Cast, three: list[User]
) -> None:
    choices = Choices(without=set(teams_of(*three)))
    returns = restore(cast, *three, choices=choices).returns
    assert have_teams(three) == [False] * 3
    assert {reason for item in returns for _row, reason in item.lost} == {
        "Teams: excluded by choice."
    }
    assert [item.short for item in returns] == [[]] * 3


def test_more_promised_than_there_is_gives_to_the_first_of_them(
    cast: Cast, three: list[User]
) -> None:
    _first, second, third = teams_of(*three)
    restore(cast, *three, choices=Choices(first={third, second}))
    assert have_teams(three) == [False, True, False]


def test_a_seat_promised_in_vain_goes_to_the_next(cast: Cast, three: list[User]) -> None:
    User.objects.filter(pk=three[1].pk).update(usage_location="")
    _first, second, _third = teams_of(*three)
    restore(cast, *three, choices=Choices(first={second}))
    assert have_teams(three) == [False, False, True]
    assert violations() == []


def test_the_name_of_another_is_the_renamed_ones_problem(cast: Cast) -> None:
    delete(cast, cast.uma, cast.gail)
    users = [fresh(cast.uma), fresh(cast.gail)]
    choices = Choices({cast.uma.pk: "gail@contoso.example"})
    plan = plan_restore(users, customer=cast.contoso, choices=choices)
    assert [item.name_problem for item in plan] == [
        "Two of these users would have the user name gail@contoso.example.",
        "",
    ]
    assert plan[0].proposal == "gail2@contoso.example"


def test_every_user_skipped_is_refused(cast: Cast) -> None:
    delete(cast, cast.uma)
    with pytest.raises(Refused, match=r"^Skipped by choice: stays deleted\.$"):
        restore(cast, cast.uma, choices=Choices(skip={cast.uma.pk}))


def test_choices_survive_the_queue(cast: Cast, three: list[User], settings: Settings) -> None:
    settings.PEOPLE_AT_ONCE = 1
    first, second, third = teams_of(*three)
    UserFactory.create(customer=cast.contoso, local_part=three[2].user_name.partition("@")[0])
    choices = Choices(
        {three[2].pk: "other@contoso.example"}, {three[0].pk}, {third}, {first, second}
    )
    plan = plan_restore([fresh(user) for user in three], customer=cast.contoso, choices=choices)
    batch = _leave(cast, three, choices, fingerprint(plan))
    assert batch.state == BatchState.WAITING
    assert running.run_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.done, batch.failed) == (BatchState.DONE, 2, 1)
    assert batch.request == {}
    assert fresh(three[2]).user_name == "other@contoso.example"
    assert have_teams(three) == [False, False, True]
    assert violations() == []


def test_a_task_does_not_do_what_the_page_had_not_shown(
    cast: Cast, three: list[User], settings: Settings
) -> None:
    settings.PEOPLE_AT_ONCE = 1
    plan = plan_restore([fresh(user) for user in three], customer=cast.contoso)
    batch = _leave(cast, three, Choices(), fingerprint(plan))
    assign(Subscription.objects.get(), cast.uma)
    assert not running.run_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.FAILED
    assert batch.refusal.startswith("Something has changed since this page was shown.")
    assert fresh(three[0]).deleted_at


def _leave(cast: Cast, users: list[User], choices: Choices, expected: str) -> Batch:
    return running.perform(
        BatchKind.RESTORE,
        [user.pk for user in users],
        customer=cast.contoso,
        actor=cast.alice,
        request=choices.as_request() | {"expected": expected},
    )


def _some_of_everything(users: list[User]) -> Choices:
    rows = teams_of(*users)
    return Choices(
        names={users[-1].pk: f"again{len(users)}@contoso.example"},
        skip={users[0].pk},
        first={rows[-1]},
        without={rows[2]},
    )


def test_as_many_queries_for_three_hundred_as_for_three(cast: Cast) -> None:
    everyone = UserFactory.create_batch(303, customer=cast.contoso)
    few, many = everyone[:3], everyone[3:]
    for name, quantity in (("Teams", 303), ("Visio", 303)):
        subscribe(cast, name, *everyone, quantity=quantity)
    delete(cast, *everyone)
    Subscription.objects.filter(product__name="Teams").update(quantity=152)

    changes = [(users, _some_of_everything(users)) for users in (few, many)]
    counts = []
    for users, choices in changes:
        with CaptureQueriesContext(connection) as queries:
            restore(cast, *users, choices=choices)
        counts.append(len(queries))
    # Many rows go through a table made for them; on SQLite, some hundred by a statement.
    assert counts[1] - counts[0] <= STAGING
    assert LicenseAssignment.objects.live().count() > 300
    assert len([line for line in log() if line.action == "user.restored"]) == 301
    assert violations() == []
