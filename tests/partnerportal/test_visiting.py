"""Pages that are shown are noted: each place once, and only for those who were shown it."""

import pytest
from django.test import Client

from customers.places.rows import Visit
from tests.support.cast import Cast


def places(cast: Cast) -> list[tuple[str, str]]:
    rows = Visit.objects.filter(owner=cast.alice).select_related("customer", "user")
    return sorted((row.customer.name, str(row.user or "")) for row in rows)


def test_customers_and_users_are_noted(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    client.get(f"/customers/{cast.northwind.pk}/users/")
    client.get(f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/")
    assert places(cast) == [("Contoso", ""), ("Contoso", "Uma"), ("Northwind", "")]


@pytest.mark.parametrize("page", ["/customers/", "/team/", "/search/?q=contoso"])
def test_other_pages_are_not(client: Client, cast: Cast, page: str) -> None:
    client.force_login(cast.alice)
    client.get(page)
    assert places(cast) == []


def test_what_was_not_shown_is_not_noted(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    client.get(f"/customers/{cast.adatum.pk}/users/")
    client.get(f"/customers/{cast.contoso.pk}/users/999999/")
    client.get(f"/customers/{cast.contoso.pk}/users/", headers={"HX-Request": "true"})
    client.force_login(cast.gail)
    client.get(f"/customers/{cast.contoso.pk}/users/")
    assert not Visit.objects.exists()


def test_the_same_place_is_noted_once(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    address = f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"
    client.get(address)
    noted = Visit.objects.get(user=cast.uma).at
    client.get(address)
    client.get(f"/customers/{cast.contoso.pk}/users/")
    assert Visit.objects.get(user=cast.uma).at == noted
