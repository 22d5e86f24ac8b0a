"""What users choose of their notices, and which of them they have read."""

from datetime import time

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.signin.lookup import scope_of
from automation.models import LetterChannel, Notice, NoticeChoice, NoticeKind, NoticeSettings
from automation.notice_choices import DEFAULTS, Channels, choices_of
from automation.services.choosing import (
    Limits,
    choose,
    is_on,
    mark_read,
    read_notice,
    set_limits,
    switch_off,
)
from automation.switching_off import SwitchOff
from customers import scope
from tests.automation.services.told import at, told
from tests.support.cast import Cast

AT_ONCE, DAILY = NoticeKind.SILENT, NoticeKind.SEATS
NOON = at("2027-03-01 12:00")


def test_a_choice_holds_for_what_waits_and_for_what_comes(cast: Cast) -> None:
    told(cast.alice, AT_ONCE, NOON, "a")
    told(cast.bob, AT_ONCE, NOON, "a")
    choose(cast.alice, {AT_ONCE: Channels(page=False, daily=True)})
    told(cast.alice, AT_ONCE, NOON, "b")
    ways = Notice.objects.values_list("on_page", "to_mail", "to_digest").order_by("pk")
    assert list(ways.filter(user=cast.alice)) == [(True, False, False), (False, False, True)]
    assert list(ways.filter(user=cast.bob)) == [(True, True, False)]
    choose(cast.alice, {AT_ONCE: Channels()})
    assert NoticeChoice.objects.get().daily is False
    assert not Notice.objects.filter(user=cast.alice, to_digest=True).exists()


def test_all_kinds_are_chosen_with_as_few_statements_as_one(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    told(cast.alice, AT_ONCE, NOON)
    told(cast.alice, DAILY, NOON)
    for _again in range(2):
        with django_assert_max_num_queries(6):
            choose(cast.alice, dict.fromkeys(NoticeKind, Channels(page=False)))
    assert set(choices_of(cast.alice.pk).values()) == {Channels(page=False)}
    assert NoticeChoice.objects.count() == len(NoticeKind)
    assert not Notice.objects.filter(to_mail=True).exists()
    assert not Notice.objects.filter(to_digest=True).exists()


def test_hours_and_numbers_are_kept(cast: Cast) -> None:
    set_limits(cast.alice, Limits(time(20), time(8), 10, 60))
    set_limits(cast.alice, Limits(None, None, 0, 1))
    [kept] = NoticeSettings.objects.all()
    assert (kept.user, kept.quiet_from, kept.seats_below, kept.renewal_days) == (
        cast.alice,
        None,
        0,
        1,
    )


def test_a_link_ends_one_kind_by_one_channel_and_does_so_once(cast: Cast) -> None:
    what = SwitchOff(cast.alice.pk, LetterChannel.DAILY, DAILY)
    assert is_on(what)
    # As whoever follows the link comes: nobody is signed in.
    with scope.within(scope.NOBODY):
        assert [switch_off(what), switch_off(what)] == [True, False]
        assert not is_on(what)
    assert choices_of(cast.alice.pk) == {**DEFAULTS, DAILY: Channels()}
    assert choices_of(cast.bob.pk) == DEFAULTS


def test_the_link_of_a_daily_email_ends_it_as_a_whole(cast: Cast) -> None:
    what = SwitchOff(cast.alice.pk, LetterChannel.DAILY)
    assert [switch_off(what), switch_off(what)] == [True, False]
    chosen = choices_of(cast.alice.pk)
    assert not any(channels.daily for channels in chosen.values())
    assert {kind for kind, channels in chosen.items() if channels.at_once} == {
        kind for kind, channels in DEFAULTS.items() if channels.at_once
    }


def test_of_somebody_who_is_gone_there_is_nothing_to_end(db: None) -> None:
    what = SwitchOff(9_000_000_000, LetterChannel.DAILY)
    assert [switch_off(what), is_on(what)] == [False, False]


def test_what_came_since_the_page_was_shown_stays_new(cast: Cast) -> None:
    first = told(cast.alice, DAILY, NOON, "a")
    told(cast.alice, DAILY, NOON, "b")
    told(cast.bob, DAILY, NOON, "a")
    assert [mark_read(cast.alice, first.pk), mark_read(cast.alice, first.pk)] == [1, 0]
    assert Notice.objects.new().count() == 2


def test_one_is_read_by_its_user_alone(cast: Cast) -> None:
    notice = told(cast.alice, DAILY, NOON)
    assert read_notice(cast.bob, notice.pk) is None
    assert Notice.objects.new().exists()
    found = read_notice(cast.alice, notice.pk, now=NOON)
    assert found == notice
    read_notice(cast.alice, notice.pk)
    assert Notice.objects.get().read_at == NOON


@pytest.mark.postgres
def test_in_ones_own_scope_one_reads_and_chooses(cast: Cast) -> None:
    notice = told(cast.uma, NoticeKind.SCHEDULE_DONE, NOON)
    with scope.within(scope_of(cast.uma)):
        choose(cast.uma, {NoticeKind.DEVICE: Channels(page=False)})
        set_limits(cast.uma, Limits(None, None, 1, 1))
        assert mark_read(cast.uma, notice.pk) == 1
    assert choices_of(cast.uma.pk)[NoticeKind.DEVICE] == Channels(page=False)
