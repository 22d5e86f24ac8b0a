"""Whose look a page has: by the user, by the host, by a link, by what the device remembers."""

import re
from http import HTTPStatus

import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from customers.branding.pages import portal_host
from customers.branding.rows import HostName
from customers.models import Partner
from customers.services.partners import change_branding
from partnerportal.frame import branding
from partnerportal.frame.branding import COOKIE, brand_of, helper_of
from tests.accounts.signin.second_steps import give_app
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
FORGOT = "/accounts/forgot/"


@pytest.fixture
def fabrikam(cast: Cast) -> Partner:
    change_branding(
        cast.fabrikam,
        actor=cast.alice,
        brand_name="Fabrikam Cloud",
        brand_color="#d4002a",
        help_phone="+1 555 0100",
    )
    cast.fabrikam.refresh_from_db()
    return cast.fabrikam


def link(partner: Partner) -> str:
    return f"{LOGIN}?partner={partner.brand_slug}"


def shown(client: Client, path: str = LOGIN, **extra: str) -> str:
    """The name in the top bar."""
    page = client.get(path, **extra).content.decode()  # type: ignore[arg-type]
    bar = page.partition('class="topbar-brand"')[2].partition("</a>")[0]
    [name] = re.findall(r'<span class="brand-(?:name|own)">([^<]+)</span>', bar)
    styled = "/branding/colors/1/d4002a.css" in page
    assert styled is (name == "Fabrikam Cloud")
    return str(name)


def test_a_link_shows_the_partners_page_and_the_device_remembers_it(
    client: Client, fabrikam: Partner
) -> None:
    assert shown(client) == "Partner Portal"
    assert COOKIE not in client.cookies
    assert shown(client, link(fabrikam)) == "Fabrikam Cloud"
    cookie = client.cookies[COOKIE]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == (
        fabrikam.brand_slug,
        True,
        "Lax",
    )
    for path in (LOGIN, "/accounts/inactive/", "/no/such/page/"):
        assert shown(client, path) == "Fabrikam Cloud"
    forgot = client.get(FORGOT).content.decode()
    assert "Ask its administrator, or Fabrikam Cloud: +1 555 0100" in forgot


@pytest.mark.parametrize(
    "slug", ["", "x", "aaaaaaaaaaaa", "A" * 12, "ä" * 12, "a'\"<script>", "a" * 5_000, "\0" * 12]
)
def test_a_link_that_leads_to_no_partner_is_the_plain_page(
    client: Client, fabrikam: Partner, slug: str
) -> None:
    plain = client.get(LOGIN).content.decode()
    response = client.get(LOGIN, {"partner": slug})
    assert _without_tokens(response.content.decode()) == _without_tokens(plain)
    assert COOKIE not in response.cookies


def _without_tokens(page: str) -> str:
    return re.sub(r"[A-Za-z0-9]{64}", "token", page)


def test_only_the_sign_in_page_takes_a_link(client: Client, fabrikam: Partner) -> None:
    assert shown(client, f"/accounts/inactive/?partner={fabrikam.brand_slug}") == "Partner Portal"
    assert COOKIE not in client.cookies


def test_what_a_browser_keeps_for_good_brings_no_cookie(
    client: Client, cast: Cast, fabrikam: Partner
) -> None:
    client.force_login(cast.uma)
    response = client.get("/branding/colors/1/d4002a.css")
    assert (response.status_code, COOKIE in response.cookies) == (HTTPStatus.OK, False)
    assert COOKIE in client.get("/me/account/").cookies


def test_what_a_cookie_says_is_no_oracle_either(client: Client, fabrikam: Partner) -> None:
    client.cookies[COOKIE] = "aaaaaaaaaaaa"
    assert shown(client) == "Partner Portal"


def test_a_host_name_shows_its_partner_whatever_a_link_says(
    client: Client, cast: Cast, fabrikam: Partner, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "portal.fabrikam.example"]
    HostName.objects.create(partner=fabrikam, name="portal.fabrikam.example")
    assert shown(client, HTTP_HOST="portal.fabrikam.example:8443") == "Fabrikam Cloud"
    assert shown(client) == "Partner Portal"
    change_branding(cast.litware, actor=cast.charlie, brand_name="Litware Hub")
    cast.litware.refresh_from_db()
    assert shown(client, link(cast.litware)) == "Litware Hub"
    assert shown(client, HTTP_HOST="portal.fabrikam.example") == "Fabrikam Cloud"


@pytest.mark.parametrize("who", ["uma", "gail", "alice"])
def test_users_see_the_look_of_their_partner_and_come_back_to_it(
    client: Client, cast: Cast, fabrikam: Partner, who: str
) -> None:
    client.force_login(getattr(cast, who))
    page = client.get("/me/account/")
    assert "Fabrikam Cloud" in page.content.decode()
    # Partner staff are those who are called.
    assert ('href="tel:+15550100"' in page.content.decode()) is (who != "alice")
    client.post("/accounts/logout/")
    assert shown(client) == "Fabrikam Cloud"


def test_another_partners_users_and_support_staff_see_the_portals_own(
    client: Client, cast: Cast, fabrikam: Partner
) -> None:
    client.get(link(fabrikam))
    client.force_login(cast.support)
    assert shown(client, "/me/account/") == "Partner Portal"
    client.force_login(cast.charlie)
    assert shown(client, "/me/account/") == "Partner Portal"
    # This device is Litware's now, which has no page of its own.
    client.post("/accounts/logout/")
    assert shown(client) == "Partner Portal"


def test_the_second_step_and_a_new_password_are_the_partners_too(
    client: Client, cast: Cast, fabrikam: Partner
) -> None:
    give_app(cast.uma)
    password = cast.gives_password(cast.uma)
    response = client.post(LOGIN, {"login": cast.uma.user_name, "password": password})
    assert response.headers["Location"] == "/accounts/2fa/authenticate/"
    assert shown(client, "/accounts/2fa/authenticate/") == "Fabrikam Cloud"
    User.objects.filter(pk=cast.gail.pk).update(must_change_password=True)
    client.force_login(cast.gail)
    choose = client.get("/me/account/").headers["Location"]
    assert shown(client, choose) == "Fabrikam Cloud"
    assert client.get("/branding/colors/1/d4002a.css").status_code == HTTPStatus.OK


def test_a_refusal_names_whom_to_call(client: Client, cast: Cast, fabrikam: Partner) -> None:
    client.force_login(cast.uma)
    page = client.get(f"/customers/{cast.contoso.pk}/users/")
    assert page.status_code == HTTPStatus.FORBIDDEN
    text = " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())
    assert "Help from Fabrikam Cloud: +1 555 0100" in text


def test_a_page_asks_nothing_more_for_it(
    client: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(cast.uma)
    client.get("/me/account/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/me/account/")
    plain = len(asked)
    change_branding(cast.fabrikam, actor=cast.alice, brand_name="Fabrikam Cloud")
    client.get("/me/account/")
    with django_assert_num_queries(plain):
        page = client.get("/me/account/")
    assert "Fabrikam Cloud" in page.content.decode()
    stranger = Client(headers={"host": portal_host()})
    with django_assert_num_queries(0):
        stranger.get(LOGIN)
    cast.fabrikam.refresh_from_db()
    with django_assert_num_queries(1):
        stranger.get(link(cast.fabrikam))


def test_an_error_page_is_shown_without_a_database(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_wanted: str) -> None:
        raise OperationalError

    monkeypatch.setattr(branding, "brand_named", away)
    request = RequestFactory().get(LOGIN)
    request.COOKIES[COOKIE] = "aaaaaaaaaaaa"
    assert brand_of(request) is helper_of(request) is None
