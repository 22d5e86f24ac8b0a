"""The search in the top bar: what each user finds, in which groups, on the page and in the list."""

import re
from http import HTTPStatus

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from customers.models import Customer
from customers.places.rows import Favorite
from customers.roles import Role
from customers.services.places import note_visit
from tests.factories import CustomerFactory, StaffFactory, UserFactory
from tests.support.cast import Cast

LIST = {"HX-Request": "true"}
Found = dict[str, list[tuple[str, str]]]


def found(user: User, text: str, **headers: str) -> Found:
    """Labels and customers of what is found, by group."""
    client = Client()
    client.force_login(user)
    page = client.get("/search/", {"q": text}, headers=headers)
    assert page.status_code == HTTPStatus.OK
    return {
        group.name: [(str(hit.label), hit.customer) for hit in group.hits]
        for group in page.context["groups"]
    }


def test_users_customers_and_pages_are_found(cast: Cast) -> None:
    UserFactory.create(customer=cast.northwind, display_name="Connie")
    UserFactory.create(customer=cast.adatum, display_name="Conrad")
    assert found(cast.alice, "con") == {
        "customers": [("Contoso", "")],
        "users": [("Connie", "Northwind"), ("Gail", "Contoso"), ("Uma", "Contoso")],
    }
    assert found(cast.alice, "gail") == {"users": [("Gail", "Contoso")]}
    assert found(cast.charlie, "con") == {"users": [("Conrad", "Adatum")]}


def test_a_hit_leads_to_its_page(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    for text, address in (
        ("uma", f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"),
        ("northwind", f"/customers/{cast.northwind.pk}/"),
        ("upload contoso", f"/customers/{cast.contoso.pk}/users/upload/"),
        ("contoso subscr", f"/customers/{cast.contoso.pk}/subscriptions/add/"),
        ("running", "/batches/"),
    ):
        html = client.get("/search/", {"q": text}).content.decode()
        [first, *_others] = re.findall(r'class="found-hit" href="([^"]+)"', html)
        assert first == address, text
        assert client.get(address).status_code == HTTPStatus.OK, text


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (
            Role.ACCOUNT_ADMIN,
            ["Add user", "Upload users", "Users and licenses", "Deleted users"],
        ),
        (Role.SALES_AGENT, ["Users and licenses", "Deleted users"]),
    ],
)
def test_pages_are_those_of_the_role(cast: Cast, role: Role, labels: list[str]) -> None:
    staff = StaffFactory.create(partner=cast.fabrikam, roles=[role])
    pages = found(staff, "user contoso")["pages"]
    assert [label for label, _customer in pages] == labels
    assert {customer for _label, customer in pages} == {"Contoso"}


def test_deleted_and_blocked_users_are_marked(client: Client, cast: Cast) -> None:
    UserFactory.create(customer=cast.contoso, display_name="Lindau", deleted=True)
    client.force_login(cast.alice)
    for headers in ({}, LIST):
        html = client.get("/search/", {"q": "lindau"}, headers=headers).content.decode()
        assert '<bdi>Lindau</bdi> <span class="found-mark">Deleted</span>' in html


def test_a_contact_is_shown_to_who_found_by_it(client: Client, cast: Cast) -> None:
    UserFactory.create(customer=cast.contoso, display_name="Ada", alternate_email="home@x.example")
    client.force_login(cast.alice)
    assert "· home@x.example" in client.get("/search/", {"q": "home@x"}).content.decode()
    assert "home@x.example" not in client.get("/search/", {"q": "ada@contoso"}).content.decode()


def test_an_administrator_finds_the_own_customers_users_alone(cast: Cast) -> None:
    UserFactory.create(customer=cast.northwind, display_name="Uma Other")
    assert found(cast.gail, "uma") == {"users": [("Uma", "Contoso")]}
    assert found(cast.gail, "northwind") == {}
    assert found(cast.gail, "uploads") == {"pages": [("Uploads", "Contoso")]}
    assert found(cast.gail, "catalog") == {}


def test_limited_staff_find_their_own_customers_alone(cast: Cast) -> None:
    UserFactory.create(customer=cast.northwind, display_name="Uma Other")
    own = {"partner": cast.fabrikam, "roles": [Role.HELPDESK_AGENT], "only": [cast.northwind]}
    limited = StaffFactory.create(**own)
    assert found(limited, "uma") == {"users": [("Uma Other", "Northwind")]}
    assert found(limited, "contoso") == {}
    assert found(limited, "users contoso") == {}


def test_without_a_role_there_is_no_search(client: Client, cast: Cast) -> None:
    for user, code in ((cast.uma, HTTPStatus.FORBIDDEN), (cast.support, HTTPStatus.NOT_FOUND)):
        client.force_login(user)
        assert client.get("/search/", {"q": "gail"}).status_code == code
        assert b"data-find" not in client.get("/me/account/").content
    client.force_login(cast.gail)
    assert b"data-find" in client.get("/me/account/").content


@pytest.mark.postgres
def test_without_scope_in_code_no_other_partners_users_are_found(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    UserFactory.create(customer=cast.adatum, display_name="Umax", alternate_email="umx@x.example")
    monkeypatch.setattr("customers.models.CustomerQuerySet.visible_to", lambda rows, _user: rows)
    assert found(cast.alice, "uma") == {"users": [("Uma", "Contoso")]}
    assert found(cast.alice, "umx@") == {}
    assert found(cast.alice, "adatum") == {}


@pytest.mark.parametrize("text", ["", "  ", "\0", "\u202e", "a" * 5_000, "🙂", "مرحبا", "%", "\\"])
@pytest.mark.parametrize("headers", [{}, LIST], ids=["page", "list"])
def test_any_text_is_answered(
    client: Client, cast: Cast, text: str, headers: dict[str, str]
) -> None:
    client.force_login(cast.alice)
    page = client.get("/search/", {"q": text}, headers=headers)
    assert (page.status_code, page.context["groups"]) == (HTTPStatus.OK, [])


def test_bytes_that_are_no_text_are_answered(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    for query in ("q=%ED%A0%80abc", "q=%FF%FEabc", "q=abc&q=uma", "p=1"):
        assert client.get(f"/search/?{query}").status_code == HTTPStatus.OK


def test_two_letters_are_told_to_be_few(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    for headers in ({}, LIST):
        html = client.get("/search/", {"q": "um"}, headers=headers).content.decode()
        assert "Type three letters or more to find users." in html


def test_the_list_has_few_of_each_and_leads_to_all(client: Client, cast: Cast) -> None:
    for number in range(12):
        UserFactory.create(customer=cast.contoso, display_name=f"Lindau {number}")
    client.force_login(cast.alice)
    html = client.get("/search/", {"q": "lindau"}, headers=LIST).content.decode()
    assert html.count('role="option"') == 8
    assert "More match: type more letters." in html
    assert 'href="/search/?q=lindau"' in html
    whole = client.get("/search/", {"q": "lindau"}).content.decode()
    assert whole.count('class="found-hit"') == 12


def test_names_are_escaped(client: Client, cast: Cast) -> None:
    UserFactory.create(customer=cast.contoso, display_name="<b>Lindau</b>")
    client.force_login(cast.alice)
    for headers in ({}, LIST):
        page = client.get("/search/", {"q": "lindau"}, headers=headers)
        assert b"<b>Lindau" not in page.content


def test_the_number_of_queries_does_not_grow(
    client: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(cast.alice)
    for _each in range(6):
        customer = CustomerFactory.create(partner=cast.fabrikam)
        UserFactory.create(customer=customer, display_name="Contoso")
    assert Customer.objects.count() == 9
    client.get("/search/", {"q": "contoso"})
    with django_assert_max_num_queries(11):
        client.get("/search/", {"q": "contoso"}, headers=LIST)
    with django_assert_max_num_queries(11):
        client.get("/search/", {"q": "upload contoso"}, headers=LIST)


def test_own_places_are_there_before_anything_is_typed(client: Client, cast: Cast) -> None:
    Favorite.objects.create(owner=cast.alice, customer=cast.northwind)
    note_visit(cast.northwind.pk, None, actor=cast.alice)
    note_visit(cast.contoso.pk, cast.uma.pk, actor=cast.alice)
    note_visit(cast.contoso.pk, cast.gail.pk, actor=cast.bob)
    assert found(cast.alice, "") == {
        "favorites": [("Northwind", "")],
        "recent": [("Uma", "Contoso"), ("Contoso", "")],
    }
    assert found(cast.sally, "") == {}


def test_favorites_and_users_opened_last_are_first(cast: Cast) -> None:
    CustomerFactory.create(partner=cast.fabrikam, name="Northeast")
    Favorite.objects.create(owner=cast.alice, customer=cast.northwind)
    for name in ("Lindau", "Lindberg"):
        user = UserFactory.create(customer=cast.contoso, display_name=name)
    note_visit(cast.contoso.pk, user.pk, actor=cast.alice)
    assert found(cast.alice, "north")["customers"] == [("Northwind", ""), ("Northeast", "")]
    assert [name for name, _of in found(cast.alice, "lind")["users"]] == ["Lindberg", "Lindau"]
    assert [name for name, _of in found(cast.bob, "lind")["users"]] == ["Lindau", "Lindberg"]
    assert [name for name, _of in found(cast.alice, "gail")["users"]] == ["Gail"]


def test_what_was_opened_and_is_no_longer_open_is_not_shown(cast: Cast) -> None:
    own = {"partner": cast.fabrikam, "roles": [Role.HELPDESK_AGENT], "only": [cast.contoso]}
    limited = StaffFactory.create(**own)
    note_visit(cast.contoso.pk, cast.uma.pk, actor=limited)
    assert found(limited, "") == {"recent": [("Uma", "Contoso"), ("Contoso", "")]}
    limited.allowed_customers.clear()
    assert (found(limited, ""), found(limited, "uma")) == ({}, {})
