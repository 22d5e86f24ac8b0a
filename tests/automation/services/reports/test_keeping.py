"""Keeping reports: what may be chosen, by whom, and that a second click adds no second one."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

import pytest

from accounts.models import User
from automation.models import ReportKind, Rhythm, ScheduledReport, SentTo
from automation.services.reports import (
    ReportFacts,
    add_report,
    change_report,
    remove_report,
    send_now,
)
from customers.errors import Refused
from customers.models import Customer
from tests.support.cast import Cast, make_cast
from tests.support.log import log
from tests.support.threads import together

NOW = datetime(2027, 1, 15, 12, tzinfo=UTC)


def facts(cast: Cast, **more: object) -> ReportFacts:
    return replace(ReportFacts(ReportKind.LICENSES, readers=[cast.bob.pk]), **more)  # type: ignore[arg-type]


def code_of(act: object, *args: object, **kwargs: object) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)  # type: ignore[operator]
    return refused.value.code, refused.value.field


def test_a_report_is_added_once_and_logged(cast: Cast) -> None:
    report = add_report(facts(cast), actor=cast.alice, key="once", now=NOW)
    assert add_report(facts(cast), actor=cast.alice, key="once", now=NOW) == report
    assert (report.by, report.next_on) == (cast.alice, date(2027, 2, 1))
    assert list(report.readers.all()) == [cast.bob]
    [line] = log()
    assert line.action == "report.added"
    assert line.changes == {"rhythm": "monthly", "day": 1, "to": "staff", "file": ""}


def test_the_same_report_is_scheduled_once(cast: Cast) -> None:
    first = add_report(facts(cast), actor=cast.alice, key="one", now=NOW)
    again = partial(add_report, actor=cast.alice, now=NOW)
    assert code_of(again, facts(cast), key="two") == ("report-twice", "")
    both = facts(cast, readers=[cast.alice.pk, cast.bob.pk])
    other = again(both, key="three")
    assert (
        code_of(change_report, other, facts(cast), actor=cast.alice, now=NOW)[0] == "report-twice"
    )
    again(facts(cast, day=2), key="four")
    assert change_report(first, facts(cast), actor=cast.alice, now=NOW) == first
    Customer.objects.filter(pk=cast.contoso.pk).update(contact_email="it@contoso.example")
    cast.contoso.refresh_from_db()
    to_contact = facts(cast, customer=cast.contoso, to=SentTo.CONTACT, readers=[])
    again(to_contact, key="five")
    assert code_of(again, to_contact, key="six")[0] == "report-twice"
    assert ScheduledReport.objects.count() == 4


def test_a_used_key_adds_nothing_whoever_has_saved_the_report_since(cast: Cast) -> None:
    report = add_report(facts(cast), actor=cast.alice, key="once", now=NOW)
    change_report(report, facts(cast, day=2), actor=cast.bob, now=NOW)
    assert add_report(facts(cast), actor=cast.alice, key="once", now=NOW) == report
    theirs = facts(cast, readers=[cast.charlie.pk])
    assert code_of(add_report, theirs, actor=cast.charlie, key="once")[0] == "malformed"
    assert ScheduledReport.objects.count() == 1


def test_a_form_that_one_goes_back_to_and_changes_adds_another_report(cast: Cast) -> None:
    first = add_report(facts(cast), actor=cast.alice, key="once", now=NOW)
    for other in ({"day": 2}, {"readers": [cast.alice.pk]}, {"customer": cast.contoso}):
        second = add_report(facts(cast, **other), actor=cast.alice, key="once", now=NOW)
        assert second != first
    assert add_report(facts(cast), actor=cast.alice, key="once", now=NOW) == first
    # A second click on the changed form finds no key, and is told.
    again = partial(add_report, facts(cast, day=2), actor=cast.alice, key="once", now=NOW)
    assert code_of(again)[0] == "report-twice"
    assert ScheduledReport.objects.count() == 4


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_at_once_one_adds_the_report(transactional_db: None) -> None:
    cast = make_cast()
    first, second = together(
        partial(add_report, facts(cast), actor=cast.alice, key="once", now=NOW),
        partial(add_report, facts(cast), actor=cast.alice, key="once", now=NOW),
    )
    assert first == second == ScheduledReport.objects.get()


def test_who_saves_it_answers_for_it_from_then_on(cast: Cast) -> None:
    report = add_report(facts(cast), actor=cast.alice, now=NOW)
    ScheduledReport.objects.update(paused_at=NOW, problem="Gone.", problem_said=None)
    weekly = facts(cast, rhythm=Rhythm.WEEKLY, day=1, readers=[cast.sally.pk])
    changed = change_report(report, weekly, actor=cast.bob, seen=report.version, now=NOW)
    assert (changed.by, changed.paused_at, changed.next_on) == (cast.bob, None, date(2027, 1, 18))
    assert list(changed.readers.all()) == [cast.sally]
    assert code_of(change_report, report, weekly, actor=cast.alice, seen=1)[0] == "report-changed"


def test_wrong_choices_are_refused_at_their_field(cast: Cast) -> None:
    def refusal(**more: object) -> tuple[str, str]:
        return code_of(add_report, facts(cast, **more), actor=cast.alice)

    assert refusal(readers=[]) == ("report-readers-wrong", "readers")
    assert refusal(readers=[cast.charlie.pk]) == ("report-readers-wrong", "readers")
    assert refusal(readers=[cast.uma.pk]) == ("report-readers-wrong", "readers")
    assert refusal(day=32) == ("report-day-wrong", "day")
    assert refusal(rhythm=Rhythm.WEEKLY, day=8) == ("report-day-wrong", "day")
    assert refusal(to=SentTo.CONTACT) == ("no-contact-email", "to")
    Customer.objects.update(contact_email="")
    cast.contoso.refresh_from_db()
    assert refusal(to=SentTo.CONTACT, customer=cast.contoso) == ("no-contact-email", "to")


def test_who_may_not_see_a_report_has_none_sent(cast: Cast) -> None:
    activity = {"kind": ReportKind.ACTIVITY}
    assert code_of(add_report, facts(cast, **activity), actor=cast.bob)[0] == "role-lacks-it"
    add_report(facts(cast, customer=cast.contoso, **activity), actor=cast.bob)
    about = facts(cast, customer=cast.contoso)
    assert code_of(add_report, about, actor=cast.charlie)[0] == "customer-not-open"
    assert code_of(add_report, about, actor=cast.gail)[0] == "staff-only"
    User.objects.filter(pk=cast.bob.pk).update(limited_to_customers=True)
    bob = User.objects.get(pk=cast.bob.pk)
    assert code_of(add_report, facts(cast), actor=bob) == ("report-of-all-customers", "customer")


def test_what_is_removed_is_gone_with_its_mails(cast: Cast) -> None:
    report = add_report(facts(cast), actor=cast.alice, now=NOW)
    assert send_now(report, actor=cast.alice, key="now", now=NOW) == 1
    remove_report(report, actor=cast.bob)
    assert not ScheduledReport.objects.exists()
    assert log()[-1].action == "report.removed"
    assert code_of(remove_report, report, actor=cast.alice)[0] == "report-gone"


def test_one_that_is_sent_now_is_sent_once_for_a_click(cast: Cast) -> None:
    report = add_report(facts(cast), actor=cast.alice, now=NOW)
    for _click in range(2):
        send_now(report, actor=cast.alice, key="click", now=NOW)
    assert report.mails.count() == 1
    ScheduledReport.objects.update(paused_at=NOW)
    assert code_of(send_now, report, actor=cast.alice, key="other")[0] == "report-paused"
