"""Customers: the list, adding one, the customer's home."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.services.users import block_users
from customers.models import AuditEvent, Customer
from customers.roles import Role
from licensing.models import Subscription, SubscriptionStatus
from tests.factories import (
    CustomerFactory,
    DomainFactory,
    PartnerFactory,
    ProductFactory,
    StaffFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.support.cast import Cast
from tests.support.forms import fields, words
from tests.support.html import problems

LIST, ADD = "/customers/", "/customers/add/"
NEW = {
    "name": "Woodgrove Bank",
    "primary_domain": "woodgrove.example",
    "country": "NO",
    "contact_email": "it@woodgrove.example",
}

SignedIn = Callable[[User], Client]


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def names(response: Any) -> list[str]:
    return [customer.name for customer in response.context["customers"]]


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_a_row_says_domain_users_seats_and_deleted(alice: Client, cast: Cast) -> None:
    users = UserFactory.create_batch(2, customer=cast.northwind)
    UserFactory.create(customer=cast.northwind, deleted=True)
    SubscriptionFactory.create(customer=cast.northwind, quantity=5, holders=users)
    SubscriptionFactory.create(
        customer=cast.northwind, quantity=7, status=SubscriptionStatus.SUSPENDED
    )
    SubscriptionFactory.create(
        customer=cast.northwind, quantity=90, status=SubscriptionStatus.CANCELED
    )
    response = alice.get(LIST, {"q": "northwind"})
    page = response.content.decode()
    [row] = response.context["customers"]
    assert (row.active_users, row.deleted_users) == (2, 1)
    assert (row.seats_used, row.seats_bought) == (2, 12)
    assert "Northwind northwind.example 2 2 of 12 1" in words(page)
    assert f'href="/customers/{cast.northwind.pk}/users/deleted/"' in page
    assert problems(page) == []


def test_other_partners_customers_are_not_listed(alice: Client) -> None:
    assert names(alice.get(LIST)) == ["Contoso", "Northwind"]


def test_limited_staff_see_only_their_customers(client: Client, cast: Cast) -> None:
    client.force_login(StaffFactory.create(partner=cast.fabrikam, roles=[], only=[]))
    assert client.get(LIST).status_code == 403
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=cast.bob.roles, only=[cast.northwind]
    )
    client.force_login(limited)
    assert names(client.get(LIST)) == ["Northwind"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("north", ["Northwind"]),
        ("NORTHWIND.example", ["Northwind"]),
        ("contoso-shop", ["Contoso"]),
        ("example wind", ["Northwind"]),
        ("adatum", []),
        ("100%", []),
        ("_", []),
        ("\u200bcontoso\x00", ["Contoso"]),
        ("x" * 10_000, []),
    ],
)
def test_search_looks_in_names_and_domains(
    alice: Client, cast: Cast, search: str, found: list[str]
) -> None:
    DomainFactory.create(customer=cast.contoso, name="contoso-shop.example")
    assert names(alice.get(LIST, {"q": search})) == found


def test_nothing_found_offers_the_way_back(alice: Client) -> None:
    page = alice.get(LIST, {"q": "<b>zz</b>", "sort": "-users"}).content.decode()
    assert "No customer matches" in words(page)
    assert "<b>zz" not in page
    assert 'href="?sort=-users"' in page


def test_partner_without_customers_is_told_to_add_one(client: Client, db: None) -> None:
    partner = PartnerFactory.create()
    admin = StaffFactory.create(partner=partner, roles=[Role.ACCOUNT_ADMIN])
    client.force_login(admin)
    page = client.get(LIST).content.decode()
    assert "No customers yet Add your first customer" in words(page)
    assert page.count(f'href="{ADD}"') == 2


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["beta", "Contoso", "Northwind"]),
        ("-name", ["Northwind", "Contoso", "beta"]),
        ("domain", ["beta", "Contoso", "Northwind"]),
        ("-domain", ["Northwind", "Contoso", "beta"]),
        ("users", ["beta", "Northwind", "Contoso"]),
        ("-users", ["Contoso", "Northwind", "beta"]),
        ("seats", ["Contoso", "Northwind", "beta"]),
        ("-seats", ["beta", "Contoso", "Northwind"]),
        ("-deleted", ["Northwind", "beta", "Contoso"]),
        ("deleted", ["beta", "Contoso", "Northwind"]),
        ("password", ["beta", "Contoso", "Northwind"]),
    ],
)
def test_every_column_sorts(alice: Client, cast: Cast, sort: str, expected: list[str]) -> None:
    beta = CustomerFactory.create(partner=cast.fabrikam, name="beta", domain="a.beta.example")
    Customer.objects.filter(pk=cast.northwind.pk).update(active_users=1, deleted_users=4)
    SubscriptionFactory.create(customer=beta, holders=[UserFactory.create(customer=beta)])
    Customer.objects.filter(pk=beta.pk).update(active_users=0)
    assert names(alice.get(LIST, {"sort": sort})) == expected


def test_the_sorted_column_says_so_and_turns_round(alice: Client) -> None:
    page = alice.get(LIST, {"sort": "users", "q": "o", "page": "2"}).content.decode()
    assert page.count("aria-sort") == 1
    assert 'aria-sort="ascending"><a class="sort" href="?q=o&amp;sort=-users">' in page
    assert 'href="?q=o&amp;sort=-seats"' in page
    assert 'href="?q=o&amp;sort=name"' in page


def test_pages_keep_search_and_order(alice: Client, cast: Cast, settings: Settings) -> None:
    settings.PAGE_SIZE = 2
    for name in ("A", "B", "C"):
        CustomerFactory.create(partner=cast.fabrikam, name=f"Oslo {name}")
    response = alice.get(LIST, {"q": "oslo", "sort": "-name"})
    pager = response.context["pager"]
    assert names(response) == ["Oslo C", "Oslo B"]
    assert pager.summary == "1 to 2 of 3"
    assert (pager.first_url, pager.previous_url) == (None, None)
    assert pager.next_url == pager.last_url == "?q=oslo&sort=-name&page=2"
    last = alice.get(f"{LIST}{pager.next_url}")
    assert names(last) == ["Oslo A"]
    assert last.context["pager"].first_url == "?q=oslo&sort=-name"


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "9" * 5000, "\x00"])
def test_a_page_that_does_not_exist_leads_to_one_that_does(alice: Client, page: str) -> None:
    assert names(alice.get(LIST, {"page": page})) == ["Contoso", "Northwind"]


def test_the_list_costs_the_same_for_one_and_many(alice: Client, cast: Cast) -> None:
    alice.get(LIST)
    few = queries(alice, LIST)
    for customer in CustomerFactory.create_batch(5, partner=cast.fabrikam):
        SubscriptionFactory.create(customer=customer)
    assert queries(alice, LIST) == few <= 8


def test_a_customers_administrator_is_led_to_the_own_users(client: Client, cast: Cast) -> None:
    client.force_login(cast.gail)
    response = client.get(LIST, follow=True)
    assert response.redirect_chain[-1][0] == f"/customers/{cast.contoso.pk}/users/"


def test_add_customer_is_offered_to_a_user_who_may(client: Client, cast: Cast) -> None:
    for user, may in ((cast.alice, True), (cast.bob, False), (cast.sally, False)):
        client.force_login(user)
        assert (f'href="{ADD}"' in client.get(LIST).content.decode()) is may
        assert client.get(ADD).status_code == (200 if may else 403)


def test_a_customer_is_added_with_its_domain(alice: Client, cast: Cast) -> None:
    page = alice.get(ADD).content.decode()
    assert problems(page) == []
    assert fields(page)["country"] == [str(cast.fabrikam.country)]
    response = alice.post(ADD, NEW | {"primary_domain": " WoodGrove.example "}, follow=True)
    customer = Customer.objects.get(name="Woodgrove Bank")
    assert response.redirect_chain == [(f"/customers/{customer.pk}/", 302)]
    assert "Woodgrove Bank is added." in words(response.content.decode())
    assert customer.partner == cast.fabrikam
    assert (customer.country, customer.contact_email) == ("NO", "it@woodgrove.example")
    assert customer.domains.get(is_primary=True).name == "woodgrove.example"


def test_a_second_click_finds_the_first_ones_customer(alice: Client) -> None:
    first, second = alice.post(ADD, NEW), alice.post(ADD, NEW)
    assert first.headers["Location"] == second.headers["Location"]
    assert Customer.objects.filter(name="Woodgrove Bank").count() == 1
    assert AuditEvent.objects.filter(action="customer.added").count() == 1


def test_limited_staff_see_the_customer_that_they_have_added(client: Client, cast: Cast) -> None:
    client.force_login(StaffFactory.create(partner=cast.fabrikam, roles=cast.alice.roles, only=[]))
    page = client.post(ADD, NEW, follow=True)
    assert "Add a domain to it: Woodgrove Bank (" in page.content.decode()
    named = f"{NEW['name']} ({NEW['primary_domain'].lower()})"
    assert client.post(ADD, {**NEW, "name": named}, follow=True).status_code == 200
    assert names(client.get(LIST)) == [named]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Enter the customer's name."),
        ("name", "\u200b\x00 ", "Enter the customer's name."),
        ("name", "x" * 10_000, "120 characters or fewer (it has 10000)"),
        ("name", "CONTOSO", "You already have a customer named CONTOSO."),
        ("primary_domain", "", "Enter a domain such as contoso.com."),
        ("primary_domain", "woodgrove", "Enter a domain such as contoso.com:"),
        ("primary_domain", "https://woodgrove.example/", "Enter a domain such as contoso.com:"),
        ("primary_domain", "wооdgrove.example", "Enter a domain such as contoso.com:"),
        ("primary_domain", "x" * 10_000, "Enter a domain such as contoso.com:"),
        ("primary_domain", "contoso.example", "This domain cannot be used here."),
        ("primary_domain", "adatum.example", "This domain cannot be used here."),
        ("primary_domain", "litware.example", "This domain cannot be used here."),
        ("country", "", "Choose a country."),
        ("country", "XX", "Select a valid choice."),
        ("contact_email", "nobody", "Enter an email address such as name@example.com."),
        ("contact_email", "a@" + "x" * 10_000 + ".example", "Enter an email address"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    alice: Client, field: str, value: str, message: str
) -> None:
    response = alice.post(ADD, NEW | {field: value})
    form = response.context["form"]
    assert list(form.errors) == [field]
    assert message in " ".join(form.errors[field])
    assert form[field].value() == value.replace("\u200b\x00 ", "")
    page = response.content.decode()
    assert problems(page) == []
    assert f'id="id_{field}_error"' in page
    assert not Customer.objects.filter(name="Woodgrove Bank").exists()


def test_invisible_characters_are_left_out_and_said(alice: Client) -> None:
    response = alice.post(ADD, NEW | {"name": "Wood\u200bgrove\x07 Bank"}, follow=True)
    assert Customer.objects.get(contact_email=NEW["contact_email"]).name == "Woodgrove Bank"
    assert "Name: invisible characters were removed: U+200B" in words(response.content.decode())


def test_html_in_a_name_is_text(alice: Client) -> None:
    page = alice.post(ADD, NEW | {"name": "<script>x</script> & Söhne"}, follow=True).content
    assert b"<script>x" not in page
    assert "&lt;script&gt;x&lt;/script&gt; &amp; Söhne" in page.decode()


def test_home_shows_seats_users_sheets_and_what_happened(alice: Client, cast: Cast) -> None:
    office = ProductFactory.create(name="Office")
    subscription = SubscriptionFactory.create(
        customer=cast.contoso, product=office, quantity=4, holders=[cast.uma]
    )
    SubscriptionFactory.create(customer=cast.contoso, status=SubscriptionStatus.CANCELED)
    UserFactory.create(customer=cast.contoso, deleted=True)
    long_ago = timezone.now() - timedelta(days=40)
    UserFactory.create(
        customer=cast.contoso, deleted_at=long_ago, purge_after=long_ago + timedelta(days=30)
    )
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    page = alice.get(f"/customers/{cast.contoso.pk}/").content.decode()
    text = words(page)
    assert problems(page) == []
    assert "2 Active users" in text
    assert "1 Deleted users that can be restored" in text
    assert "0 Passwords to hand over" in text
    assert "3 Seats available" in text
    assert "Office 1 of 4 3 available" in text
    assert f'href="/customers/{cast.contoso.pk}/subscriptions/{subscription.pk}/"' in page
    assert "Sign-in blocked: Uma" in text
    assert f'href="/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"' in page


def test_home_shows_each_role_what_it_reaches(client: Client, cast: Cast) -> None:
    SubscriptionFactory.create(customer=cast.contoso, product__name="Office")
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    helper = UserFactory.create(customer=cast.contoso, roles=[Role.SERVICE_ADMIN])
    seen = {}
    for user in (cast.alice, cast.bob, helper):
        client.force_login(user)
        text = words(client.get(f"/customers/{cast.contoso.pk}/").content.decode())
        parts = ("Add user", "Office", "Passwords to hand over", "Sign-in blocked")
        seen[user.first_name] = [part for part in parts if part in text]
    assert seen == {
        "Alice": ["Add user", "Office", "Passwords to hand over", "Sign-in blocked"],
        "Bob": ["Office", "Passwords to hand over"],
        helper.first_name: [],
    }


def test_home_does_not_say_that_nothing_happened_where_a_role_sees_its_own_actions_only(
    client: Client, cast: Cast
) -> None:
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    client.force_login(cast.bob)
    text = words(client.get(f"/customers/{cast.contoso.pk}/").content.decode())
    assert "Your role shows your own actions only, and there are none yet." in text
    assert "Nothing has happened yet" not in text


def test_home_costs_the_same_for_one_and_many(alice: Client, cast: Cast) -> None:
    url = f"/customers/{cast.contoso.pk}/"
    SubscriptionFactory.create(customer=cast.contoso, holders=[cast.uma])
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    alice.get(url)
    few = queries(alice, url)
    users = UserFactory.create_batch(3, customer=cast.contoso)
    SubscriptionFactory.create_batch(3, customer=cast.contoso, holders=users)
    block_users(users, customer=cast.contoso, actor=cast.alice)
    assert Subscription.objects.count() == 4
    assert queries(alice, url) == few
