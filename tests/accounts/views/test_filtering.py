"""Filters in words: a chip for each condition, which leads to the list without it."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client

from accounts.queries.selections import filter_of
from accounts.services.filters import save_filter
from accounts.views.filtering import Chip, chips, days_label, list_query, list_url, permission_label
from customers.roles import Role
from licensing.models import Subscription
from tests.accounts.verbs import subscribe
from tests.factories import UserFactory
from tests.support.cast import Cast
from tests.support.forms import read, words
from tests.support.html import problems


def chips_of(cast: Cast, query: str, **kept: str) -> dict[str, dict[str, str]]:
    """By label, the parameters that are left when it is taken away."""
    found: list[Chip] = chips(filter_of(cast.contoso, QueryDict(query)), kept)
    return {chip.label: dict(parse_qsl(urlsplit(chip.url).query)) for chip in found}


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    return subscribe(cast, "Teams", cast.uma)


def test_no_condition_is_no_chip(cast: Cast) -> None:
    assert chips_of(cast, "") == {}
    assert chips_of(cast, "q=ada&sort=-name") == {}


def test_a_condition_on_what_there_is_not_can_be_taken_away(cast: Cast) -> None:
    found = chips_of(cast, "filter=nonsense&days=x&role=y")
    assert found == {"Unknown or removed": {}}


def test_each_condition_can_be_taken_away_alone(cast: Cast) -> None:
    query = f"filter=unlicensed,blocked&role={Role.USER_ADMIN.value}"
    found = chips_of(cast, query)
    assert set(found) == {
        "Without any license",
        "Sign-in blocked",
        str(Role.USER_ADMIN.label),
    }
    assert found["Sign-in blocked"] == {
        "filter": "unlicensed,role",
        "role": Role.USER_ADMIN.value,
    }
    assert found["Without any license"]["filter"] == "blocked,role"
    assert found[str(Role.USER_ADMIN.label)] == {"filter": "unlicensed,blocked"}


def test_a_subscription_goes_with_the_condition_that_names_it(
    cast: Cast, teams: Subscription
) -> None:
    for name, label in (("with", "With Teams"), ("without", "Without Teams")):
        found = chips_of(cast, f"filter={name},blocked&subscription={teams.pk}")
        assert found[label] == {"filter": "blocked"}
        assert found["Sign-in blocked"]["subscription"] == str(teams.pk)


def test_search_order_and_selection_stay(cast: Cast) -> None:
    found = chips_of(cast, "filter=blocked&q=ada", sort="-name", s="token")
    assert found["Sign-in blocked"] == {"q": "ada", "sort": "-name", "s": "token"}


def test_what_takes_it_away_says_so(cast: Cast) -> None:
    [chip] = chips(filter_of(cast.contoso, QueryDict("filter=blocked")), {})
    assert chip.remove_label == "Remove the filter “Sign-in blocked”"


def test_labels_of_permissions_and_days() -> None:
    assert permission_label(Role.GLOBAL_ADMIN.value) == str(Role.GLOBAL_ADMIN.label)
    assert permission_label("user") == "User (no administrator)"
    assert days_label(30) == "Added in the last 30 days"


def test_an_address_keeps_its_commas_and_escapes_the_rest() -> None:
    assert list_query({"filter": "a,b", "q": "x&y=z"}) == "?filter=a,b&q=x%26y%3Dz"
    assert list_url(3, {}) == "/customers/3/users/"
    assert list_url(3, {"q": "ada"}) == "/customers/3/users/?q=ada"


def test_the_page_stands_on_its_own_and_in_the_list(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    url = f"/customers/{cast.contoso.pk}/users/filter/?filter=blocked"
    html = read(client, url)
    assert problems(html) == []
    assert "<html" in html
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part


def test_saved_filters_are_in_the_order_of_their_names(client: Client, cast: Cast) -> None:
    blocked = filter_of(cast.contoso, QueryDict("filter=blocked"))
    for name in ("zeta", "Alpha", "beta"):
        save_filter(
            name, blocked, customer=cast.contoso, actor=cast.alice, is_shared=False,
            is_general=False,
        )  # fmt: skip
    client.force_login(cast.alice)
    response = client.get(f"/customers/{cast.contoso.pk}/users/filter/?filter=blocked")
    saved = response.context["saved"]
    assert [each["row"].name for each in saved] == ["Alpha", "beta", "zeta"]
    assert all(each["is_current"] and each["is_own"] for each in saved)
    assert "Alpha" in words(response.content.decode())


def test_the_panel_asks_for_fields_that_many_have_alike(client: Client, cast: Cast) -> None:
    for department, title, country in (("Sales", "Clerk", "SE"), ("Support", "", "NO")):
        UserFactory.create(
            customer=cast.contoso, department=department, job_title=title, usage_location=country
        )
    client.force_login(cast.alice)
    url = f"/customers/{cast.contoso.pk}/users/filter/?department=Sales&title=Clerk&location=SE"
    page = client.get(url)
    assert problems(page.content.decode()) == []
    fields = {name: page.context[name] for name in ("departments", "titles")}
    assert fields == {"departments": ["Sales", "Support"], "titles": ["Clerk"]}
    taken = [
        (choice.label, choice.value) for choice in page.context["locations"] if choice.is_taken
    ]
    assert taken == [("Sweden", "SE")]
    assert 'value="Clerk" list="filter-titles"' in page.content.decode()


def test_a_country_of_nobody_stays_chosen(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    page = client.get(f"/customers/{cast.contoso.pk}/users/filter/?location=IS")
    assert ("Iceland", True) in [(one.label, one.is_taken) for one in page.context["locations"]]


def test_use_and_domain_are_told_in_plain_words(cast: Cast) -> None:
    query = "filter=never-signed-in,signed-in-before,expired,expiring"
    found = chips_of(cast, f"{query}&date=2026-03-09&domain=contoso.example")
    assert list(found) == [
        "Temporary password expired",
        "Temporary password about to expire",
        "Never signed in",
        "Last sign-in before 9 Mar 2026",
        "Domain: contoso.example",
    ]
    day = found["Last sign-in before 9 Mar 2026"]
    assert "date" not in day
    assert day["filter"] == "expired,expiring,never-signed-in"
    assert "domain" not in found["Domain: contoso.example"]


def test_the_panel_asks_for_domain_and_last_sign_in(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    url = f"/customers/{cast.contoso.pk}/users/filter/"
    page = client.get(f"{url}?filter=signed-in-before&date=2026-03-09&domain=gone.example")
    assert problems(page.content.decode()) == []
    assert 'value="2026-03-09"' in page.content.decode()
    taken = [choice.value for choice in page.context["last_sign_in"] if choice.is_taken]
    assert taken == ["signed-in-before"]
    names = [(choice.value, choice.is_taken) for choice in page.context["domains"]]
    own = list(cast.contoso.domains.values_list("name", flat=True))
    assert sorted(names) == sorted([("gone.example", True), *((name, False) for name in own)])
