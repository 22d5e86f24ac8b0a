"""What webhooks and sources could not do, told to each in their own language."""

import json
from email.message import EmailMessage
from functools import partial

from django.db.models import Model
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from api.models import Doing, SourceRefusal, Webhook
from api.services.source_refusals import note
from api.services.webhook_delivery import deliver_webhooks
from api.services.webhook_keeping import tell_owner
from customers.models import AuditEvent
from customers.said import gettext
from tests.api.caller import Script, script_of
from tests.api.hooks import webhook_at
from tests.api.scim.calling import caller_of
from tests.api.tokens import source_of
from tests.applications.listener import Listener, Reply
from tests.customers.said.readers import body_for, check_retold, in_language, one_line
from tests.factories import WebhookDeliveryFactory
from tests.support.admin import address as address_of
from tests.support.cast import Cast

GONE = "The receiver answered that it is gone (status 410)."
STATUS = "The receiver answered with status %(status)s."
NOT_KEPT = (
    "%(name)s is the user name of a user whom this source does not keep. To have it keep existing"
    " users, allow that on the page of the source."
)
OFF = "The webhook was switched off."


def page_of(cast: Cast, address: str, language: str) -> str:
    return body_for(cast.alice, language, address)


def page_in_admin(cast: Cast, row: Model, language: str) -> str:
    return body_for(cast.support, language, address_of(type(row), "change", row.pk))


def answer_of(script: Script, address: str, language: str) -> str:
    return json.dumps(script.get(address, Accept_Language=language), ensure_ascii=False)


def gone(cast: Cast, listener: Listener) -> Webhook:
    """Return a webhook that a worker, who speaks German, has switched off."""
    webhook = webhook_at(listener, cast.fabrikam, made_by=cast.alice)
    WebhookDeliveryFactory.create_batch(2, webhook=webhook, customer=cast.contoso)
    listener.answer = lambda _asked: Reply(410)
    with translation.override("de"):
        deliver_webhooks(webhook.pk)
    webhook.refresh_from_db()
    return webhook


def test_a_webhook_on_its_page_and_in_the_api(cast: Cast, listener: Listener) -> None:
    webhook = gone(cast, listener)
    page = partial(page_of, cast, reverse("api:webhook-detail", args=[webhook.pk]))
    check_retold(page, GONE)
    check_retold(page, OFF)
    script = script_of(cast.alice, grave=True)
    check_retold(partial(answer_of, script, "/webhooks"), GONE)
    deliveries = partial(answer_of, script, f"/webhooks/{webhook.uuid}/deliveries")
    check_retold(deliveries, OFF)


def test_what_a_webhook_answered(cast: Cast, listener: Listener) -> None:
    webhook = webhook_at(listener, cast.fabrikam, made_by=cast.alice)
    row = WebhookDeliveryFactory.create(webhook=webhook, customer=cast.contoso)
    listener.answer = lambda _asked: Reply(400)
    with translation.override("de"):
        deliver_webhooks(webhook.pk)
    address = reverse("api:webhook-detail", args=[webhook.pk])
    check_retold(partial(page_of, cast, address), STATUS, status=400)
    check_retold(partial(page_in_admin, cast, row), STATUS, status=400)
    script = script_of(cast.alice, grave=True)
    deliveries = f"/webhooks/{webhook.uuid}/deliveries"
    check_retold(partial(answer_of, script, deliveries), STATUS, status=400)


def test_a_webhook_in_the_log(cast: Cast, listener: Listener) -> None:
    gone(cast, listener)
    event = AuditEvent.objects.get(action="webhook.switched")
    # The seal covers them.
    assert event.changes["reason_said"] == {"id": GONE}
    for address in ("/team/activity/", "/customers/activity/", "/customers/activity/export/"):
        check_retold(partial(page_of, cast, address), GONE)


def test_each_owner_is_told_in_their_language(
    cast: Cast, listener: Listener, mailbox: list[EmailMessage]
) -> None:
    webhook = gone(cast, listener)

    def mail(language: str) -> str:
        User.objects.filter(pk=cast.alice.pk).update(language=language)
        Webhook.objects.update(owner_told_at=None)
        with translation.override("de"):
            assert tell_owner(webhook.pk)
        sent = mailbox[-1]
        subject = in_language(language, "Webhook switched off: %(name)s", name=webhook.name)
        assert one_line(sent["Subject"]) == one_line(subject)
        return str(sent.get_content())

    check_retold(mail, GONE)


def test_what_a_source_sent_that_has_no_place(cast: Cast) -> None:
    caller = caller_of(cast.contoso, cast.gail)
    sent = caller.create("uma@contoso.example")
    assert sent.status == 409
    row = SourceRefusal.objects.get()
    told = {"name": "uma@contoso.example"}
    address = reverse("api:source-detail", args=[cast.contoso.pk, caller.source.pk])
    check_retold(partial(page_of, cast, address), NOT_KEPT, **told)
    check_retold(partial(page_in_admin, cast, row), NOT_KEPT, **told)


def test_what_was_sent_has_nothing_unseen_in_any_language(cast: Cast) -> None:
    source = source_of(cast.contoso, cast.gail)
    text = "%(attribute)s is not an email address."
    with translation.override("de"):
        told = gettext(text) % {"attribute": "\x00a\u202eb\ud800" + "c" * 2_000}
        note(source, Doing.CREATE, "a@contoso.example", "malformed", told)
    for language in ("en", "fr", "de"):
        with translation.override(language):
            sentence = SourceRefusal.objects.get().sentence
        shown = "ab" + "c" * 998
        assert sentence == in_language(language, text, attribute=shown)[: len(sentence)]
        assert "c" * 900 in sentence
