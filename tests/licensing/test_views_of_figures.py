"""Pages of one subscription at their edges: proposals, reasons, and figures of one or of none."""

from typing import Any

import pytest
from django.test import Client

from customers.models import AuditEvent
from licensing.models import Subscription, SubscriptionStatus
from licensing.services.subscriptions import cancel_subscription
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast
from tests.support.forms import fields, words
from tests.support.html import problems


@pytest.fixture
def sally(client: Client, cast: Cast) -> Client:
    client.force_login(cast.sally)
    return client


@pytest.fixture
def subscription(cast: Cast) -> Subscription:
    """Two seats of Office, of which uma has one."""
    product = ProductFactory.create(name="Office")
    return SubscriptionFactory.create(
        customer=cast.contoso, product=product, quantity=2, holders=[cast.uma]
    )


@pytest.fixture
def manage(cast: Cast, subscription: Subscription) -> str:
    return f"/customers/{cast.contoso.pk}/subscriptions/{subscription.pk}/"


def form_of(client: Client, address: str, **typed: object) -> dict[str, Any]:
    return {**fields(client.get(address).content.decode()), **typed}


@pytest.mark.parametrize(
    "proposal, shown", [("7", "7"), ("0", "0"), ("", "2"), ("x", "2"), ("-1", "2"), ("9" * 40, "2")]
)
def test_a_proposal_of_seats_is_a_number_or_what_there_is(
    sally: Client, manage: str, proposal: str, shown: str
) -> None:
    form = form_of(sally, f"{manage}?seats={proposal}")
    assert (form["quantity"], form["seen"]) == ([shown], ["2"])


@pytest.mark.parametrize(
    "quantity, text",
    [
        (1, "Office now has 1 seat, of which 0 is available."),
        (1_500, "Office now has 1,500 seats, of which 1,499 are available."),
    ],
)
def test_saved_seats_are_told_with_those_that_are_free(
    sally: Client, manage: str, quantity: int, text: str
) -> None:
    page = sally.post(manage, form_of(sally, manage, quantity=quantity), follow=True)
    assert text in words(page.content.decode())


def test_the_same_number_is_nothing_to_change(sally: Client, manage: str) -> None:
    page = sally.post(manage, form_of(sally, manage), follow=True)
    assert "Nothing to save." in words(page.content.decode())
    assert not AuditEvent.objects.exists()


def test_changed_seats_that_the_log_does_not_know_of_are_told_without_a_name(
    sally: Client, manage: str, subscription: Subscription
) -> None:
    form = form_of(sally, manage, quantity=9)
    Subscription.objects.filter(pk=subscription.pk).update(quantity=4)
    text = words(sally.post(manage, form).content.decode())
    assert "The number of seats has changed: it is now 4. Check your number" in text
    assert "It was changed by" not in text


def test_a_reason_too_long_cancels_nothing_and_is_told(
    sally: Client, manage: str, subscription: Subscription
) -> None:
    form = form_of(sally, f"{manage}cancel/", reason="x" * 256)
    page = sally.post(f"{manage}cancel/", form)
    assert page.status_code == 200
    assert "Shorten this to 255 characters or fewer" in words(page.content.decode())
    subscription.refresh_from_db()
    assert subscription.status == SubscriptionStatus.ACTIVE
    assert not AuditEvent.objects.exists()


def test_a_reason_stands_in_the_log(sally: Client, manage: str) -> None:
    sally.post(f"{manage}cancel/", form_of(sally, f"{manage}cancel/", reason=" Ticket 4711 "))
    event = AuditEvent.objects.get()
    assert (event.action, event.reason) == ("subscription.canceled", "Ticket 4711")


def test_a_canceled_one_is_not_asked_about_again(
    sally: Client, cast: Cast, manage: str, subscription: Subscription
) -> None:
    cancel_subscription(subscription, actor=cast.alice)
    page = sally.get(f"{manage}cancel/").content.decode()
    assert problems(page) == []
    assert "This subscription is already canceled." in words(page)
    assert 'name="seen"' not in page


def test_figures_that_were_not_sent_are_asked_for(sally: Client, manage: str) -> None:
    for seen in ("", "x", "2"):
        page = sally.post(f"{manage}cancel/", {"seen": seen})
        assert "Nothing is canceled yet" in words(page.content.decode())
    assert not AuditEvent.objects.exists()


def test_one_user_who_loses_more_is_told_as_one(
    sally: Client, cast: Cast, manage: str, subscription: Subscription
) -> None:
    phone = ProductFactory.create(name="Phone", requires=[subscription.product])
    SubscriptionFactory.create(customer=cast.contoso, product=phone, holders=[cast.uma])
    text = words(sally.get(f"{manage}cancel/").content.decode())
    assert "1 user loses the license and the services at once." in text
    assert "1 of them also holds Phone, which requires it: Uma" in text
    assert "more" not in text.split("Phone, which requires it: Uma")[1].split("This is final")[0]


def test_a_subscription_that_nobody_has_a_license_of_says_so(sally: Client, cast: Cast) -> None:
    empty = SubscriptionFactory.create(customer=cast.contoso, quantity=1)
    url = f"/customers/{cast.contoso.pk}/subscriptions/{empty.pk}/cancel/"
    text = words(sally.get(url).content.decode())
    assert "No user has a license from it." in text
    assert "1 seat is returned." in text
