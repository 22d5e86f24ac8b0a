"""Names are forgotten first and events dropped later, a seal at a time, each with its mark."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from customers.log.sealed_bytes import is_marked
from customers.models import AuditEvent, AuditNames, AuditSeal
from customers.services.retention import DROPPED, FORGOTTEN, drop_events, forget_names
from customers.services.sealing import seal_events
from tests.customers.log.sealed import findings, write
from tests.support.cast import Cast


@pytest.fixture
def years(cast: Cast, settings: Settings) -> list[list[int]]:
    """Events of three ages under seals of their own: names are due, all is due, nothing is."""
    settings.AUDIT_NAMES_DAYS, settings.AUDIT_DAYS = 365, 1_095
    ids = [write(cast.fabrikam, 2, days_ago=days) for days in (2_000, 500, 1)]
    assert seal_events() == 6
    return ids


def events() -> list[int]:
    return list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))


def names() -> list[int]:
    return list(AuditNames.objects.order_by("pk").values_list("pk", flat=True))


def test_names_go_and_events_stay(years: list[list[int]]) -> None:
    old, middle, new = years
    assert forget_names() == 4
    assert (events(), names()) == ([*old, *middle, *new], new)
    seals = list(AuditSeal.objects.in_order())
    assert [seal.names_salt == "" for seal in seals] == [True, True, False]
    assert [seal.events_dropped_at for seal in seals] == [None] * 3
    for seal in seals[:2]:
        assert is_marked(FORGOTTEN, seal, seal.names_forgotten_at, seal.names_forgotten_mark)
    assert findings() == []


def test_whole_events_go_with_their_names(years: list[list[int]]) -> None:
    _old, middle, new = years
    assert drop_events() == 2
    assert events() == names() == [*middle, *new]
    first, *others = AuditSeal.objects.in_order()
    assert is_marked(DROPPED, first, first.events_dropped_at, first.events_dropped_mark)
    assert is_marked(FORGOTTEN, first, first.names_forgotten_at, first.names_forgotten_mark)
    assert [seal.names_forgotten_at for seal in others] == [None, None]
    assert findings() == []


def test_dropping_after_forgetting_keeps_the_first_mark(years: list[list[int]]) -> None:
    forget_names()
    before = AuditSeal.objects.in_order()[0]
    assert drop_events() == 2
    after = AuditSeal.objects.in_order()[0]
    assert (after.names_forgotten_at, after.names_forgotten_mark) == (
        before.names_forgotten_at,
        before.names_forgotten_mark,
    )
    assert findings() == []


def test_a_second_run_finds_nothing(years: list[list[int]]) -> None:
    assert (forget_names(), drop_events()) == (4, 2)
    assert (forget_names(), drop_events()) == (0, 0)


def test_the_age_is_that_of_the_newest_event_under_the_seal(years: list[list[int]]) -> None:
    at = AuditSeal.objects.in_order()[1].last_at
    due = at + timedelta(days=365)
    assert forget_names(now=due) == 2, "those of the oldest seal alone"
    assert forget_names(now=due + timedelta(seconds=1)) == 2


def test_days_are_what_the_settings_say(years: list[list[int]], settings: Settings) -> None:
    settings.AUDIT_NAMES_DAYS = settings.AUDIT_DAYS = 5_000
    assert (forget_names(), drop_events()) == (0, 0)
    settings.AUDIT_NAMES_DAYS = 1_999
    assert forget_names() == 2


def test_what_no_seal_covers_is_kept_however_old(cast: Cast) -> None:
    ids = write(cast.fabrikam, 2, days_ago=9_000)
    assert (forget_names(), drop_events()) == (0, 0)
    assert (events(), names()) == (ids, ids)


def test_no_other_partners_events_go_along(cast: Cast) -> None:
    """Ids of several partners lie among each other: a seal covers those of one."""
    old, others = [], []
    for _turn in range(2):
        old += write(cast.fabrikam, 1, days_ago=2_000)
        others += write(cast.litware, 1)
        others += write(None, 1)
    seal_events()
    assert drop_events() == 2
    assert set(events()) == set(others)
    assert findings() == []
