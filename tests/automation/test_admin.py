"""Schedules as support staff see them: all of them, and to look at alone."""

from django.test import Client
from django.utils import timezone

from automation.models import Letter, LetterChannel, Notice, NoticeKind, Schedule
from tests.factories import ScheduleFactory
from tests.support.admin import address
from tests.support.cast import Cast
from tests.support.forms import read


def test_support_staff_see_what_waits_and_change_nothing(client: Client, cast: Cast) -> None:
    client.force_login(cast.support)
    made = ScheduleFactory.create(customer=cast.contoso, by=cast.alice, people=[cast.uma])
    html = read(client, address(Schedule, "changelist"))
    for text in ("Block sign-in", "Contoso", "Alice", "Scheduled"):
        assert text in html
    shown = read(client, address(Schedule, "change", made.pk))
    assert made.key not in shown
    assert 'name="_save"' not in shown


def test_a_notice_names_its_email_and_shows_no_key(client: Client, cast: Cast) -> None:
    now = timezone.now()
    letter = Letter.objects.create(
        user=cast.alice, channel=LetterChannel.AT_ONCE, due_at=now, created_at=now
    )
    facts = {"product": "Teams", "available": 2}
    notice = Notice.objects.create(
        user=cast.alice, kind=NoticeKind.SEATS, subject_key="4711", facts=facts, letter=letter
    )
    client.force_login(cast.support)
    page = client.get(
        address(Notice, "change", notice.pk), headers={"Accept-Language": "de"}
    ).content.decode()
    assert f"Mail sofort ({letter.pk})</a>" in page
    assert "4711" not in page
