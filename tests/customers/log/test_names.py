"""The names in the log: kept for a while beside events, which then speak in numbers."""

from django.utils import timezone
from django.utils.translation import override

from accounts.models import CredentialSheet, SheetKind
from customers.actions import Action
from customers.models import AuditEvent, AuditNames
from customers.services.audit import Entry, record
from tests.support.cast import Cast
from tests.support.log import log


def test_an_event_says_names_while_they_are_kept_and_numbers_then(cast: Cast) -> None:
    event = AuditEvent.objects.create(
        at=timezone.now(),
        customer=cast.contoso,
        actor_id=7,
        action=Action.USER_BLOCKED,
        target_type="user",
        target_id=8,
    )
    assert (event.named.actor, event.named.target) == ("User 7", "user 8")
    assert event.named.changes == {}
    AuditNames.objects.create(event=event, actor="Alice", target="Uma", changes={"city": ["", "X"]})
    named = AuditEvent.objects.get(pk=event.pk).named
    assert (named.actor, named.target, named.changes) == ("Alice", "Uma", {"city": ["", "X"]})


def test_an_event_of_the_portal_itself_about_nothing_has_no_name(cast: Cast) -> None:
    event = AuditEvent(at=timezone.now(), action=Action.LIST_EXPORTED)
    event.save()
    assert (event.named.actor, event.named.target) == ("", "")


def test_names_are_called_by_their_event() -> None:
    assert str(AuditNames(event_id=4)) == "4"


def test_the_log_is_in_one_language_whoever_acts(cast: Cast) -> None:
    sheet = CredentialSheet(pk=1, kind=SheetKind.ADDED, users=2)
    with override("de"):
        assert str(sheet) != "Users added (2)"
        record([Entry(Action.SHEET_SHOWN, sheet)], actor=cast.alice, customer=cast.contoso)
    assert log()[0].target == "Users added (2)"
