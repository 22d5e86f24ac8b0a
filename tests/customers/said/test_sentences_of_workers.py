"""What a worker wrote down in German, as others read it: mails, rules, reviews, and the log."""

import json
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Delivery, MailTo, User
from accounts.personal import personal_data
from accounts.services.mail import deliver_sheet, mail_sheet
from accounts.services.users import block_users
from automation.models import Answer, Letter, LetterChannel, NoticeKind
from automation.notice_choices import Channels
from automation.services.choosing import choose
from automation.services.keeping.work import settle_customer
from automation.services.reports import deliver_report
from automation.services.reviews import end_due_reviews
from customers.actions import Action
from customers.log.history import reason_text
from customers.models import AuditEvent
from customers.services import audit, sealing
from tests.accounts.sheets import add, address
from tests.accounts.verbs import subscribe
from tests.api.caller import script_of
from tests.automation.reviewing import OVER, answered, run, started
from tests.automation.ruled import put, rule_on
from tests.automation.services.reports.test_mailing import report_to
from tests.customers.log.sealed import findings, tamper
from tests.customers.said.readers import ALL, body_for, check_retold, in_language
from tests.factories import UserFactory
from tests.support.admin import address as admin_address
from tests.support.cast import Cast
from tests.support.servers import MailServer

RULE = "License rule: %(name)s"
REVIEW = "Access review: %(name)s"
TO_ITSELF = (
    "The address is the mailbox of a user who can't sign in yet. Send it again when that user has"
    " signed in, or hand the password over in another way."
)
REFUSED = "The mail server refused it (%(answer)s)."


def page_of(user: User, url: str, language: str) -> str:
    return body_for(user, language, url)


def in_admin(cast: Cast, row: Any) -> Any:
    url = admin_address(type(row), "change", row.pk)
    return partial(page_of, cast.support, url)


def test_a_mail_of_passwords(
    cast: Cast, mailbox: list[EmailMessage], mail_server: MailServer
) -> None:
    sheet = add(cast, "Nora", "Nils", alternate_email="nora@mail.example")
    User.objects.filter(display_name="Nils").update(alternate_email="nora@contoso.example")
    long = "550 5.1.1 " + "No such mailbox, " * 7
    mail_server.refusals["nora@mail.example"] = [long]
    mail_sheet(sheet, MailTo.USER, actor=cast.gail)
    with translation.override("de"):
        deliver_sheet(sheet.pk)
    page = partial(page_of, cast.gail, address(sheet, "mail/"))
    check_retold(page, REFUSED, answer=f"550 {long[4:]}"[:124].rstrip())
    nils = Delivery.objects.get(user__display_name="Nils")
    check_retold(page, TO_ITSELF)
    check_retold(in_admin(cast, nils), TO_ITSELF)


def test_a_sentence_that_a_column_cuts_is_told_whole_in_another_language(cast: Cast) -> None:
    sheet = add(cast, "Nora", alternate_email="nora@contoso.example")
    mail_sheet(sheet, MailTo.USER, actor=cast.gail)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("accounts.services.mail.REASON_LENGTH", 20)
        with translation.override("de"):
            deliver_sheet(sheet.pk)
    [stored] = Delivery.objects.values_list("reason", flat=True)
    assert len(stored) == 20
    assert "is the mailbox that the password opens." in Delivery.objects.get().reason


def test_a_mail_of_a_report(cast: Cast, mailbox: list[EmailMessage]) -> None:
    report = report_to(cast, cast.bob)
    User.objects.get(pk=cast.bob.pk).groups.clear()
    with translation.override("de"):
        assert deliver_report(report.pk) == 0
    page = partial(page_of, cast.alice, f"/reports/scheduled/{report.pk}/")
    check_retold(page, "The role of this user does not include the report.")


def test_a_letter_of_notices(cast: Cast) -> None:
    letter = Letter.objects.create(
        user=cast.alice,
        channel=LetterChannel.AT_ONCE,
        kind=NoticeKind.SEATS,
        due_at=timezone.now() + timedelta(days=1),
        created_at=timezone.now(),
    )
    with translation.override("de"):
        choose(cast.alice, {NoticeKind.SEATS: Channels(page=True, at_once=False, daily=False)})

    def reason(language: str) -> str:
        with translation.override(language):
            return Letter.objects.get(pk=letter.pk).reason

    check_retold(reason, "These emails were switched off.")


def seen_in_the_log(cast: Cast, text: str, **facts: object) -> None:
    """See it on all ways on which the log of Contoso is read."""
    event = AuditEvent.objects.filter(changes__has_key="reason_said").latest("pk")
    log = reverse("customers:activity-list", args=[cast.contoso.pk])
    for url in (f"{log}batches/{event.batch_id}/", f"{log}export/"):
        check_retold(partial(page_of, cast.alice, url), text, **facts)
    admin = in_admin(cast, event)
    check_retold(admin, text, **facts)
    assert "_said" not in admin("en")
    script = script_of(cast.alice)

    def records(language: str) -> str:
        found = script.get("/auditrecords", Accept_Language=language)
        assert "_said" not in json.dumps(found)
        return "\n".join(
            pair["value"] for each in found["items"] for pair in each["customizedData"]
        )

    check_retold(records, text, **facts)

    def held(language: str) -> str:
        with translation.override(language):
            found = "".join(personal_data(cast.uma))
        assert "_said" not in found
        return found

    check_retold(held, text, **facts)


@pytest.mark.parametrize("others", [0, 250])
def test_what_a_license_rule_did_in_the_log(cast: Cast, others: int) -> None:
    """However many they are: many are written in another way."""
    users = UserFactory.create_batch(others, customer=cast.contoso, usage_location="US")
    User.objects.filter(pk=cast.uma.pk).update(usage_location="US")
    cast.uma.refresh_from_db()
    rule_on(cast, subscribe(cast, "Teams", quantity=500))
    with translation.override("de"):
        put(cast, "Sales", cast.uma, *users)
        settle_customer(cast.contoso.pk)
    given = AuditEvent.objects.filter(action="license.assigned")
    assert given.count() == others + 1
    assert set(given.values_list("reason", flat=True)) == {in_language("de", RULE, name="Sales")}
    assert all(reason_text(event) == "License rule: Sales" for event in given)
    if not others:
        seen_in_the_log(cast, RULE, name="Sales")


def test_what_came_of_an_access_review(cast: Cast) -> None:
    review = started(cast.contoso, [cast.uma], [cast.gail], actor=cast.alice)
    answered(review, cast.gail, {cast.uma: Answer.REMOVE})
    with translation.override("de"):
        end_due_reviews(OVER)
        [batch] = run(review)
    page = partial(page_of, cast.alice, f"/batches/{batch.pk}/")
    check_retold(page, REVIEW, name=review.name)
    seen_in_the_log(cast, REVIEW, name=review.name)


def test_what_somebody_typed_stays_as_typed(cast: Cast) -> None:
    typed = "No change needed."
    batch = block_users([cast.uma], customer=cast.contoso, actor=cast.alice, reason=typed)
    for language in ALL:
        assert typed in page_of(cast.alice, f"/batches/{batch.pk}/", language)
        log = page_of(cast.alice, f"/customers/{cast.contoso.pk}/activity/", language)
        assert typed in log
    [event] = AuditEvent.objects.filter(batch_id=batch.pk)
    assert (event.reason, "reason_said" in event.changes) == (typed, False)


def test_a_reason_of_before_is_read_as_it_was_written(cast: Cast) -> None:
    entry = audit.Entry(Action.USER_CHANGED, cast.uma)
    audit.record([entry], actor=None, customer=cast.contoso, reason="Lizenzregel: Sales")
    log = f"/customers/{cast.contoso.pk}/activity/"
    assert "Lizenzregel: Sales" in page_of(cast.alice, log, "fr")


def test_the_words_of_a_reason_are_sealed_with_it(cast: Cast) -> None:
    rule_on(cast, subscribe(cast, "Teams", cast.gail, quantity=5))
    User.objects.filter(pk=cast.uma.pk).update(usage_location="US")
    cast.uma.refresh_from_db()
    put(cast, "Sales", cast.uma)
    event = AuditEvent.objects.filter(changes__has_key="reason_said").latest("pk")
    sealing.seal_events(patience=0)
    assert findings() == []
    words = event.changes | {"reason_said": {"id": "Another one."}}
    tamper(
        "UPDATE customers_auditevent SET changes = %s WHERE id = %s", [json.dumps(words), event.pk]
    )
    [found] = findings()
    assert "Fabrikam" in found
