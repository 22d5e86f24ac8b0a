"""The star of a customer: set where it is seen, and first in the list of customers."""

import re
from http import HTTPStatus

import pytest
from django.test import Client

from customers.places.rows import Favorite
from customers.services import places
from tests.support.cast import Cast


def test_the_star_is_set_on_the_page_and_leads_back_to_it(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    home = f"/customers/{cast.northwind.pk}/"
    page, star = f"{home}users/", f"{home}favorite/"
    assert 'aria-pressed="false" title="Favorite"' in client.get(page).content.decode()
    answer = client.post(star, {"on": "1", "next": page}, follow=True)
    assert answer.redirect_chain == [(page, HTTPStatus.FOUND)]
    html = answer.content.decode()
    assert "Northwind is a favorite." in html
    assert 'aria-pressed="true" title="Favorite"' in html
    client.post(star, {"on": "0", "next": "//elsewhere.example/"})
    assert not Favorite.objects.exists()


def test_favorites_are_first_in_the_list_until_it_is_sorted(client: Client, cast: Cast) -> None:
    Favorite.objects.create(owner=cast.alice, customer=cast.northwind)
    client.force_login(cast.alice)

    def names(query: str = "") -> list[str]:
        html = client.get(f"/customers/{query}").content.decode()
        return re.findall(r'<a href="/customers/\d+/">(\w+)</a>', html)

    assert names() == ["Northwind", "Contoso"]
    assert names("?q=o") == ["Northwind", "Contoso"]
    assert names("?sort=domain") == ["Contoso", "Northwind"]
    html = client.get("/customers/").content.decode()
    assert html.count("(Favorite)") == 1
    client.force_login(cast.bob)
    assert names() == ["Contoso", "Northwind"]


def test_too_many_stars_are_told(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MOST_FAVORITES", 0)
    client.force_login(cast.alice)
    answer = client.post(f"/customers/{cast.contoso.pk}/favorite/", {"on": "1"}, follow=True)
    assert "You can have up to 0 favorites." in answer.content.decode()


def test_anothers_customer_is_not_found(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    answer = client.post(f"/customers/{cast.adatum.pk}/favorite/", {"on": "1"})
    assert answer.status_code == HTTPStatus.NOT_FOUND
