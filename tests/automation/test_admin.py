"""Schedules as support staff see them: all of them, and to look at alone."""

from django.test import Client

from automation.models import Schedule
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
