"""The form of a scheduled report."""

from datetime import time
from typing import Any

from automation.forms.reports import ScheduledReportForm, initial_of
from automation.models import Rhythm, SentTo
from tests.factories import ScheduledReportFactory
from tests.support.cast import Cast

SENT: dict[str, Any] = {
    "kind": "licenses",
    "rhythm": "weekly",
    "week_day": "5",
    "at": "18:30",
    "to": "staff",
    "form": "link",
}


def test_the_day_is_of_the_rhythm_that_was_chosen(cast: Cast) -> None:
    form = ScheduledReportForm(SENT | {"readers": [cast.bob.pk]}, actor=cast.alice)
    assert form.is_valid(), form.errors
    found = form.facts()
    assert (found.rhythm, found.day, found.at) == (Rhythm.WEEKLY, 5, time(18, 30))
    assert found.readers == [cast.bob.pk]


def test_to_the_contact_no_readers_are_asked_for(cast: Cast) -> None:
    sent = SENT | {"to": "contact", "customer": cast.contoso.pk}
    form = ScheduledReportForm(sent, actor=cast.alice)
    assert form.is_valid(), form.errors
    assert (form.facts().to, list(form.facts().readers)) == (SentTo.CONTACT, [])


def test_a_report_of_all_customers_has_no_contact(cast: Cast) -> None:
    form = ScheduledReportForm(SENT | {"to": "contact"}, actor=cast.alice)
    assert form.errors == {"customer": ["Choose one customer: its contact gets the report."]}
    elsewhere = SENT | {"to": "contact", "customer": cast.adatum.pk}
    [said] = ScheduledReportForm(elsewhere, actor=cast.alice).errors["customer"]
    assert "Choose one customer" not in said


def test_staff_need_readers_of_their_own_team_and_customers_that_they_see(cast: Cast) -> None:
    for readers in ([], [cast.charlie.pk], [cast.uma.pk]):
        form = ScheduledReportForm(SENT | {"readers": readers}, actor=cast.alice)
        assert "readers" in form.errors
    form = ScheduledReportForm(SENT | {"customer": cast.adatum.pk}, actor=cast.alice)
    assert "customer" in form.errors
    cast.bob.limited_to_customers = True
    assert "customer" in ScheduledReportForm(SENT, actor=cast.bob).errors


def test_it_shows_what_was_saved(cast: Cast) -> None:
    report = ScheduledReportFactory.create(
        partner=cast.fabrikam, rhythm=Rhythm.WEEKLY, day=3, people=[cast.bob]
    )
    found = initial_of(report)
    assert (found["week_day"], found["readers"]) == (3, [cast.bob.pk])
