"""One schedule: what it says, and what can be done with it while it waits."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.services.running import run_batch
from automation.models import Schedule, ScheduleState
from automation.services import due_running
from customers.models import Batch
from customers.roles import Role
from tests.accounts.signin.second_steps import give_app
from tests.accounts.verbs import delete
from tests.automation.services.scheduling import begun, in_days, scheduled
from tests.factories import ScheduleFactory, SchedulePlanFactory, UserFactory
from tests.support.cast import Cast
from tests.support.forms import fields, read, told, words
from tests.support.html import problems


def at(made: Schedule, page: str = "") -> str:
    return f"/scheduled/{made.pk}/" + (f"{page}/" if page else "")


def fresh(made: Schedule) -> Schedule:
    return Schedule.objects.get(pk=made.pk)


@pytest.fixture
def made(cast: Cast) -> Schedule:
    return scheduled(cast, cast.uma, cast.gail, reason="Ticket 7")


def test_it_says_what_whom_when_by_whom_and_why(alice: Client, made: Schedule) -> None:
    html = read(alice, at(made))
    text = words(html)
    assert problems(html) == []
    for part in ("Block sign-in", "(New York time)", "Scheduled by Alice", "Ticket 7", "2 users"):
        assert part in text
    for page in ("move", "run", "cancel"):
        assert f'href="{at(made, page)}"' in html
        assert problems(read(alice, at(made, page))) == []


def test_it_is_moved_by_the_customers_clock(alice: Client, made: Schedule) -> None:
    url = at(made, "move")
    due = in_days(3)
    sent = {**fields(read(alice, url)), "when": "date", "due_on": due.on.isoformat()}
    answer = alice.post(url, {**sent, "due_at": "07:30"}, follow=True)
    assert "Scheduled for" in told(answer)
    assert (fresh(made).on, f"{fresh(made).at:%H:%M}") == (due.on, "07:30")


def test_of_two_who_move_it_the_second_is_told(alice: Client, made: Schedule) -> None:
    url = at(made, "move")
    sent = {**fields(read(alice, url)), "due_on": in_days(3).on.isoformat()}
    alice.post(url, sent)
    answer = alice.post(url, sent | {"due_on": in_days(4).on.isoformat()}, follow=True)
    assert "Someone else changed the date while you were editing." in told(answer)
    assert fresh(made).on == in_days(3).on


def test_a_time_that_has_passed_is_said_at_the_field(alice: Client, made: Schedule) -> None:
    url = at(made, "move")
    sent = {**fields(read(alice, url)), "due_on": "2020-01-01"}
    answer = alice.post(url, sent)
    assert "This time has passed. Choose a later one." in told(answer)
    assert problems(answer.content.decode()) == []


def test_it_is_canceled(alice: Client, cast: Cast, made: Schedule) -> None:
    answer = alice.post(at(made, "cancel"), follow=True)
    assert "The schedule was canceled. Nothing was changed." in told(answer)
    assert "Canceled by Alice." in told(answer)
    assert fresh(made).state == ScheduleState.CANCELED
    again = alice.post(at(made, "cancel"), follow=True)
    assert "It is over and can no longer be changed." in told(again)
    for page in ("cancel", "move", "run"):
        assert alice.get(at(made, page)).headers["Location"] == at(made)


def test_it_is_run_now_and_the_result_is_linked(
    alice: Client, made: Schedule, no_batch_is_sent: None
) -> None:
    answer = alice.post(at(made, "run"))
    batch = Batch.objects.get(schedule=made)
    assert answer.headers["Location"] == f"/batches/{batch.pk}/"
    text = read(alice, at(made))
    assert f'href="/batches/{batch.pk}/"' in text
    assert "This is being done now." in words(text)
    again = alice.post(at(made, "run"), follow=True)
    assert "It has already begun and can no longer be changed." in told(again)


def test_run_before_its_date_it_says_when_it_was_run(
    alice: Client, made: Schedule, no_batch_is_sent: None
) -> None:
    alice.post(at(made, "run"))
    run_batch(Batch.objects.get(schedule=made).pk)
    assert "Run before its date, on" in words(read(alice, at(made)))


@pytest.fixture
def no_batch_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due_running, "send_batch", lambda _pk: None)


def test_a_user_is_removed_and_a_second_click_is_no_mistake(
    alice: Client, cast: Cast, made: Schedule
) -> None:
    url = at(made, f"users/{cast.uma.pk}/remove")
    for _click in range(2):
        assert "Uma was removed from the schedule." in told(alice.post(url, follow=True))
    assert list(made.items.values_list("user", flat=True)) == [cast.gail.pk]
    alice.post(at(made, f"users/{cast.gail.pk}/remove"))
    assert "No users are left" in words(read(alice, at(made)))
    assert alice.get(url).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_what_came_of_it_is_told(alice: Client, cast: Cast, made: Schedule) -> None:
    delete(cast, cast.gail)
    [batch] = begun()
    text = read(alice, at(made))
    assert "Incomplete" in words(text)
    assert f'href="/batches/{batch.pk}/"' in text
    failed = ScheduleFactory.create(
        customer=cast.contoso, state=ScheduleState.FAILED, refusal="No seat is left."
    )
    text = words(read(alice, at(failed)))
    assert "No seat is left." in text
    assert "No users are left: they were removed from this schedule or deleted permanently." in text
    assert "Change date" not in text


def test_the_steps_of_a_plan_are_beside_it(alice: Client, cast: Cast) -> None:
    plan = SchedulePlanFactory.create(customer=cast.contoso)
    block = ScheduleFactory.create(customer=cast.contoso, plan=plan, people=[cast.uma])
    other = ScheduleFactory.create(customer=cast.contoso, plan=plan, kind="delete")
    html = read(alice, at(block))
    assert "Remove user" in words(html)
    assert f'href="{at(other)}"' in html


def test_who_only_sees_it_changes_nothing(client: Client, cast: Cast) -> None:
    made = scheduled(cast, kind="licenses", request={"changes": {}, "as_many_as_fit": False})
    password = UserFactory.create(customer=cast.contoso, roles=[Role.PASSWORD_ADMIN])
    client.force_login(password)
    answer = client.get(at(made))
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "Your role does not show what others have scheduled here." in told(answer)
    client.force_login(cast.charlie)
    assert client.get(at(made)).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("page", ["run", "move"])
@pytest.mark.parametrize(
    "kind, request_, is_grave",
    [
        ("delete", {}, True),
        ("change", {"roles": []}, True),
        ("block", {}, False),
        ("change", {"fields": {"department": "Sales"}}, False),
    ],
)
def test_what_is_grave_asks_for_a_proof_again(
    alice: Client,
    cast: Cast,
    page: str,
    kind: str,
    request_: dict[str, object],
    is_grave: bool,  # noqa: FBT001
) -> None:
    give_app(cast.alice)
    made = ScheduleFactory.create(
        customer=cast.contoso,
        kind=kind,
        request=request_,
        people=[cast.uma, cast.gail],
        due_at=timezone.now() + timedelta(days=3),
    )
    for ask in (alice.get, alice.post):
        location = ask(at(made, page)).headers.get("Location", "")
        assert ("authenticate" in location) is is_grave
    assert (fresh(made).state == ScheduleState.WAITING) or not is_grave


def test_many_users_are_a_page_at_a_time(alice: Client, cast: Cast, settings: Settings) -> None:
    settings.PAGE_SIZE = 2
    made = scheduled(cast, *UserFactory.create_batch(3, customer=cast.contoso))
    assert "1 to 2 of 3" in words(read(alice, at(made)))
    assert "3 to 3 of 3" in words(read(alice, f"{at(made)}?page=2"))
