"""What is left, of all addresses, to a user who has yet to choose a password or a second step."""

from http import HTTPStatus

import pytest
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from tests.access.test_access import BETWEEN, INSIDE, OPEN
from tests.accounts.signin.second_steps import give_app
from tests.api.pages.sources import CALLED_BY_SCRIPTS
from tests.applications.pages import CALLED
from tests.automation.pages.notices import BY_MAIL
from tests.support.access import World, address, signed_in
from tests.support.pages import names
from tests.support.role_table import BRAND

pytestmark = pytest.mark.usefixtures("quiet")

# What is left to staff who have to set up a second step first.
STEPLESS = {
    "account_logout",
    "account_reauthenticate",
    "accounts:password-choose",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    *("help", "keys", "theme"),
}
# What an application asked for is judged before who came with it, who is led on afterwards; what an
# email leads to is for whoever has it.
OF_APPLICATIONS = CALLED | CALLED_BY_SCRIPTS | BY_MAIL | BRAND


def test_a_temporary_password_leads_to_its_change_and_nowhere_else(world: World) -> None:
    user = world.cast.gail
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    choose = reverse("accounts:password-choose")
    reachable = {
        "accounts:password-choose",
        "account_logout",
        *("help", "keys", "theme"),
        *OPEN,
        *INSIDE,
        *OF_APPLICATIONS,
    }
    for name in sorted(set(names()) - reachable):
        client, url = signed_in(user), address(name, world)
        for response in (client.get(url), client.post(url)):
            assert (response.status_code, response.headers.get("Location")) == (302, choose), name


@pytest.mark.parametrize("who", ["alice", "bob", "support"])
def test_staff_without_a_second_step_reach_nothing_but_setting_one_up(
    who: str, world: World, settings: Settings
) -> None:
    settings.REQUIRE_MFA = True
    client = signed_in(getattr(world.cast, who))
    for name in sorted(set(names()) - STEPLESS - OPEN - INSIDE - BETWEEN - OF_APPLICATIONS):
        url = address(name, world)
        for response in (client.get(url), client.post(url)):
            found = (response.status_code, response.headers.get("Location"))
            assert found == (302, "/accounts/2fa/"), name
    for url in ("/admin/", "/admin/accounts/user/"):
        assert client.get(url).headers.get("Location") == "/accounts/2fa/", url


@pytest.mark.parametrize("who", ["gail", "uma"])
def test_customers_users_need_no_second_step(who: str, world: World, settings: Settings) -> None:
    settings.REQUIRE_MFA = True
    client = signed_in(getattr(world.cast, who))
    assert client.get(reverse("accounts:me")).status_code == HTTPStatus.OK


def test_staff_whose_session_has_not_taken_the_step_are_asked_for_it(
    world: World, settings: Settings
) -> None:
    """However the session came to be: by the password alone it reaches nothing."""
    give_app(world.cast.bob)
    settings.REQUIRE_MFA = True
    client = signed_in(world.cast.bob)
    for name in sorted(set(names()) - STEPLESS - OPEN - INSIDE - BETWEEN - OF_APPLICATIONS):
        url = address(name, world)
        for response in (client.get(url), client.post(url)):
            asked = response.headers.get("Location", "").partition("?")[0]
            assert (response.status_code, asked) == (302, "/accounts/2fa/reauthenticate/"), name
