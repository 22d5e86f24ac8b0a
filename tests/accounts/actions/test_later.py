"""Doing an action later, as an app above says how; and the pages that ask when."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import later
from accounts.actions.base import Place
from accounts.actions.registry import offered
from accounts.models import User
from automation.models import Schedule
from customers.models import Batch
from tests.accounts.bulk import by_ids, of, send
from tests.accounts.verbs import fresh, subscribe
from tests.factories import UserFactory
from tests.support.cast import Cast
from tests.support.forms import Fields, fields, read, told
from tests.support.html import problems

DAY = (timezone.now() + timedelta(days=30)).date()
LATER: dict[str, Any] = {"when": "date", "due_on": DAY.isoformat(), "due_at": "18:00"}


def one(user: User, page: str) -> str:
    return f"/customers/{user.customer_id}/users/{user.pk}/{page}/"


def test_without_an_app_above_nothing_asks_when(
    alice: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(later, "_ask", [])
    assert later.when_form(None, cast.contoso) is None
    for url in (by_ids(cast, "block", cast.uma), one(cast.gail, "block")):
        assert 'name="when"' not in read(alice, url)
        assert send(alice, url).status_code == HTTPStatus.FOUND
    assert fresh(cast.uma).blocked_at is not None


@pytest.mark.parametrize("page", ["block", "delete", "change/location", "change/permissions"])
def test_every_page_about_many_asks_when(alice: Client, cast: Cast, page: str) -> None:
    html = read(alice, by_ids(cast, page, cast.uma))
    assert fields(html)["when"] == ["now"]
    assert problems(html) == []


def test_a_reset_is_done_at_once_alone(alice: Client, cast: Cast) -> None:
    """Its passwords are shown for a day, and nobody looks at the time."""
    for url in (by_ids(cast, "reset", cast.uma), one(cast.uma, "reset")):
        assert 'name="when"' not in read(alice, url)
    assert [action.name for action in offered(Place.USERS, cast.alice) if not action.waits] == [
        "reset"
    ]


@pytest.mark.parametrize("is_one", [True, False])
def test_scheduled_it_is_not_done_and_a_second_click_finds_it(
    alice: Client,
    cast: Cast,
    is_one: bool,  # noqa: FBT001
) -> None:
    url = one(cast.uma, "block") if is_one else by_ids(cast, "block", cast.uma, cast.gail)
    sent = fields(read(alice, url))
    for _click in range(2):
        answer = send(alice, url, sent, **LATER, reason="Ticket 7")
        made = Schedule.objects.get()
        to_user = f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"
        assert answer.headers["Location"] == (to_user if is_one else f"/scheduled/{made.pk}/")
    assert "Scheduled for" in told(alice.get(answer.headers["Location"]))
    assert (made.kind, made.by, made.reason, made.on) == ("block", cast.alice, "Ticket 7", DAY)
    assert made.items.count() == (1 if is_one else 2)
    assert fresh(cast.uma).blocked_at is None
    assert not Batch.objects.exists()


@pytest.mark.parametrize("is_one", [True, False])
def test_a_time_that_can_not_be_is_said_and_what_was_typed_stays(
    alice: Client,
    cast: Cast,
    is_one: bool,  # noqa: FBT001
) -> None:
    url = one(cast.uma, "delete") if is_one else by_ids(cast, "delete", cast.uma)
    answer = send(alice, url, when="date", due_on="", due_at="18:00", reason="Ticket 7")
    html = answer.content.decode()
    assert "Enter a date." in told(answer)
    assert problems(html) == []
    sent: Fields = fields(html)
    assert (sent["when"], sent["due_at"], sent["reason"]) == (["date"], ["18:00"], ["Ticket 7"])
    assert not Schedule.objects.exists()
    assert not Batch.objects.exists()


def test_what_is_chosen_is_kept_with_it(alice: Client, cast: Cast) -> None:
    url = by_ids(cast, "change/department", cast.uma)
    send(alice, url, department="Sales", **LATER)
    made = Schedule.objects.get()
    assert (made.kind, made.request) == ("change", {"fields": {"department": "Sales"}})


def test_licenses_are_given_on_a_date(alice: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.uma.pk).update(usage_location="US")
    pool = subscribe(cast, "Teams")
    url = of("licenses", cast.uma)
    html = read(alice, url)
    assert problems(html) == []
    answer = send(alice, url, on=str(pool.pk), **LATER)
    made = Schedule.objects.get()
    html = read(alice, answer.headers["Location"])
    assert f'<a href="/scheduled/{made.pk}/">Show or cancel it</a>' in html
    assert made.request["changes"][str(pool.pk)]["have"] is True
    assert not cast.uma.assignments.exists()
    again = send(alice, url, on=str(pool.pk), when="date", due_on="2020-01-01", due_at="18:00")
    assert "This time has passed. Choose a later one." in told(again)


def test_whom_a_filter_finds_is_frozen(alice: Client, cast: Cast) -> None:
    url = by_ids(cast, "block", cast.uma)
    send(alice, url, **LATER)
    UserFactory.create(customer=cast.contoso)
    assert Schedule.objects.get().items.count() == 1
