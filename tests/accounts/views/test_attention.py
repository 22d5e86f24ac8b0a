"""What needs attention across all customers of a partner."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import CredentialSheet, User
from accounts.services.users import block_users, delete_users
from customers.models import Customer
from licensing.models import Subscription
from licensing.services.subscriptions import suspend_subscription
from tests.factories import (
    CustomerFactory,
    ProductFactory,
    StaffFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.support.cast import Cast
from tests.support.forms import read, told, words
from tests.support.html import problems

PAGE = "/customers/attention/"
IN_LIST = {"HX-Request": "true"}


def sold_out(customer: Customer, product: str) -> Subscription:
    return SubscriptionFactory.create(
        customer=customer,
        product=ProductFactory.create(name=product),
        quantity=1,
        holders=[UserFactory.create(customer=customer)],
    )


def deleted(customer: Customer, *, days_left: float) -> None:
    """Deleted so long ago that this many days are left."""
    now = timezone.now()
    UserFactory.create(
        customer=customer,
        deleted_at=now - timedelta(days=30 - days_left),
        purge_after=now + timedelta(days=days_left),
    )


def test_customers_without_a_free_seat(alice: Client, cast: Cast) -> None:
    sold_out(cast.contoso, "Mail")
    sold_out(cast.northwind, "Teams")
    sold_out(cast.northwind, "Mail Archive")
    sold_out(cast.adatum, "Foreign")
    SubscriptionFactory.create(customer=cast.contoso, quantity=5, product__name="Roomy")
    suspend_subscription(sold_out(cast.contoso, "Asleep"), actor=cast.alice)
    html = read(alice, PAGE)
    assert "2 customers with a full product" in words(html)
    full = "Northwind 2 subscriptions : Mail Archive, Teams Contoso 1 subscription : Mail"
    assert f"No seats left {full}" in words(html)
    assert "Foreign" not in html
    assert problems(html) == []
    link = f"/customers/{cast.northwind.pk}/subscriptions/?full=1"
    assert f'href="{link}"' in html
    SubscriptionFactory.create(customer=cast.northwind, quantity=5, product__name="Roomy")
    page = alice.get(link)
    names = [row.product.name for row in page.context["subscriptions"]]
    assert names == ["Mail Archive", "Teams"]
    assert "2 subscriptions have no seat left." in told(page)
    assert problems(page.content.decode()) == []
    assert len(alice.get(link.partition("?")[0]).context["subscriptions"]) == 3
    cast.northwind.subscriptions.update(quantity=50)
    assert "Every subscription has a seat left" in told(alice.get(link))


def test_deletions_that_become_final_this_week(alice: Client, cast: Cast) -> None:
    for days_left in (0.5, 6.9):
        deleted(cast.contoso, days_left=days_left)
    deleted(cast.northwind, days_left=0.1)
    for days_left in (-0.5, 7.1, 30):
        deleted(cast.contoso, days_left=days_left)
    deleted(cast.adatum, days_left=1)
    found = alice.get(PAGE).context["attention"]
    assert [(row.name, row.users) for row in found.deadlines] == [("Northwind", 1), ("Contoso", 2)]
    html = read(alice, PAGE)
    assert "3 deletions become permanent this week" in words(html)
    assert problems(html) == []
    link = f"/customers/{cast.contoso.pk}/users/deleted/?filter=final"
    assert f'href="{link}"' in html
    page = alice.get(link)
    assert len(page.context["rows"]) == 2
    assert "2 users found" in told(page)
    assert problems(page.content.decode()) == []
    assert len(alice.get(link.partition("?")[0]).context["rows"]) == 4
    User.objects.restorable().filter(customer=cast.contoso).update(purge_after=timezone.now())
    assert "No users match “Permanently deleted within 7 days”" in told(alice.get(link))


def test_seats_on_blocked_accounts_lead_to_the_users(alice: Client, cast: Cast) -> None:
    ada, ben, cleo = UserFactory.create_batch(3, customer=cast.contoso)
    for holders in ([ada, ben, cast.uma], [ada]):
        SubscriptionFactory.create(customer=cast.contoso, holders=holders)
    block_users([ada, ben, cleo], customer=cast.contoso, actor=cast.alice)
    gone = UserFactory.create(customer=cast.contoso)
    SubscriptionFactory.create(customer=cast.contoso, holders=[gone])
    block_users([gone], customer=cast.contoso, actor=cast.alice)
    delete_users([gone], customer=cast.contoso, actor=cast.alice)
    html = read(alice, PAGE)
    assert "3 seats on blocked accounts" in words(html)
    assert "Contoso 3 seats, 2 users" in words(html)
    link = f"/customers/{cast.contoso.pk}/users/?filter=licensed,blocked"
    assert f'href="{link}"' in html
    rows = alice.get(link).context["rows"]
    assert {row.pk for row in rows} == {ada.pk, ben.pk}


def test_renewals_lead_to_the_subscriptions_they_count(alice: Client, cast: Cast) -> None:
    today = timezone.localdate()
    for name, days in (("Soon", 3), ("Later", 61)):
        SubscriptionFactory.create(
            customer=cast.contoso, product__name=name, renews_on=today + timedelta(days=days)
        )
    html = read(alice, PAGE)
    assert "1 renewal in 60 days" in words(html)
    link = f"/customers/{cast.contoso.pk}/subscriptions/?renews=60"
    assert f'href="{link}"' in html
    page = alice.get(link)
    assert [row.product.name for row in page.context["subscriptions"]] == ["Soon"]
    assert "1 subscription renews in the next 60 days." in told(page)
    assert problems(page.content.decode()) == []
    everything = alice.get(link.partition("?")[0])
    assert len(everything.context["subscriptions"]) == 2
    cast.contoso.subscriptions.update(renews_on=today + timedelta(days=90))
    assert "No subscription renews in the next 60 days" in told(alice.get(link))


def test_open_sheets_are_told_to_those_who_may_open_them(
    alice: Client, client: Client, cast: Cast
) -> None:
    now = timezone.now()
    CredentialSheet.objects.create(
        customer=cast.contoso,
        kind="reset",
        by=cast.alice,
        users=1,
        created_at=now,
        expires_at=now + timedelta(hours=5),
    )
    html = read(alice, PAGE)
    assert "1 open password sheet" in words(html)
    link = f"/customers/{cast.contoso.pk}/passwords/"
    assert f'href="{link}"' in html
    assert len(alice.get(link).context["rows"]) == 1
    assert problems(html) == []
    # No sales agent resets passwords, and none of another partner sees the customer.
    for user in (cast.sally, cast.bob, cast.charlie):
        client.force_login(user)
        assert "password sheet" not in read(client, PAGE)


def test_passwords_and_seats_nobody_used_lead_to_the_users(alice: Client, cast: Cast) -> None:
    edge = timezone.now() - timedelta(days=settings.TEMPORARY_PASSWORD_DAYS)
    ada, ben = UserFactory.create_batch(2, customer=cast.contoso)
    User.objects.filter(customer=cast.contoso).update(last_login=timezone.now())
    User.objects.filter(pk__in=[ada.pk, ben.pk]).update(last_login=None)
    User.objects.filter(pk=ada.pk).update(
        must_change_password=True, temporary_password_set_at=edge + timedelta(hours=9)
    )
    SubscriptionFactory.create(customer=cast.contoso, holders=[ada, ben, cast.uma])
    html = read(alice, PAGE)
    assert "1 temporary password about to expire" in words(html)
    assert "2 seats on accounts never used" in words(html)
    for query, users in (("expiring", {ada.pk}), ("licensed,never-signed-in", {ada.pk, ben.pk})):
        link = f"/customers/{cast.contoso.pk}/users/?filter={query}"
        assert f'href="{link}"' in html
        assert {row.pk for row in alice.get(link).context["rows"]} == users
    assert problems(html) == []


def test_nothing_needs_attention(alice: Client, cast: Cast) -> None:
    html = read(alice, PAGE)
    assert "Nothing needs attention" in words(html)
    assert problems(html) == []
    part = alice.get(PAGE, headers=IN_LIST).content.decode()
    assert "Nothing needs attention" in part
    assert "<html" not in part


def test_the_list_of_customers_asks_for_the_first_of_each(
    alice: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.views.attention.IN_LIST", 1)
    assert f'data-hx-get="{PAGE}"' in read(alice, "/customers/")
    assert f'<a href="{PAGE}">' in read(alice, "/customers/")
    assert PAGE not in read(alice, "/customers/?q=contoso")
    sold_out(cast.contoso, "Mail")
    sold_out(cast.northwind, "Teams")
    part = alice.get(PAGE, headers=IN_LIST)
    assert [row.name for row in part.context["shortages"]] == ["Contoso"]
    text = part.content.decode()
    assert "and 1 more" in text
    assert "Show all on one page" in text


def test_staff_limited_to_some_customers_see_those(client: Client, cast: Cast) -> None:
    sold_out(cast.contoso, "Mail")
    sold_out(cast.northwind, "Teams")
    roles = list(cast.bob.roles)
    client.force_login(
        StaffFactory.create(partner=cast.fabrikam, roles=roles, only=[cast.northwind])
    )
    found = client.get(PAGE).context["attention"]
    assert [row.name for row in found.shortages] == ["Northwind"]


def test_a_customers_administrator_is_led_to_the_own_users(client: Client, cast: Cast) -> None:
    client.force_login(cast.gail)
    assert client.get(PAGE)["Location"] == f"/customers/{cast.contoso.pk}/users/"
    assert "Users and licenses" in told(client.get(PAGE, follow=True))


def test_queries_do_not_grow_with_customers(alice: Client, cast: Cast, settings: Settings) -> None:
    def queries(count: int) -> int:
        for customer in CustomerFactory.create_batch(count, partner=cast.fabrikam):
            sold_out(customer, "Mail")
            deleted(customer, days_left=1)
            block_users(list(customer.users.active()), customer=customer, actor=cast.alice)
        with CaptureQueriesContext(connection) as captured:
            read(alice, PAGE)
        return len(captured)

    few = queries(1)
    assert queries(5) == few
    assert few <= 11
