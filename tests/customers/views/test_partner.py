"""Pages about what is a partner's own: whose they are, and whose the row is that they name."""

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from tests.factories import ApplicationFactory, ProductFactory
from tests.support.cast import Cast


def both(cast: Cast, name: str) -> tuple[Model, Model]:
    """One of Fabrikam's and one of Litware's."""
    if name == "accounts:team":
        return cast.bob, cast.charlie
    if name == "catalog:product":
        products = [ProductFactory.create(partner=one) for one in (cast.fabrikam, cast.litware)]
        return products[0], products[1]
    rows = [ApplicationFactory.create(partner=one) for one in (cast.fabrikam, cast.litware)]
    return rows[0], rows[1]


PAGES = ("accounts:team", "catalog:product", "applications:application")


@pytest.mark.parametrize("name", PAGES)
def test_a_row_of_the_partners_is_shown_and_no_other(name: str, cast: Cast, client: Client) -> None:
    own, anothers = both(cast, name)
    client.force_login(cast.alice)
    rows = {"own": own.pk, "another's": anothers.pk, "none": own.pk + 10_000}
    found = {
        whose: client.get(reverse(f"{name}-detail", args=[pk])).status_code
        for whose, pk in rows.items()
    }
    assert found == {"own": 200, "another's": 404, "none": 404}


@pytest.mark.parametrize("name", PAGES)
def test_who_is_no_partners_has_no_such_page(name: str, cast: Cast, client: Client) -> None:
    for user, status in ((cast.support, 404), (cast.gail, 403)):
        client.force_login(user)
        assert client.get(reverse(f"{name}-list")).status_code == status
