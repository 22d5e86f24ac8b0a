"""The form of how one is told."""

from datetime import time

from automation.forms.notices import NoticeSettingsForm
from automation.models import NoticeKind, NoticeSettings
from automation.notice_choices import DEFAULTS, Channels
from automation.services.choosing import Limits
from tests.support.cast import Cast


def test_it_begins_with_what_holds(cast: Cast) -> None:
    settings = NoticeSettings(user=cast.alice, quiet_from=time(20), quiet_to=time(8))
    form = NoticeSettingsForm(user=cast.alice, settings=settings)
    assert [row.label for row in form.rows()] == [str(kind.label) for kind in NoticeKind]
    boxes = form.rows()[0].boxes
    assert [box.value() for box in boxes] == [True, False, True]
    assert boxes[1].label == "Seats short: Email at once"
    assert form["quiet_from"].value() == time(20)


def test_it_says_what_was_chosen(cast: Cast) -> None:
    sent = {"quiet_from": "20:00", "quiet_to": "8:00", "seats_below": "7", "renewal_days": "9"}
    form = NoticeSettingsForm(
        {**sent, "token-daily": "on"}, user=cast.alice, settings=NoticeSettings()
    )
    assert form.is_valid()
    choices = form.choices()
    assert choices.keys() == DEFAULTS.keys()
    assert choices[NoticeKind.TOKEN] == Channels(page=False, daily=True)
    assert choices[NoticeKind.SEATS] == Channels(page=False)
    assert form.limits() == Limits(time(20), time(8), 7, 9)


def test_what_it_does_not_ask_stays(cast: Cast) -> None:
    settings = NoticeSettings(user=cast.uma, seats_below=70, renewal_days=90)
    form = NoticeSettingsForm({}, user=cast.uma, settings=settings)
    assert form.is_valid()
    assert form.limits() == Limits(None, None, 70, 90)
