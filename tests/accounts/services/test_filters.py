"""Filters by name: saved from the list, offered to oneself or the team, and deleted again."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import SavedFilter, User
from accounts.queries.filters import UserFilter
from accounts.services.filters import delete_filter, save_filter
from customers.errors import Refused
from customers.models import Customer
from customers.roles import Role
from tests.factories import StaffFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.support.forms import read, told
from tests.support.html import problems

BLOCKED = UserFilter(q="lind", sign_in=("blocked",))


def panel(customer: Customer, query: str = "") -> str:
    return f"/customers/{customer.pk}/users/filter/?{query}"


def offered(user: User, customer: Customer) -> list[str]:
    found = SavedFilter.objects.open_to(user, customer)
    return sorted(found.values_list("name", flat=True))


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def save(client: Client, url: str, **values: str) -> Any:
    return client.post(url, values)


def test_the_filter_of_the_list_is_saved_with_its_search(alice: Client, cast: Cast) -> None:
    url = panel(cast.contoso, "q=lind&filter=blocked&sort=-name&s=t")
    response = save(alice, url, name=" Blocked  ones\u200b ")
    saved = SavedFilter.objects.get()
    assert (saved.name, saved.query) == ("Blocked  ones", {"q": "lind", "filter": "blocked"})
    assert (saved.owner, saved.customer, saved.is_shared) == (cast.alice, cast.contoso, False)
    users = f"/customers/{cast.contoso.pk}/users/"
    assert response["Location"] == f"{users}?q=lind&filter=blocked&sort=-name&s=t"
    html = read(alice, panel(cast.contoso))
    assert f'<a href="{users}?q=lind&amp;filter=blocked">Blocked  ones</a>' in html
    assert problems(html) == []


def test_who_is_offered_what(cast: Cast) -> None:
    colleague = StaffFactory.create(partner=cast.fabrikam, roles=[Role.HELPDESK_AGENT])
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    for name, where in {
        "mine": {},
        "team's": {"is_shared": True},
        "everywhere": {"is_general": True},
        "team's everywhere": {"is_general": True, "is_shared": True},
    }.items():
        save_filter(name, BLOCKED, customer=cast.contoso, actor=cast.alice, **where)
    save_filter("gail's", BLOCKED, customer=cast.contoso, actor=cast.gail)
    save_filter("admins'", BLOCKED, customer=cast.contoso, actor=cast.gail, is_shared=True)
    assert offered(cast.alice, cast.contoso) == [
        "everywhere",
        "mine",
        "team's",
        "team's everywhere",
    ]
    assert offered(cast.alice, cast.northwind) == ["everywhere", "team's everywhere"]
    assert offered(colleague, cast.contoso) == ["team's", "team's everywhere"]
    assert offered(colleague, cast.northwind) == ["team's everywhere"]
    assert offered(admin, cast.contoso) == ["admins'"]
    assert offered(cast.gail, cast.contoso) == ["admins'", "gail's"]
    assert offered(cast.charlie, cast.adatum) == []


@pytest.mark.parametrize("general", [True, False])
def test_a_name_is_taken_once(alice: Client, cast: Cast, *, general: bool) -> None:
    save_filter("Blocked", BLOCKED, customer=cast.contoso, actor=cast.alice, is_general=general)
    response = save(alice, panel(cast.contoso, "filter=blocked"), name="BLOCKED")
    text = told(response)
    assert "A filter with this name already exists." in text
    assert response.context["form"].errors["name"]
    assert problems(response.content.decode()) == []
    assert SavedFilter.objects.count() == 1
    # Another user may use the name, and so may another customer.
    save_filter("blocked", BLOCKED, customer=cast.contoso, actor=cast.bob)
    if not general:
        save_filter("blocked", BLOCKED, customer=cast.northwind, actor=cast.alice)


@pytest.mark.parametrize("general", [True, False])
def test_the_database_keeps_names_apart(cast: Cast, *, general: bool) -> None:
    where = None if general else cast.contoso
    SavedFilter.objects.create(owner=cast.alice, customer=where, name="Blocked")
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedFilter.objects.create(owner=cast.alice, customer=where, name="blocked")


def test_a_name_of_the_team_is_taken_too(cast: Cast) -> None:
    save_filter("Blocked", BLOCKED, customer=cast.contoso, actor=cast.bob, is_shared=True)
    with pytest.raises(Refused, match="A filter with this name already exists"):
        save_filter("blocked", BLOCKED, customer=cast.contoso, actor=cast.alice)


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "x" * 81])
def test_a_name_is_needed_and_short(alice: Client, cast: Cast, name: str) -> None:
    response = save(alice, panel(cast.contoso, "filter=blocked"), name=name)
    assert response.context["form"].errors["name"]
    assert not SavedFilter.objects.exists()


def test_a_subscription_is_one_customers(alice: Client, cast: Cast) -> None:
    subscription = SubscriptionFactory.create(customer=cast.contoso)
    url = panel(cast.contoso, f"filter=with&subscription={subscription.pk}")
    response = save(alice, url, name="Mail", is_general="on")
    assert "This filter names a subscription of Contoso" in told(response)
    assert not SavedFilter.objects.exists()
    save(alice, url, name="Mail")
    assert SavedFilter.objects.get().query["subscription"] == str(subscription.pk)


def test_a_customers_administrator_saves_for_the_own_one(client: Client, cast: Cast) -> None:
    client.force_login(cast.gail)
    url = panel(cast.contoso, "filter=blocked")
    assert "For all customers" not in read(client, url)
    save(client, url, name="Blocked", is_general="on", is_shared="on")
    assert SavedFilter.objects.get().customer == cast.contoso
    with pytest.raises(Refused, match="You look after one customer"):
        save_filter("b", BLOCKED, customer=cast.contoso, actor=cast.gail, is_general=True)


def test_ones_own_is_deleted(alice: Client, cast: Cast) -> None:
    saved = save_filter("Blocked", BLOCKED, customer=cast.contoso, actor=cast.alice)
    url = f"/customers/{cast.contoso.pk}/users/filter/{saved.pk}/delete/"
    assert alice.get(url).status_code == 405
    response = alice.post(url, follow=True)
    assert "The filter “Blocked” is deleted." in told(response)
    assert not SavedFilter.objects.exists()
    assert alice.post(url).status_code == 404


def test_the_teams_is_picked_but_not_deleted(alice: Client, cast: Cast) -> None:
    saved = save_filter("Bobs", BLOCKED, customer=cast.contoso, actor=cast.bob, is_shared=True)
    html = read(alice, panel(cast.contoso))
    assert "Bobs" in html
    assert "Delete the filter" not in html
    with pytest.raises(Refused, match="Only the user who saved"):
        delete_filter(saved, actor=cast.alice)


def test_nothing_to_save_is_said(alice: Client, cast: Cast) -> None:
    html = read(alice, panel(cast.contoso))
    assert "Apply a filter or search" in html
    assert "Save filter" not in html
    assert problems(html) == []
