"""The pages of what is done by itself, on the demo's data."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from automation.models import LetterChannel, NoticeKind
from automation.services.choosing import mark_read
from automation.services.telling import end_subject, tell
from automation.switching_off import SwitchOff, path_of
from customers.models import Customer
from tests.support.page_of import PageOf

# Of each user; support staff are told nothing (tests/automation/views/test_notices.py).
NOTICES = {"automation:notice-list", "automation:notice-settings"}
# For who has the email: tests/automation/views/test_notice_off.py.
BY_MAIL = {"automation:notice-off"}
# It acts and leads on.
NOTICE_BUTTONS = {"automation:notice-open"}


def pages_of_notices(contoso: Customer, staff: str, plain: str) -> list[PageOf]:
    """The list with new, read and ended ones, an empty one, and the choices of both."""
    alice, uma = User.objects.get(username=staff), User.objects.get(username=plain)
    now = timezone.now()
    moment = (now + timedelta(days=2)).isoformat()
    tales: list[tuple[NoticeKind, dict[str, Any]]] = [
        (NoticeKind.SCHEDULE_DONE, {"action": "block", "users": 12, "left": 1}),
        (NoticeKind.TOKEN, {"name": "Nightly", "prefix": "pp_a1", "ends": moment}),
        (NoticeKind.SILENT, {"name": "Personio", "since": moment}),
        (NoticeKind.DELETION, {"users": 3, "first": moment}),
        (NoticeKind.SEATS, {"product": "Office 365 E3", "available": 0}),
        (NoticeKind.DEVICE, {"browser": "Firefox on Windows", "at": moment}),
    ]
    for number, (kind, facts) in enumerate(tales):
        tell(
            kind,
            [alice],
            subject_key="shown",
            customer=contoso if kind in (NoticeKind.SEATS, NoticeKind.DELETION) else None,
            facts=facts,
            url=reverse("customers:customer-list"),
            now=now - timedelta(hours=len(tales) - number),
        )
    mark_read(alice, alice.notices.order_by("pk")[0].pk)
    end_subject(NoticeKind.SILENT, "shown")
    off = SwitchOff(uma.pk, LetterChannel.AT_ONCE, NoticeKind.DEVICE)
    listed, chosen = reverse("automation:notice-list"), reverse("automation:notice-settings")
    return [
        PageOf("automation:notice-list", listed, staff),
        PageOf("automation:notice-list", listed, plain, "none"),
        PageOf("automation:notice-settings", chosen, staff),
        PageOf("automation:notice-settings", chosen, plain, "plain"),
        PageOf("automation:notice-off", path_of(off), ""),
    ]
