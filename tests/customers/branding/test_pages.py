"""The address of a partner's sign-in page, to type and to click."""

import pytest
from pytest_django import Settings

from customers import scope
from customers.branding.pages import portal_host, sign_in_link, sign_in_page
from customers.branding.rows import HostName
from customers.services.partners import change_branding
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def issuer(settings: Settings) -> None:
    settings.OIDC_ISSUER = "https://portal.example:8443"


def test_without_a_look_it_is_the_portals_own(cast: Cast) -> None:
    own = "https://portal.example:8443/accounts/login/"
    assert sign_in_page(cast.fabrikam) == sign_in_link(cast.fabrikam) == own
    here = "https://other.example/accounts/login/"
    assert sign_in_page(cast.fabrikam, here) == here
    assert portal_host() == "portal.example"


def test_with_a_look_the_link_names_the_partner(cast: Cast) -> None:
    change_branding(cast.fabrikam, actor=cast.alice, brand_name="Fabrikam Cloud")
    cast.fabrikam.refresh_from_db()
    page = "https://portal.example:8443/accounts/login/"
    assert sign_in_page(cast.fabrikam) == page
    assert sign_in_link(cast.fabrikam) == f"{page}?partner={cast.fabrikam.brand_slug}"


def test_a_host_name_of_its_own_says_it_all(cast: Cast) -> None:
    change_branding(cast.fabrikam, actor=cast.alice, brand_name="Fabrikam Cloud")
    cast.fabrikam.refresh_from_db()
    HostName.objects.create(partner=cast.fabrikam, name="portal.fabrikam.example")
    own = "https://portal.fabrikam.example:8443/accounts/login/"
    here = "https://other.example/accounts/login/"
    assert sign_in_link(cast.fabrikam) == sign_in_page(cast.fabrikam, here) == own


def test_another_partners_host_name_is_on_no_slip(cast: Cast) -> None:
    HostName.objects.create(partner=cast.litware, name="portal.litware.example")
    here = "https://portal.litware.example:8443/accounts/login/"
    own = "https://portal.example:8443/accounts/login/"
    with scope.within(scope.Scope(scope.WEB, partner=cast.fabrikam.pk)):
        assert sign_in_page(cast.fabrikam, here) == own
    assert sign_in_page(cast.litware, here) == here
