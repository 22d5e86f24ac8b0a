"""The record of what was done, in the admin: found by names, shown as a whole, never written."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from accounts.services.credentials import read_sheet
from accounts.services.users import reset_passwords
from customers.actions import Action
from customers.models import AuditEvent, AuditNames, AuditSeal, Batch, BatchItem, BatchKind
from customers.said import gettext
from customers.services import audit, batches
from customers.services.sealing import seal_events
from tests.factories import SupportFactory
from tests.support.admin import address
from tests.support.cast import Cast


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    client.force_login(cast.support)
    return client


@pytest.fixture
def event(cast: Cast) -> AuditEvent:
    """Alice blocks uma, as one batch of one user; sealed."""
    batch = batches.open_batch("block", actor=cast.alice, customer=cast.contoso, reason="4711")  # type: ignore[arg-type]
    batches.close_batch(batch, [batches.item(batch, cast.uma, reason="by hand")])
    entry = audit.Entry(
        Action.USER_BLOCKED, cast.uma, {"sessions": 2}, {"city": ["Oslo", "Bergen"]}
    )
    audit.record([entry], actor=cast.alice, customer=cast.contoso, batch=batch)
    seal_events()
    return AuditEvent.objects.get()


def listed(support: Client, model: type, query: str = "") -> str:
    response = support.get(f"{address(model, 'changelist')}?q={query}")
    assert response.status_code == 200
    rows = response.context["cl"].result_list
    return " ".join(str(row) for row in rows)


def test_an_event_is_found_by_who_did_it_and_to_whom(support: Client, event: AuditEvent) -> None:
    for query in ("alice", "uma@contoso.example", "4711"):
        assert listed(support, AuditEvent, query) == str(event)
    assert listed(support, AuditEvent, "bob") == ""


def test_the_list_says_who_and_to_whom(support: Client, event: AuditEvent) -> None:
    page = support.get(address(AuditEvent, "changelist")).content.decode()
    assert "Alice (alice@fabrikam.example)" in page
    assert "Uma (uma@contoso.example)" in page


def test_the_newest_event_stands_first_and_the_heading_shows_it(
    support: Client, event: AuditEvent
) -> None:
    AuditEvent.objects.create(at=event.at, action=Action.USER_ADDED)
    page = support.get(address(AuditEvent, "changelist"))
    numbers = [row.pk for row in page.context["cl"].result_list]
    assert (len(numbers), numbers) == (2, sorted(numbers, reverse=True))
    assert "column-happened sorted descending" in page.content.decode()
    oldest = support.get(f"{address(AuditEvent, 'changelist')}?o=0").context["cl"].result_list
    assert [row.pk for row in oldest] == sorted(numbers)


def test_forgotten_names_are_numbers_in_the_list(support: Client, cast: Cast) -> None:
    AuditEvent.objects.create(
        at=timezone.now(), actor_id=7, action="user.added", target_type="user", target_id=8
    )
    page = support.get(address(AuditEvent, "changelist")).content.decode()
    assert "User 7" in page
    assert "user 8" in page


def test_an_event_shows_its_personal_side_too(support: Client, event: AuditEvent) -> None:
    page = support.get(address(AuditEvent, "change", event.pk)).content.decode()
    assert "Bergen" in page
    assert "_save" not in page


def test_changes_are_in_words(support: Client, event: AuditEvent) -> None:
    for model in (AuditEvent, AuditNames):
        page = support.get(address(model, "change", event.pk)).content.decode()
        assert "City: Oslo → Bergen" in page
        assert "&quot;city&quot;" not in page


def test_names_are_found_on_their_own(support: Client, event: AuditEvent) -> None:
    assert listed(support, AuditNames, "uma") == str(event.pk)
    assert listed(support, AuditNames, "nobody") == ""


def test_names_of_a_kind_are_in_the_language_of_who_looks(support: Client, cast: Cast) -> None:
    sheet = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice).sheet
    read_sheet(sheet, actor=cast.alice, action=Action.SHEET_SHOWN)
    event = AuditEvent.objects.get(action=Action.SHEET_SHOWN)
    assert event.names.target == "Passwords reset (1)"
    with override("de"):
        german = str(sheet)
    pages = [
        address(AuditNames, "changelist"),
        address(AuditNames, "change", event.pk),
        address(AuditEvent, "change", event.pk),
    ]
    for page in pages:
        text = support.get(page, headers={"accept-language": "de"}).text
        assert german in text
        assert "Passwords reset (1)" not in text


def test_a_batch_and_its_users_are_found(support: Client, event: AuditEvent) -> None:
    batch = Batch.objects.get()
    assert listed(support, Batch, "contoso") == str(batch)
    assert listed(support, Batch, "alice@fabrikam.example") == str(batch)
    assert listed(support, BatchItem, "uma@contoso.example") == str(batch.items.get())
    assert listed(support, BatchItem, str(batch.pk)) == str(batch.items.get())


def test_a_reason_is_shown_without_what_it_is_made_of(support: Client, cast: Cast) -> None:
    batch = batches.open_batch(BatchKind.BLOCK, actor=cast.alice, customer=cast.contoso)
    reason = gettext("%(name)s has been deleted.") % {"name": "Uma"}
    batches.close_batch(batch, [batches.item(batch, cast.uma, reason=reason)])
    item = BatchItem.objects.get()
    assert item.reason_said
    page = support.get(address(BatchItem, "change", item.pk), headers={"accept-language": "de"})
    assert "Uma wurde gelöscht." in page.text
    assert "said" not in page.text


def test_a_seal_shows_its_hash_and_not_its_salt(support: Client, event: AuditEvent) -> None:
    seal = AuditSeal.objects.get()
    assert listed(support, AuditSeal, "1") == str(seal)
    page = support.get(address(AuditSeal, "change", seal.pk)).content.decode()
    assert seal.hash in page
    assert seal.names_salt not in page


@pytest.mark.parametrize("model", [AuditEvent, AuditNames, AuditSeal, Batch, BatchItem])
def test_nothing_of_the_record_is_written_here(
    support: Client, event: AuditEvent, model: type[AuditEvent]
) -> None:
    row = model._default_manager.get()
    assert support.get(address(model, "add")).status_code == 403
    for page in ("change", "delete"):
        url = address(model, page, row.pk)
        assert support.post(url, {"post": "yes", "reason": "x"}).status_code == 403
    assert model._default_manager.get() == row


def test_personal_values_are_for_those_who_may_view_the_names(
    client: Client, support: Client, event: AuditEvent
) -> None:
    url = address(AuditEvent, "change", event.pk)
    page = support.get(url).content.decode()
    assert page.count("Bergen") == 1
    viewer = SupportFactory.create(is_superuser=False)
    viewer.user_permissions.add(Permission.objects.get(codename="view_auditevent"))
    client.force_login(viewer)
    page = client.get(url).content.decode()
    assert ("Sessions" in page, "Bergen" in page, "Oslo" in page) == (True, False, False)
    assert client.get(address(AuditNames, "change", event.pk)).status_code == 403


def test_the_list_of_events_names_nobody_to_those_who_may_not_view_the_names(
    client: Client, support: Client, event: AuditEvent
) -> None:
    """Nor does it find anybody, which would tell as much."""
    events = address(AuditEvent, "changelist")
    assert support.get(events, {"q": "Uma"}).context["cl"].result_count == 1
    viewer = SupportFactory.create(is_superuser=False)
    viewer.user_permissions.add(Permission.objects.get(codename="view_auditevent"))
    client.force_login(viewer)
    page = client.get(events)
    assert page.context["cl"].result_count == 1
    assert [name for name in ("Alice", "Uma") if name in page.text] == []
    assert client.get(events, {"q": "Uma"}).context["cl"].result_count == 0
    for column in ("names__target", "names__actor"):
        assert client.get(events, {column: "Uma"}).status_code in (302, 400, 404)
