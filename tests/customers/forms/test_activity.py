"""The filter of the activity log: days in the viewer's zone, users, actions and reasons."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.actions import Action
from customers.forms.activity import NOBODY, ActivityFilterForm, DaysForm
from customers.models import AuditEvent, AuditNames
from tests.support.cast import Cast

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)


def event(cast: Cast, at: datetime = NOON, **values: Any) -> AuditEvent:
    known: dict[str, Any] = {"action": Action.USER_BLOCKED, "target_type": "user", "target_id": 1}
    actor, target = values.pop("actor", "Alice Lind"), values.pop("target", "Uma Berg")
    made = AuditEvent.objects.create(at=at, customer=cast.contoso, **{**known, **values})
    AuditNames.objects.create(event=made, actor=actor, target=target)
    return made


def found(**data: Any) -> list[AuditEvent]:
    form = ActivityFilterForm(data)
    form.is_valid()
    return list(form.apply(AuditEvent.objects.order_by("pk")))


def test_an_empty_filter_leaves_everything(cast: Cast) -> None:
    one = event(cast)
    assert found() == [one]
    assert not ActivityFilterForm({}).is_set()
    assert not ActivityFilterForm({"person": "", "page": "2"}).is_set()
    assert ActivityFilterForm({"person": "alice"}).is_set()


def test_a_day_begins_and_ends_in_the_viewers_zone(cast: Cast) -> None:
    before = event(cast, datetime(2026, 3, 30, 21, 59, 59, tzinfo=UTC))
    first = event(cast, datetime(2026, 3, 30, 22, tzinfo=UTC))
    last = event(cast, datetime(2026, 3, 31, 21, 59, 59, 999_999, tzinfo=UTC))
    after = event(cast, datetime(2026, 3, 31, 22, tzinfo=UTC))
    day = {"since": "2026-03-31", "until": "2026-03-31"}
    with timezone.override("Europe/Oslo"):
        assert found(**day) == [first, last]
        assert found(since="2026-03-31") == [first, last, after]
        assert found(until="2026-03-31") == [before, first, last]
    with timezone.override("UTC"):
        assert found(**day) == [last, after]


def test_days_the_wrong_way_round_are_told_at_the_second() -> None:
    form = DaysForm({"since": "2026-04-01", "until": "2026-03-31"})
    assert form.errors == {"since": ["From must not be later than To."]}
    assert DaysForm({"since": "2026-04-01", "until": "2026-04-01"}).is_valid()


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "0000-01-01", "99999-01-01"])
def test_what_is_no_day_is_told_how_one_is_written(day: str) -> None:
    assert DaysForm({"since": day}).errors == {"since": ["Enter a date such as 2026-03-31."]}


def test_a_wrong_day_narrows_nothing_and_the_right_one_does(cast: Cast) -> None:
    one = event(cast)
    event(cast, NOON + timedelta(days=5))
    assert found(since="never", until="2026-04-01") == [one]


def test_users_are_found_by_every_word_of_their_name_then(cast: Cast) -> None:
    by_alice = event(cast)
    by_bob = event(cast, actor="Bob Stone", target="Gail Berg")
    assert found(person="lind ALICE") == [by_alice]
    assert found(person="berg") == []
    assert found(user="berg") == [by_alice, by_bob]
    assert found(user="gail berg") == [by_bob]
    assert found(person="alice", user="gail") == []


def test_a_name_of_something_else_is_no_users(cast: Cast) -> None:
    event(cast, target="Uma Berg", target_type="customer")
    assert found(user="uma") == []


def test_a_user_is_found_by_number_whatever_the_name(cast: Cast) -> None:
    one = event(cast, target_id=4)
    event(cast, target_id=4, target_type="domain")
    event(cast, target_id=5)
    assert found(user_id="4") == [one]
    assert found(user_id="6") == []


def test_an_address_that_names_nobody_says_what_to_do(cast: Cast) -> None:
    form = ActivityFilterForm({"user_id": "abc"})
    assert form.errors == {"user_id": [str(NOBODY)]}


def test_actions_and_reasons_narrow_further(cast: Cast) -> None:
    blocked = event(cast, reason="Ticket 4711")
    allowed = event(cast, action=Action.USER_ALLOWED, reason="ticket 4712")
    assert found(action="user.blocked") == [blocked]
    assert found(reason="TICKET") == [blocked, allowed]
    assert found(reason="4712", action="user.blocked") == []


def test_an_unknown_action_is_told_at_its_field() -> None:
    form = ActivityFilterForm({"action": "user.painted"})
    assert form.errors == {"action": ["Choose one of these actions."]}


def test_the_address_of_a_batch_keeps_what_is_asked_of_each_event() -> None:
    form = ActivityFilterForm(
        {"action": "user.blocked", "user": "Zoë & Co", "person": "alice", "since": "2026-03-31"}
    )
    assert form.is_valid()
    assert form.event_query() == "action=user.blocked&user=Zo%C3%AB+%26+Co"
    nothing = ActivityFilterForm({"person": "alice"})
    assert nothing.is_valid()
    assert nothing.event_query() == ""
    assert not nothing.of_event()
