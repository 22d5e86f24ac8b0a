"""Logo and colors: what a stranger gets, and for how long a browser keeps it."""

from http import HTTPStatus

import pytest
from django.test import Client

from customers.branding.brands import brand_of_partner, style_url
from customers.branding.pictures import read_picture
from customers.models import Partner
from customers.services.partners import change_branding
from tests.customers.branding.pictures import picture
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
KEPT = "public, max-age=31536000, immutable"


@pytest.fixture
def fabrikam(cast: Cast) -> Partner:
    change_branding(cast.fabrikam, actor=cast.alice, logo=read_picture(picture()))
    cast.fabrikam.refresh_from_db()
    return cast.fabrikam


def test_a_stranger_gets_the_logo_as_a_picture_and_nothing_else(
    client: Client, fabrikam: Partner
) -> None:
    response = client.get(brand_of_partner(fabrikam).logo_url)
    assert response.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == KEPT
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not response.cookies


def test_a_new_logo_has_a_new_address_and_the_old_one_is_gone(
    client: Client, cast: Cast, fabrikam: Partner
) -> None:
    old = brand_of_partner(fabrikam).logo_url
    change_branding(fabrikam, actor=cast.alice, logo=read_picture(picture(color=(1, 2, 3))))
    fabrikam.refresh_from_db()
    new = brand_of_partner(fabrikam).logo_url
    assert new != old
    assert client.get(new).status_code == HTTPStatus.OK
    assert client.get(old).status_code == HTTPStatus.NOT_FOUND
    change_branding(fabrikam, actor=cast.alice, logo_digest="")
    assert client.get(new).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    "path",
    [
        "/branding/logo/aaaaaaaaaaaa/0123456789abcdef.png",
        "/branding/logo/../0123456789abcdef.png",
        "/branding/colors/2/d4002a.css",
        "/branding/colors/1/d4002.css",
        "/branding/colors/1/D4002A.css",
        "/branding/colors/1/red;}.css",
    ],
)
def test_any_other_address_is_a_404(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == HTTPStatus.NOT_FOUND


def test_colors_are_a_stylesheet_that_asks_no_database(
    client: Client, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        response = client.get(style_url("#d4002a"))
    assert response.headers["Content-Type"] == "text/css"
    assert response.headers["Cache-Control"] == KEPT
    assert "--accent: #d4002a;" in response.content.decode()
    preview = client.get(style_url("#d4002a", preview=True)).content.decode()
    assert ".brand-preview" in preview
    assert ":root" not in preview
