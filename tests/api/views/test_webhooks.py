"""Webhooks are added, changed and given secrets on pages of the account admins alone."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from api.models import Webhook
from api.services.webhook_secrets import signing_secrets
from api.services.webhooks import rotate_secret
from tests.api.hooks import queries_of, text
from tests.factories import WebhookFactory
from tests.support.cast import Cast

SENT = {
    "name": "Billing",
    "address": "https://hooks.example/portal",
    "reach": "all",
    "events": ["users.*", "license.assigned"],
}


@pytest.fixture
def client(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


@pytest.fixture
def webhook(cast: Cast) -> Webhook:
    return WebhookFactory.create(partner=cast.fabrikam, name="Tickets", events=["user.added"])


def url(name: str, webhook: Webhook | None = None) -> str:
    return reverse(f"api:webhook-{name}", args=[webhook.pk] if webhook else [])


def fields(page: Any) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = page.context["form"].errors
    return {name: list(told) for name, told in errors.items()}


def test_a_webhook_is_added_and_its_secret_shown_until_done(client: Client) -> None:
    assert "No webhooks yet" in text(client.get(url("list")))
    page = client.post(url("add"), SENT, follow=True)
    webhook = Webhook.objects.get()
    [secret] = signing_secrets(webhook)
    assert page.redirect_chain[-1][0] == url("secret", webhook)
    assert secret in text(page)
    # A reload shows it once more, a second click adds nothing.
    assert secret in text(client.get(url("secret", webhook)))
    assert secret in text(client.post(url("add"), SENT, follow=True))
    # With other facts it is no second click: they would be dropped without a word.
    for other in ({"address": "https://hooks.example/b"}, {"events": ["user.added"]}):
        assert list(fields(client.post(url("add"), SENT | other))) == ["name"]
    assert Webhook.objects.count() == 1
    assert secret not in str(dict(client.session))
    assert "Show until Done" in text(client.get(url("detail", webhook)))
    page = client.post(url("secret", webhook), {"done": "1"}, follow=True)
    assert page.redirect_chain[-1][0] == url("detail", webhook)
    assert "Not shown again." in text(page)
    assert secret not in text(client.get(url("secret", webhook)))
    listed = text(client.get(url("list")))
    assert "Billing hooks.example All of: Users, License assigned All On" in listed


def test_what_can_not_be_is_said_at_its_field_and_kept(client: Client, webhook: Webhook) -> None:
    page = client.post(url("add"), {"name": "TICKETS", "address": "http://hooks.example/"})
    assert fields(page) == {
        "address": ["Enter an address that begins with https://."],
        "reach": ["This field is required."],
        "events": ["Choose at least one event."],
    }
    wrong = {"name": "", "address": "https://10.0.0.1/", "reach": "some", "events": ["gone"]}
    page = client.post(url("change", webhook), wrong)
    assert fields(page) == {
        "name": ["This field is required."],
        "address": ["Enter an address on the internet: this one is inside of a network."],
        "customers": ["Choose at least one customer."],
        "events": ["Choose from the list."],
    }
    page = client.post(url("add"), SENT | {"address": "http://hooks.example/"})
    assert fields(page) == {"address": ["Enter an address that begins with https://."]}
    assert 'value="users.*" checked' in page.content.decode()
    page = client.post(url("add"), SENT | {"name": "TICKETS"})
    assert list(fields(page)) == ["name"]
    page = client.post(url("add"), SENT | {"reach": "some"})
    assert fields(page) == {"customers": ["Choose at least one customer."]}


def test_another_partners_customer_is_none_to_choose(client: Client, cast: Cast) -> None:
    page = client.post(url("add"), SENT | {"reach": "some", "customers": [cast.adatum.pk]})
    assert fields(page)["customers"][0] == "Choose from the list."
    assert "Adatum" not in text(page)


def test_a_webhook_is_changed(client: Client, cast: Cast, webhook: Webhook) -> None:
    page = client.get(url("change", webhook))
    assert 'value="user.added" checked' in re.sub(r"\s+", " ", page.content.decode())
    seen = str(webhook.version)
    sent = SENT | {"reach": "some", "customers": [cast.contoso.pk], "seen": seen}
    assert "Saved." in text(client.post(url("change", webhook), sent, follow=True))
    shown = text(client.get(url("detail", webhook)))
    assert "Billing" in shown
    assert "Contoso" in shown
    page = client.post(url("change", webhook), sent | {"name": "Other"})
    assert "Someone else changed this webhook" in text(page)


def test_a_secret_is_replaced_and_the_old_one_removed(client: Client, webhook: Webhook) -> None:
    [old] = signing_secrets(webhook)
    asked = text(client.get(url("secret", webhook)))
    assert "For 24 hours they are signed with the old one, too" in asked
    page = client.post(url("secret", webhook), follow=True)
    webhook.refresh_from_db()
    new, other = signing_secrets(webhook)
    assert other == old
    assert new in text(page)
    assert old not in text(page)
    client.post(url("secret", webhook), {"done": "1"})
    page = client.post(url("secret", webhook), follow=True)
    assert "This webhook has two secrets at the moment." in text(page)
    assert "A receiver that still has the old one" in text(client.post(url("old-secret", webhook)))
    page = client.post(url("old-secret", webhook), {"sure": "yes"}, follow=True)
    assert "The old secret is removed." in text(page)
    webhook.refresh_from_db()
    assert signing_secrets(webhook) == [new]


def test_a_secret_that_a_colleague_has_made_since_is_not_shown_to_the_first(
    client: Client, cast: Cast
) -> None:
    client.post(url("add"), SENT)
    webhook = Webhook.objects.get()
    rotate_secret(webhook, actor=cast.alice)
    webhook.refresh_from_db()
    shown = text(client.get(url("secret", webhook)))
    assert "Replace secret" in shown
    assert not any(secret in shown for secret in signing_secrets(webhook))


def test_a_webhook_is_switched_and_removed_after_being_asked(
    client: Client, webhook: Webhook
) -> None:
    asked = client.post(url("switch", webhook), {"on": "0"})
    assert "Events that happen while it is off" in text(asked)
    assert Webhook.objects.get().is_on
    page = client.post(url("switch", webhook), asked.context["hidden"], follow=True)
    assert "Tickets is off: nothing is sent to it." in text(page)
    page = client.post(url("switch", webhook), {"on": "1"}, follow=True)
    assert "Tickets is on." in text(page)
    assert "Its secret signs nothing any longer." in text(client.get(url("remove", webhook)))
    page = client.post(url("remove", webhook), follow=True)
    assert "Tickets was removed." in text(page)
    assert not Webhook.objects.exists()
    assert client.get(url("detail", webhook)).status_code == 404


def test_what_the_portal_has_switched_off_says_why(client: Client, cast: Cast) -> None:
    WebhookFactory.create(partner=cast.fabrikam, is_on=False, problem="It is gone.")
    webhook = Webhook.objects.get()
    assert "Switched off by the portal" in text(client.get(url("list")))
    shown = text(client.get(url("detail", webhook)))
    assert "The portal has switched this webhook off. It is gone." in shown
    assert "Send test" not in shown
    Webhook.objects.update(
        is_on=True,
        problem="",
        problem_said=None,
        rests_until=timezone.now(),
        failing_since=timezone.now(),
    )
    assert "Nothing could be delivered since" in text(client.get(url("detail", webhook)))


def test_changes_ask_for_the_second_step(
    client: Client, webhook: Webhook, settings: Settings
) -> None:
    settings.REQUIRE_MFA = True
    for name in ("add", "change", "secret", "remove"):
        response = client.get(url(name, webhook if name != "add" else None))
        assert response.status_code == 302, name


def test_a_list_asks_as_often_for_many_as_for_few(
    client: Client, cast: Cast, webhook: Webhook
) -> None:
    before = queries_of(client, url("list"))
    WebhookFactory.create_batch(12, partner=cast.fabrikam)
    assert queries_of(client, url("list")) == before
