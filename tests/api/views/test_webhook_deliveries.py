"""A webhook's page says what was sent and what came of it, and sends again what failed."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from api.models import DeliveryState, Webhook, WebhookDelivery
from tests.api.hooks import queries_of, states, text
from tests.factories import WebhookDeliveryFactory, WebhookFactory
from tests.support.cast import Cast


@pytest.fixture
def client(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


@pytest.fixture
def webhook(cast: Cast) -> Webhook:
    return WebhookFactory.create(partner=cast.fabrikam, name="Tickets")


def url(webhook: Webhook, name: str = "webhook-detail") -> str:
    return reverse(f"api:{name}", args=[webhook.pk])


def resend_url(row: WebhookDelivery) -> str:
    return reverse("api:delivery-resend", args=[row.webhook_id, row.pk])


def test_a_delivery_is_shown_with_its_state_tries_answer_and_next_try(
    client: Client, cast: Cast, webhook: Webhook
) -> None:
    assert "Nothing was sent yet" in text(client.get(url(webhook)))
    now = timezone.now()
    rows = {"webhook": webhook, "customer": cast.contoso, "answered_at": now}
    WebhookDeliveryFactory.create(
        kind="user.blocked",
        tries=4,
        status=503,
        reason="The receiver answered with status 503.",
        **rows,
    )
    WebhookDeliveryFactory.create(kind="user.added", state=DeliveryState.DELIVERED, **rows)
    WebhookDeliveryFactory.create(webhook=webhook, kind="webhook.test", event_id=None)
    shown = text(client.get(url(webhook)))
    for expected in (
        "Sign-in blocked",
        "Contoso",
        "Waiting for the next try",
        "503 ·",
        "The receiver answered with status 503.",
        "User added",
        "Delivered",
        "Test webhook.test",
    ):
        assert expected in shown, expected


def test_deliveries_are_filtered_by_state_and_paged(
    client: Client, cast: Cast, webhook: Webhook, settings: Settings
) -> None:
    settings.PAGE_SIZE = 2
    rows = {"webhook": webhook, "customer": cast.contoso}
    WebhookDeliveryFactory.create_batch(3, state=DeliveryState.FAILED, **rows)
    WebhookDeliveryFactory.create(kind="user.added", state=DeliveryState.DELIVERED, **rows)
    page = client.get(url(webhook) + "?state=failed")
    assert [line.delivery.state for line in page.context["lines"]] == ["failed", "failed"]
    assert "1 to 2 of 3" in text(page)
    assert "No deliveries in this state" in text(client.get(url(webhook) + "?state=waiting"))
    # What is no state is no filter.
    assert client.get(url(webhook) + "?state=nonsense").context["pager"] is not None


def test_one_is_sent_again_and_all_that_failed(
    client: Client, cast: Cast, webhook: Webhook
) -> None:
    rows = {"webhook": webhook, "customer": cast.contoso, "state": DeliveryState.FAILED}
    one, *others = WebhookDeliveryFactory.create_batch(3, **rows)
    page = client.post(resend_url(one), follow=True)
    assert "The delivery is sent again." in text(page)
    assert states([one, *others]) == ["waiting", "failed", "failed"]
    page = client.post(resend_url(one), follow=True)
    assert "The delivery is on its way already." in text(page)
    page = client.post(url(webhook, "webhook-resend"), follow=True)
    assert "2 deliveries are sent again." in text(page)
    assert states(others) == ["waiting", "waiting"]


def test_a_test_is_sent_unless_the_webhook_is_off(client: Client, webhook: Webhook) -> None:
    page = client.post(url(webhook, "webhook-test"), follow=True)
    assert "A test is being sent." in text(page)
    # It appears by itself, once there is an answer.
    assert "every 3s" in page.content.decode()
    Webhook.objects.update(is_on=False)
    page = client.post(url(webhook, "webhook-test"), follow=True)
    assert "This webhook is off. Switch it on first." in text(page)
    assert WebhookDelivery.objects.count() == 1


def test_a_delivery_of_another_webhook_is_a_404(client: Client, cast: Cast) -> None:
    own, other = WebhookFactory.create_batch(2, partner=cast.fabrikam)
    row = WebhookDeliveryFactory.create(webhook=other)
    address = reverse("api:delivery-resend", args=[own.pk, row.pk])
    assert client.post(address).status_code == 404


def test_a_page_asks_as_often_for_many_as_for_few(
    client: Client, cast: Cast, webhook: Webhook
) -> None:
    rows = {"webhook": webhook, "customer": cast.contoso}
    WebhookDeliveryFactory.create(**rows)
    before = queries_of(client, url(webhook))
    WebhookDeliveryFactory.create_batch(30, **rows)
    assert queries_of(client, url(webhook)) == before
