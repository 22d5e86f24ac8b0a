"""The price of a subscription: where it is kept, and what happens to it at the same moment."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import AuditEvent
from licensing.models import Subscription, SubscriptionStatus
from licensing.services.subscriptions import change_price
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast
from tests.support.forms import fields, words
from tests.support.html import problems


@pytest.fixture
def office(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Office")
    return SubscriptionFactory.create(customer=cast.contoso, product=product)


@pytest.fixture
def sally(client: Client, cast: Cast) -> Client:
    client.force_login(cast.sally)
    return client


def page_of(office: Subscription, name: str = "subscription-price") -> str:
    return reverse(f"licensing:{name}", args=[office.customer_id, office.pk])


def save(client: Client, office: Subscription, **typed: Any) -> Any:
    form = fields(client.get(page_of(office)).content.decode())
    return client.post(page_of(office), {**form, **typed}, follow=True)


def price(office: Subscription) -> tuple[Decimal | None, str]:
    office.refresh_from_db()
    return office.price, office.currency


def test_a_price_is_added_changed_and_taken_away(sally: Client, office: Subscription) -> None:
    html = sally.get(page_of(office, "subscription-detail")).content.decode()
    assert "Price per seat and month – Add price" in words(html)
    assert problems(sally.get(page_of(office)).content.decode()) == []
    html = save(sally, office, price="9.5", currency="eur").content.decode()
    assert "The price is saved." in words(html)
    assert "9.50 EUR Change price" in words(html)
    assert price(office) == (Decimal("9.50"), "EUR")
    save(sally, office, price="", currency="EUR")
    assert price(office) == (None, "")
    events = AuditEvent.objects.filter(action="subscription.price").order_by("pk")
    told = [event.changes["price"] for event in events]
    assert told == [["", "9.50 EUR"], ["9.50 EUR", ""]]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ({"price": "much", "currency": "EUR"}, "Enter an amount, such as 9.50."),
        ({"price": "1", "currency": ""}, "Enter a currency by its three letters, such as EUR."),
        ({"price": "1", "currency": "ABC"}, "Enter a currency by its three letters, such as EUR."),
    ],
)
def test_what_is_no_price_is_said_at_its_field(
    sally: Client, office: Subscription, typed: dict[str, str], text: str
) -> None:
    html = save(sally, office, **typed).content.decode()
    assert text in words(html)
    assert problems(html) == []
    assert price(office) == (None, "")


def test_a_price_that_was_changed_meanwhile_is_not_overwritten_unsaid(
    sally: Client, cast: Cast, office: Subscription
) -> None:
    form = fields(sally.get(page_of(office)).content.decode())
    change_price(office, Decimal(7), "USD", actor=cast.alice)
    typed = {**form, "price": "9.50", "currency": "EUR"}
    html = sally.post(page_of(office), typed).content.decode()
    text = "Someone else has changed the price since. It is now 7.00 USD."
    assert text in words(html)
    assert price(office) == (Decimal(7), "USD")
    again = {**fields(html), "price": "9.50", "currency": "EUR"}
    assert sally.post(page_of(office), again).status_code == 302
    assert price(office) == (Decimal("9.50"), "EUR")


def test_a_subscription_is_added_with_its_price(
    sally: Client, cast: Cast, office: Subscription
) -> None:
    product = ProductFactory.create(name="Phone")
    url = reverse("licensing:subscription-add", args=[cast.contoso.pk])
    form = fields(sally.get(url).content.decode())
    typed = {**form, "product": str(product.pk), "quantity": "3", "price": "2", "currency": "EUR"}
    assert sally.post(url, typed).status_code == 302
    added = Subscription.objects.get(product=product)
    assert price(added) == (Decimal("2.00"), "EUR")
    event = AuditEvent.objects.get(action="subscription.added")
    assert event.changes["price"] == ["", "2.00 EUR"]


def test_a_canceled_subscription_keeps_its_price(sally: Client, office: Subscription) -> None:
    Subscription.objects.update(status=SubscriptionStatus.CANCELED)
    html = save(sally, office, price="2", currency="EUR").content.decode()
    assert "This subscription is canceled, which is final." in words(html)
    assert price(office) == (None, "")
