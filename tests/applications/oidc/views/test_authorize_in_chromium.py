"""Uma opens Team Chat with her account of the portal, in a browser, until she may not any more."""

from collections.abc import Callable, Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.services.credentials import slips_of
from accounts.services.users import allow_users, block_users, reset_passwords
from applications.oidc.views import authorize
from tests.applications.oidc.team_chat import TeamChat
from tests.factories import ProductFactory, SubscriptionFactory, assign
from tests.support.browser import NewPage
from tests.support.cast import PASSWORD, Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)

UMA = "uma@contoso.example"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def chat(
    cast: Cast, live_server: LiveServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TeamChat]:
    """Team Chat, which everyone of Fabrikam's customers may enter."""
    settings.OIDC_ISSUER = live_server.url
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    chat = TeamChat().start()
    chat.register(cast.fabrikam, live_server.url)
    yield chat
    chat.stop()


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def sign_in(page: Page, password: str = PASSWORD) -> None:
    title(page, "Sign in")
    page.get_by_label("User name").fill(UMA)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_uma_signs_in_is_known_and_is_out_after_a_block(
    page: Page, cast: Cast, chat: TeamChat, console: list[str]
) -> None:
    cast.gives_password(cast.uma)
    page.goto(f"{chat.address}/login")
    # From the form, past the policy that lets a form lead nowhere else.
    sign_in(page)
    title(page, "Hello Uma")
    page.goto(f"{chat.address}/profile")
    title(page, UMA)
    page.goto(f"{chat.address}/refresh")
    title(page, "New tokens")
    # Once more, and nobody is asked anything.
    page.goto(f"{chat.address}/login")
    title(page, "Hello Uma")
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    page.goto(f"{chat.address}/profile")
    title(page, "401")
    page.goto(f"{chat.address}/refresh")
    title(page, "invalid_grant")
    page.goto(f"{chat.address}/login")
    title(page, "Sign in")
    allow_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    page.goto(f"{chat.address}/refresh")
    title(page, "invalid_grant")


def test_without_the_page_in_between_the_policy_of_forms_would_keep_uma_here(
    page: Page,
    cast: Cast,
    chat: TeamChat,
    console: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def straight(request: HttpRequest, address: str, _application: object) -> HttpResponse:
        return HttpResponse(status=302, headers={"Location": address})

    cast.gives_password(cast.uma)
    with monkeypatch.context() as patched:
        patched.setattr(authorize, "leave", straight)
        page.goto(f"{chat.address}/login")
        title(page, "Sign in")
        with page.expect_event("console", lambda message: "form-action" in message.text):
            sign_in(page)
        title(page, "Sign in")
    console.clear()
    # The same once more, with it.
    page.context.clear_cookies()
    page.goto(f"{chat.address}/login")
    sign_in(page)
    title(page, "Hello Uma")


def test_a_temporary_password_leads_to_the_application_that_was_asked_for(
    page: Page, cast: Cast, chat: TeamChat
) -> None:
    reset = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice)
    [slip] = slips_of(reset.sheet)
    page.goto(f"{chat.address}/login")
    sign_in(page, slip.password)
    title(page, "Choose a new password")
    page.get_by_label("New password", exact=True).fill("seven wooden rivers")
    page.get_by_label("Confirm new password").fill("seven wooden rivers")
    page.get_by_role("button", name="Save password").click()
    title(page, "Hello Uma")


def test_whoever_is_asked_to_prove_anew_comes_back(page: Page, cast: Cast, chat: TeamChat) -> None:
    cast.gives_password(cast.uma)
    page.goto(f"{chat.address}/login")
    sign_in(page)
    title(page, "Hello Uma")
    page.goto(f"{chat.address}/login?prompt=login")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    title(page, "Hello Uma")


def test_uma_signs_out_in_the_application_and_of_the_portal(
    page: Page, cast: Cast, chat: TeamChat
) -> None:
    cast.gives_password(cast.uma)
    page.goto(f"{chat.address}/login")
    sign_in(page)
    title(page, "Hello Uma")
    page.goto(f"{chat.address}/logout")
    title(page, "Bye")
    page.goto("/me/")
    title(page, "Sign in")


def test_without_a_license_the_page_says_which_one(
    cast: Cast,
    chat: TeamChat,
    page_as: Callable[..., Page],
    new_page: NewPage,
    console: list[str],
) -> None:
    product = ProductFactory.create(name="Teams", plans=["CHAT"])
    assert chat.application is not None
    chat.application.everyone = False
    chat.application.save()
    chat.application.plans.add(product.plans.get())
    page = page_as(cast.uma)
    page.goto(f"{chat.address}/login")
    title(page, "You can't open Team Chat")
    expect(page.get_by_text("CHAT (Teams)")).to_be_visible()
    # The answer is a 403, of which a browser writes a line.
    console.clear()
    assign(SubscriptionFactory.create(customer=cast.contoso, product=product), cast.uma)
    page.goto(f"{chat.address}/login")
    title(page, "Hello Uma")
