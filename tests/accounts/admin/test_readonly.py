"""Django's own log of the admin, as it is read."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from accounts.models import User
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


def test_entries_are_filtered_by_the_kinds_of_rows_that_there_are(
    client: Client, cast: Cast
) -> None:
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=cast.support, action_flag=CHANGE, object_repr="Uma", content_type=kind
    )
    client.force_login(cast.support)
    page = client.get(address(LogEntry, "changelist"), headers={"Accept-Language": "de"})
    [spec] = [spec for spec in page.context["cl"].filter_specs if spec.title == "Inhaltstyp"]
    names = [choice["display"] for choice in spec.choices(page.context["cl"])]
    assert names[:2] == ["Alle", "Konten | Benutzer"]
    assert len(names) <= 3
