"""Django's own log of the admin, as it is read."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.test import Client

from tests.support.admin import address
from tests.support.cast import Cast


def test_an_entry_says_what_was_changed(client: Client, cast: Cast) -> None:
    message = '[{"changed": {"fields": ["Office"]}}]'
    entry = LogEntry.objects.create(
        user=cast.support, action_flag=CHANGE, object_repr="Uma", change_message=message
    )
    client.force_login(cast.support)
    page = client.get(address(LogEntry, "change", entry.pk)).content.decode()
    assert "Changed Office." in page
    assert "&quot;changed&quot;" not in page
