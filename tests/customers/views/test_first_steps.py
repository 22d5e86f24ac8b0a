"""What a new customer still needs, shown to those who can do it until it is done."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import CredentialSheet, User
from customers.models import Customer
from licensing.services.subscriptions import cancel_subscription
from tests.factories import CustomerFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.support.forms import words
from tests.support.html import problems


@pytest.fixture
def woodgrove(cast: Cast) -> Customer:
    return CustomerFactory.create(partner=cast.fabrikam, name="Woodgrove")


def page(user: User, customer: Customer) -> str:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    html = client.get(f"/customers/{customer.pk}/").content.decode()
    assert problems(html) == []
    return html


def sheet(cast: Cast, customer: Customer, *, by: User) -> CredentialSheet:
    now = timezone.now()
    return CredentialSheet.objects.create(
        customer=customer,
        kind="added",
        by=by,
        users=1,
        created_at=now,
        expires_at=now + timedelta(hours=24),
    )


def test_a_new_customer_shows_its_first_steps_until_they_are_done(
    cast: Cast, woodgrove: Customer
) -> None:
    base = f"/customers/{woodgrove.pk}/"
    html = page(cast.alice, woodgrove)
    text = words(html)
    assert "First steps To do: Add subscription To do: Add or upload users" in text
    assert "To do: Hand over passwords" in text
    for path in ("subscriptions/add/", "users/"):
        assert f'href="{base}{path}"' in html
    subscription = SubscriptionFactory.create(customer=woodgrove)
    assert "Done: Add subscription To do: Add or upload" in words(page(cast.alice, woodgrove))
    UserFactory.create(customer=woodgrove)
    open_sheet = sheet(cast, woodgrove, by=cast.alice)
    html = page(cast.alice, woodgrove)
    assert "Done: Add or upload users To do: Hand over passwords" in words(html)
    assert f'<a href="{base}passwords/">Hand over passwords</a>' in html
    CredentialSheet.objects.filter(pk=open_sheet.pk).update(destroyed_at=timezone.now())
    assert "First steps" not in page(cast.alice, woodgrove)
    # New only once: neither a later sheet nor a canceled subscription brings them back.
    sheet(cast, woodgrove, by=cast.alice)
    cancel_subscription(subscription, actor=cast.alice)
    assert "First steps" not in page(cast.alice, woodgrove)


def test_each_role_sees_the_steps_it_can_do(cast: Cast, woodgrove: Customer) -> None:
    sales = words(page(cast.sally, woodgrove))
    assert "First steps To do: Add subscription" in sales
    assert "upload users" not in sales
    assert "Hand over passwords" not in sales
    SubscriptionFactory.create(customer=woodgrove)
    assert "First steps" not in page(cast.sally, woodgrove)
    gail = UserFactory.create(customer=woodgrove, roles=list(cast.gail.roles))
    assert "First steps" not in page(gail, woodgrove)


def test_a_sheet_of_a_colleague_is_not_ones_own_step(cast: Cast, woodgrove: Customer) -> None:
    SubscriptionFactory.create(customer=woodgrove)
    UserFactory.create(customer=woodgrove)
    sheet(cast, woodgrove, by=cast.alice)
    assert "First steps" in page(cast.alice, woodgrove)
    assert "First steps" not in page(cast.bob, woodgrove)


def test_of_a_customer_at_work_nothing_more_is_asked(
    client: Client, cast: Cast, woodgrove: Customer
) -> None:
    SubscriptionFactory.create(customer=woodgrove)
    UserFactory.create(customer=woodgrove)
    client.force_login(cast.alice)
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/customers/{woodgrove.pk}/")
    asked = [row["sql"] for row in captured if "credentialsheet" in row["sql"].lower()]
    # The number of open sheets, in the menu and on the page.
    assert len(asked) <= 2
