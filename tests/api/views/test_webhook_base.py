"""What every page of a webhook keeps to."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory
from django.urls import reverse

from api.services.webhook_secrets import signing_secrets
from api.services.webhooks import rotate_secret
from api.views.webhook_base import SECRETS, kept_secret
from tests.factories import WebhookFactory
from tests.support.cast import Cast
from tests.support.forms import told


def test_a_kept_secret_is_shown_only_while_it_is_the_webhooks(cast: Cast) -> None:
    webhook = WebhookFactory.create(partner=cast.fabrikam)
    request: Any = RequestFactory().get("/")
    request.session = SessionStore()
    assert kept_secret(request, webhook) == ""
    [secret] = signing_secrets(webhook)
    SECRETS.keep(request, webhook.pk, secret)
    assert kept_secret(request, webhook) == secret
    rotate_secret(webhook, actor=cast.alice)
    webhook.refresh_from_db()
    assert kept_secret(request, webhook) == ""


def test_a_button_is_for_account_admins_and_has_no_page(client: Client, cast: Cast) -> None:
    webhook = WebhookFactory.create(partner=cast.fabrikam)
    address = reverse("api:webhook-test", args=[webhook.pk])
    client.force_login(cast.alice)
    assert client.get(address).status_code == 405
    client.force_login(cast.bob)
    assert client.post(address).status_code == 403
    client.force_login(cast.charlie)
    assert client.post(address).status_code == 404


def test_what_a_button_is_refused_is_said_on_the_webhooks_page(client: Client, cast: Cast) -> None:
    webhook = WebhookFactory.create(partner=cast.fabrikam, is_on=False)
    client.force_login(cast.alice)
    page = client.post(reverse("api:webhook-test", args=[webhook.pk]), follow=True)
    assert page.redirect_chain[-1][0] == reverse("api:webhook-detail", args=[webhook.pk])
    assert told(page)
