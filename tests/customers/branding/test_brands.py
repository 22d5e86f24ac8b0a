"""Whose brand a stranger is shown, and that nothing else is told."""

import pytest

from customers import scope
from customers.branding.brands import (
    FACTS,
    brand_from,
    brand_named,
    brand_of_partner,
    find_logo,
    own_host,
)
from customers.branding.pictures import read_picture
from customers.branding.rows import HostName
from customers.models import Partner
from customers.scope import NOBODY
from customers.services.partners import change_branding
from tests.support.cast import Cast

from .pictures import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def fabrikam(cast: Cast) -> Partner:
    change_branding(
        cast.fabrikam,
        actor=cast.alice,
        logo=read_picture(picture()),
        brand_name="Fabrikam Cloud",
        brand_color="#d4002a",
        help_phone="+1 555 0100",
    )
    HostName.objects.create(partner=cast.fabrikam, name="portal.fabrikam.example")
    cast.fabrikam.refresh_from_db()
    return cast.fabrikam


def test_it_is_found_by_slug_and_by_host_before_sign_in(fabrikam: Partner, cast: Cast) -> None:
    wanted = brand_of_partner(fabrikam)
    with scope.within(NOBODY):
        assert brand_named(slug=fabrikam.brand_slug) == wanted
        assert brand_named(host="portal.fabrikam.example") == wanted
        # A host name says more than what a device remembers.
        assert brand_named(slug="x" * 12, host="portal.fabrikam.example") == wanted
        assert brand_named(slug=fabrikam.brand_slug, host="elsewhere.example") == wanted
        for nothing in ({}, {"slug": ""}, {"slug": "x" * 12}, {"host": "localhost"}):
            assert brand_named(**nothing) is None
    assert (wanted.shown_name, wanted.has_look) == ("Fabrikam Cloud", True)
    assert wanted.help_line == "+1 555 0100"
    assert wanted.dialed == "+15550100"


def test_a_partner_without_a_look_is_found_by_nothing(cast: Cast) -> None:
    assert cast.litware.brand_slug == ""
    assert brand_named(slug="") is None
    brand = brand_of_partner(cast.litware)
    assert (brand.has_look, brand.shown_name, brand.help_line) == (False, "Litware", "")
    assert (brand.logo_url, brand.style_url) == ("", "")


def test_only_what_a_sign_in_page_shows_is_told() -> None:
    assert set(FACTS.values()) == {
        *("name", "brand_name", "brand_slug", "brand_color"),
        *("logo_digest", "logo_width", "logo_height", "logo_on_dark"),
        *("help_phone", "help_email", "help_note"),
    }
    assert brand_from(None) is None


def test_a_logo_is_found_by_its_whole_address(fabrikam: Partner) -> None:
    slug, digest = fabrikam.brand_slug, fabrikam.logo_digest
    with scope.within(NOBODY):
        found = find_logo(slug, digest)
        assert found is not None
        assert found[:8] == b"\x89PNG\r\n\x1a\n"
        for wrong in ((slug, "0" * 16), ("x" * 12, digest), ("", digest)):
            assert find_logo(*wrong) is None
    assert own_host(fabrikam) == "portal.fabrikam.example"
