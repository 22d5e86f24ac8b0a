"""The log as rows of text: headings first, then the newest event."""

from zoneinfo import ZoneInfo

from accounts.services.users import block_users
from customers.log.cells import activity_cells
from customers.models import AuditEvent
from tests.support.cast import Cast


def test_each_event_is_a_row_in_the_zone_that_was_asked_for(cast: Cast) -> None:
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice, reason="Ticket 1")
    events = AuditEvent.objects.of(cast.contoso)
    headings, row = activity_cells(events, ZoneInfo("Europe/Oslo"), of_all=False)
    assert headings[0] == "Time (Europe/Oslo)"
    assert row[1:4] == ["Alice (alice@fabrikam.example)", "Sign-in blocked", "user"]
    assert row[0].endswith(("+01:00", "+02:00"))
    of_all = list(activity_cells(events.select_related("customer"), ZoneInfo("UTC"), of_all=True))
    assert of_all[1][1] == "Contoso"
