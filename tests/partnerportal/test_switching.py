"""The switcher: the user's own customers, those that match, and the same page of each."""

import re
from http import HTTPStatus

import pytest
from django.test import Client

from customers.models import Customer
from customers.places.rows import Favorite
from customers.services.places import note_visit
from tests.factories import CustomerFactory
from tests.support.cast import Cast

PANEL = {"HX-Request": "true"}


def groups(client: Client, customer: Customer, **query: str) -> dict[str, list[str]]:
    page = client.get(f"/customers/{customer.pk}/switch/", query)
    assert page.status_code == HTTPStatus.OK
    return {
        group.label: [choice.name for choice in group.customers] for group in page.context["groups"]
    }


def test_favorites_and_recent_ones_are_there_before_anything_is_typed(
    client: Client, cast: Cast
) -> None:
    woodgrove = CustomerFactory.create(partner=cast.fabrikam, name="Woodgrove")
    Favorite.objects.create(owner=cast.alice, customer=woodgrove)
    for customer in (cast.northwind, woodgrove, cast.contoso):
        note_visit(customer.pk, None, actor=cast.alice)
    client.force_login(cast.alice)
    found = groups(client, cast.contoso)
    assert found == {"Favorites": ["Woodgrove"], "Recent": ["Northwind"]}
    assert groups(client, woodgrove)["Recent"] == ["Contoso", "Northwind"]


def test_others_are_found_by_name_and_domain(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    assert groups(client, cast.contoso, q="north") == {"Customers": ["Northwind"]}
    assert groups(client, cast.contoso, q="northwind.example") == {"Customers": ["Northwind"]}
    for text in ("contoso", "adatum", "\0", "🙂", "x" * 5_000):
        assert groups(client, cast.contoso, q=text).get("Customers", []) == [], text


@pytest.mark.parametrize(
    ("at", "page"),
    [
        ("licensing:subscription-list", "subscriptions/"),
        ("customers:customer-detail", ""),
        ("uploads:upload-add", "users/upload/"),
        ("accounts:user-detail", "users/"),
        ("accounts:team-list", "users/"),
        ("nothing", "users/"),
        ("", "users/"),
    ],
)
def test_it_leads_to_the_same_page_or_else_to_the_users(
    client: Client, cast: Cast, at: str, page: str
) -> None:
    client.force_login(cast.alice)
    for headers in ({}, PANEL):
        query = {"q": "northwind", "at": at}
        html = client.get(
            f"/customers/{cast.contoso.pk}/switch/", query, headers=headers
        ).content.decode()
        own = html[html.index('id="switch-list"') :]
        assert re.findall(r'<a href="([^"]+)"', own)[0] == f"/customers/{cast.northwind.pk}/{page}"


def test_the_menu_has_it_for_those_with_several_customers(client: Client, cast: Cast) -> None:
    for user, has_it in ((cast.alice, True), (cast.gail, False)):
        client.force_login(user)
        html = client.get(f"/customers/{cast.contoso.pk}/subscriptions/").content.decode()
        assert ("data-switch" in html) is has_it
        assert ("at=licensing%3Asubscription-list" in html) is has_it
