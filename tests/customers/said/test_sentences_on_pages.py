"""What Alice does in English, and why some of it was not done, as Erika reads it in German."""

import json
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import User
from accounts.personal import personal_data
from accounts.services import running
from accounts.services.traces import forget_texts
from accounts.services.users import block_users
from automation.models import Notice, NoticeKind, Schedule
from automation.notice_words import sentence
from automation.services import due_running
from automation.services.due_running import run_due
from automation.services.letters import send_letters
from automation.services.reports import run_due_reports
from customers.models import AuditEvent, Batch, BatchItem, BatchKind
from customers.roles import Role
from customers.services import batches
from tests.accounts.verbs import delete, restore, subscribe
from tests.automation.services.scheduling import later, scheduled
from tests.factories import ScheduledReportFactory, StaffFactory
from tests.factories.licensing import assign
from tests.support.access import signed_in
from tests.support.cast import Cast
from tests.support.forms import read, words
from tests.uploads.uploading import upload_of
from uploads.services import error_rows, report

MORNING = datetime(2027, 2, 1, 16, tzinfo=UTC)


@pytest.fixture
def erika(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(due_running, "send_batch", lambda _pk: None)
    colleague = StaffFactory.create(
        partner=cast.fabrikam, display_name="Erika", roles=[Role.ACCOUNT_ADMIN], language="de"
    )
    return signed_in(colleague)


def page(batch: Batch) -> str:
    return f"/batches/{batch.pk}/"


def test_an_item_of_a_batch(erika: Client, cast: Cast) -> None:
    delete(cast, cast.gail)
    batch = block_users([cast.uma, cast.gail], customer=cast.contoso, actor=cast.alice)
    assert BatchItem.objects.get(batch=batch, user=cast.gail).reason == (
        "Gail has been deleted by Alice."
    )
    text = words(read(erika, page(batch)))
    assert "Gail wurde von Alice gelöscht." in text
    assert "Gail has been deleted" not in text


def test_an_item_of_before_is_read_as_it_was_stored(erika: Client, cast: Cast) -> None:
    delete(cast, cast.gail)
    batch = block_users([cast.uma, cast.gail], customer=cast.contoso, actor=cast.alice)
    BatchItem.objects.filter(batch=batch).update(reason_said=None)
    assert "Gail has been deleted by Alice." in words(read(erika, page(batch)))
    # And whatever else may stand there is no error.
    BatchItem.objects.filter(batch=batch).update(reason_said={"id": "%(name)s", "with": [1]})
    assert "Gail has been deleted by Alice." in words(read(erika, page(batch)))


def test_names_are_escaped_as_ever(erika: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.gail.pk).update(display_name="<b>%(name)s</b>")
    delete(cast, cast.gail)
    batch = block_users([cast.uma, cast.gail], customer=cast.contoso, actor=cast.alice)
    assert "&lt;b&gt;%(name)s&lt;/b&gt; wurde von Alice gelöscht." in read(erika, page(batch))


def test_the_refusal_of_a_batch(erika: Client, cast: Cast) -> None:
    batch = batches.leave_batch(
        BatchKind.BLOCK, [cast.uma.pk], actor=cast.alice, customer=cast.contoso
    )
    cast.alice.groups.clear()
    running.run_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.refusal.startswith("Your role can't do this. Ask one of these roles:")
    text = words(read(erika, page(batch)))
    assert "Ihre Rolle" in text
    assert "Ask one" not in text


def test_what_went_wrong(erika: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence that a module has ready has its words, too."""
    batch = batches.leave_batch(
        BatchKind.BLOCK, [cast.uma.pk], actor=cast.alice, customer=cast.contoso
    )
    monkeypatch.setattr(running, "_run", lambda *_: 1 / 0)
    monkeypatch.setattr(running, "_run_made", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        running.run_batch(batch.pk)
    assert "Im Portal ist ein Fehler aufgetreten." in words(read(erika, page(batch)))


def test_the_refusal_of_a_schedule_and_why_in_the_log(erika: Client, cast: Cast) -> None:
    scheduled(cast)
    cast.alice.groups.clear()
    run_due(later())
    english = "The role of Alice, who scheduled this, can no longer do it. Nothing was changed."
    assert Schedule.objects.get().refusal == english
    [event] = AuditEvent.objects.filter(action="schedule.failed")
    assert event.named.changes["why"] == english
    with translation.override("de"):
        german = Schedule.objects.get().refusal
    assert german != english
    assert "Alice" in german
    scheduled_page = f"/customers/{cast.contoso.pk}/users/scheduled/?show=past"
    log = f"/customers/{cast.contoso.pk}/activity/"
    for address in (scheduled_page, log, f"{log}export/"):
        response = erika.get(address)
        body = b"".join(response) if response.streaming else response.content
        assert german.encode() in body, address
        assert english.encode() not in body, address


def test_licenses_that_do_not_come_back(erika: Client, cast: Cast) -> None:
    full = subscribe(cast, "Teams", cast.gail, quantity=1)
    delete(cast, cast.gail)
    assign(full, cast.uma)
    batch = restore(cast, cast.gail).batch
    assert batch.items.get().reason == "Teams: no seats left."
    text = words(read(erika, page(batch)))
    assert "Teams: keine Lizenzplätze mehr frei." in text
    assert "no seats" not in text


def test_rows_of_an_upload(erika: Client, cast: Cast) -> None:
    rows = [
        ["User Name", "Display Name", "Country or Region"],
        ["bob@contoso.exampel", "Bob", "Norway"],
        ["ada@contoso.example", "Ada", "Atlantis"],
    ]
    upload = upload_of(rows, customer=cast.contoso, actor=cast.alice)
    text = read(erika, f"/customers/{cast.contoso.pk}/uploads/{upload.pk}/?show=wrong")
    for english, german in (
        ("is not a domain of this customer", "contoso.exampel ist keine Domäne dieses Kunden"),
        ("is not a country", "Atlantis ist kein Land"),
    ):
        assert english not in text
        assert german in text
    with translation.override("de"):
        _headings, *wrong = error_rows(upload)
        assert "ist keine Domäne dieses Kunden" in wrong[0][-1]
        told = report(upload)["problems"]
    assert "ist keine Domäne dieses Kunden" in told[0]["problems"][0]["text"]
    assert set(told[0]["problems"][0]) == {"column", "text", "suggestion", "cause", "value"}


def test_an_upload_that_was_refused(erika: Client, cast: Cast) -> None:
    upload = upload_of(b"\r\n\r\n", customer=cast.contoso, actor=cast.alice)
    assert upload.refusal.startswith("The file is empty.")
    assert "Die Datei ist leer." in words(
        read(erika, f"/customers/{cast.contoso.pk}/uploads/{upload.pk}/")
    )


def test_what_a_user_is_given_of_what_is_held(erika: Client, cast: Cast) -> None:
    delete(cast, cast.gail)
    block_users([cast.uma, cast.gail], customer=cast.contoso, actor=cast.alice)
    with translation.override("de"):
        found = json.loads("".join(personal_data(cast.gail)))
    item = found["done_to_the_person"][-1]
    assert item["reason"] == "Gail wurde von Alice gelöscht."
    assert "reason_said" not in item


def test_what_a_user_is_given_of_licenses_that_did_not_come_back(cast: Cast) -> None:
    full = subscribe(cast, "Teams", cast.gail, quantity=1)
    delete(cast, cast.gail)
    assign(full, cast.uma)
    restore(cast, cast.gail)
    with translation.override("de"):
        text = "".join(personal_data(cast.gail))
    [lost] = json.loads(text)["done_to_the_person"][-1]["after"]["lost"]
    assert lost["reason"] == "Teams: keine Lizenzplätze mehr frei."
    assert "_said" not in text


def test_what_is_forgotten_is_forgotten_with_its_words(erika: Client, cast: Cast) -> None:
    delete(cast, cast.gail)
    batch = block_users([cast.uma, cast.gail], customer=cast.contoso, actor=cast.alice)
    other = batches.leave_batch(BatchKind.BLOCK, [1], actor=cast.alice, customer=cast.contoso)
    batches.cancel_batch(other.pk, actor=cast.alice)
    assert Batch.objects.get(pk=other.pk).refusal_said
    assert BatchItem.objects.get(batch=batch, user=cast.gail).reason_said
    Batch.objects.update(finished_at="2020-01-01T00:00Z")
    forget_texts()
    assert not Batch.objects.exclude(refusal_said__isnull=True).exists()
    assert not BatchItem.objects.exclude(reason_said__isnull=True).exists()


def test_a_mail_of_a_report_that_rests(
    erika: Client, cast: Cast, mailbox: list[EmailMessage]
) -> None:
    saved = ScheduledReportFactory.create(partner=cast.fabrikam, by=cast.sally, people=[cast.sally])
    User.objects.get(pk=cast.sally.pk).groups.clear()
    reader = User.objects.get(display_name="Erika")
    run_due_reports(MORNING)
    saved.refresh_from_db()
    assert saved.problem.startswith("The role of who saved it no longer includes this.")
    notice = Notice.objects.get(kind=NoticeKind.REPORT, user=reader)
    send_letters(MORNING + timedelta(days=2))
    [mail] = [each for each in mailbox if each["To"] == reader.user_name]
    for text in (mail.get_content(), words(read(erika, f"/reports/scheduled/{saved.pk}/"))):
        assert "no longer includes" not in text
        assert "Die Rolle" in text
    with translation.override("de"):
        assert "Die Rolle" in sentence(notice)
