"""A partner's account admin looks after applications in the browser."""

import html
import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from applications.models import Application
from applications.recipes import RECIPES
from customers.roles import Role
from tests.applications.conftest import Chat
from tests.applications.forms.test_applications import WIKI, sent
from tests.factories import (
    ApplicationFactory,
    AppSessionFactory,
    StaffFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.support.cast import Cast

LIST, ADD = reverse("applications:application-list"), reverse("applications:application-add")
REDIRECT = "https://wiki.example/callback"


def url(name: str, application: Application) -> str:
    return reverse(f"applications:application-{name}", args=[application.pk])


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def text_of(page: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def test_the_first_application_is_offered_to_be_added(alice: Client) -> None:
    page = alice.get(LIST)
    assert "No applications yet" in text_of(page)
    assert page.content.decode().count(f'href="{ADD}"') == 1


def test_a_new_application_shows_id_and_secret_until_done(alice: Client) -> None:
    answer = alice.post(ADD, sent(redirect_uris=REDIRECT))
    application = Application.objects.select_related("client").get()
    assert answer.headers["Location"] == url("secret", application)
    page = alice.get(url("secret", application))
    secret = page.context["secret"]
    assert (str(application.client_id) in text_of(page), secret in text_of(page)) == (True, True)
    assert application.client is not None
    assert application.client.check_secret(secret)
    assert "no-store" in page.headers["Cache-Control"]
    # A reload loses nothing, and no other page has it.
    assert alice.get(url("secret", application)).context["secret"] == secret
    for address in (LIST, url("detail", application), url("settings", application)):
        assert secret not in alice.get(address).content.decode()
    assert alice.post(url("secret", application), {"done": "1"}).headers["Location"] == url(
        "detail", application
    )
    assert "secret" not in alice.get(url("secret", application)).context


def test_the_second_of_two_clicks_leads_to_the_secret_of_the_first(alice: Client) -> None:
    for _click in range(2):
        answer = alice.post(ADD, sent(redirect_uris=REDIRECT))
        application = Application.objects.get()
        assert answer.headers["Location"] == url("secret", application)
    # With other facts it is none: they would be dropped without a word.
    for other in ({"start_url": "https://other.example.com/"}, {"redirect_uris": f"{REDIRECT}2"}):
        page = alice.post(ADD, sent(redirect_uris=REDIRECT) | other)
        assert list(page.context["form"].errors) == ["name"]


def test_nobody_else_is_shown_the_secret(alice: Client, cast: Cast) -> None:
    alice.post(ADD, sent(redirect_uris=REDIRECT))
    other = Client()
    other.force_login(StaffFactory.create(partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN]))
    assert "secret" not in other.get(url("secret", Application.objects.get())).context


def test_one_without_a_secret_leads_to_its_page(alice: Client) -> None:
    answer = alice.post(ADD, sent(redirect_uris=REDIRECT, kind="public"))
    assert answer.headers["Location"] == url("detail", Application.objects.get())
    page = alice.get(answer.headers["Location"])
    assert "Wiki is registered." in text_of(page)
    assert "a public client proves itself by PKCE" in text_of(page)


def test_what_is_wrong_is_said_with_what_was_typed(alice: Client) -> None:
    page = alice.post(ADD, sent(name="Handbook", start_url="http://wiki.example/"))
    assert page.context["form"].errors == {"start_url": ["The address begins with https://."]}
    assert 'value="Handbook"' in page.content.decode()
    alice.post(ADD, WIKI)
    page = alice.post(ADD, {**WIKI, "name": "wiki"})
    assert list(page.context["form"].errors) == ["name"]
    assert Application.objects.count() == 1


def test_the_list_says_who_may_enter_and_how_many_are_signed_in(
    alice: Client, cast: Cast, chat: Chat
) -> None:
    ApplicationFactory.create(partner=cast.fabrikam, name="Wiki", only=[cast.contoso], is_on=False)
    for user in (cast.uma, cast.uma, cast.gail):
        AppSessionFactory.create(application=chat.application, user=user)
    AppSessionFactory.create(application=chat.application, user=cast.gail, epoch=7)
    rows = {row.name: row for row in alice.get(LIST).context["rows"]}
    assert {name: row.users for name, row in rows.items()} == {"Team Chat": 2, "Wiki": 0}
    text = text_of(alice.get(LIST))
    assert "Team Chat Chat (Teams) All On 2" in text
    assert "Wiki Everyone 1 Off 0" in text


def test_the_list_makes_as_many_queries_for_three_as_for_one(
    alice: Client, cast: Cast, chat: Chat, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(8) as one:
        alice.get(LIST)
    for _number in range(2):
        more = ApplicationFactory.create(partner=cast.fabrikam, opened_by=[chat.plan])
        AppSessionFactory.create(application=more, user=cast.uma)
    with django_assert_max_num_queries(len(one)):
        alice.get(LIST)


def test_the_page_of_one_changes_it(alice: Client, chat: Chat) -> None:
    page = alice.get(url("detail", chat.application))
    seen = page.context["form"].initial["seen"]
    answer = alice.post(url("detail", chat.application), sent(name="Chat", seen=seen))
    assert answer.headers["Location"] == url("detail", chat.application)
    assert Application.objects.get().name == "Chat"
    assert "Team Chat → Chat" in text_of(alice.get(url("detail", chat.application)))
    # What came from the page before is told to look again.
    page = alice.post(url("detail", chat.application), sent(name="Talk", seen=seen))
    assert "Someone else changed this application" in text_of(page)
    assert Application.objects.get().name == "Chat"


def test_an_old_logout_address_inside_of_a_network_is_warned_of_at_each_save(
    alice: Client, chat: Chat
) -> None:
    old = "https://10.0.0.1/out"
    Application.objects.update(logout_uri=old)
    page = url("detail", chat.application)
    for name, address, is_warned in (("Chat", old, True), ("Chat", old, True), ("Talk", "", False)):
        seen = alice.get(page).context["form"].initial["seen"]
        answer = alice.post(page, sent(name=name, logout_uri=address, seen=seen), follow=True)
        application = Application.objects.get()
        assert (application.name, application.logout_uri) == (name, address)
        warned = "The logout address is inside of a network: the portal doesn't call it."
        assert (warned in text_of(answer)) is is_warned


def test_what_becomes_confidential_shows_its_secret(alice: Client) -> None:
    alice.post(ADD, sent(redirect_uris=REDIRECT, kind="public"))
    application = Application.objects.get()
    alice.post(url("detail", application), sent(redirect_uris=REDIRECT))
    page = alice.get(url("secret", application))
    client = Application.objects.select_related("client").get().client
    assert client is not None
    assert client.check_secret(page.context["secret"])


def test_settings_are_there_to_copy_once_there_is_a_client(alice: Client, cast: Cast) -> None:
    application = ApplicationFactory.create(partner=cast.fabrikam, with_client=False)
    assert "No client yet" in text_of(alice.get(url("settings", application)))
    alice.post(ADD, sent(redirect_uris=REDIRECT))
    wiki = Application.objects.get(name="Wiki")
    text = text_of(alice.get(url("settings", wiki)))
    assert f"{django_settings.OIDC_ISSUER}/.well-known/openid-configuration" in text
    assert text.count(str(wiki.client_id)) == len(RECIPES)
    assert "https://wiki.example/_synapse/client/oidc/callback" in text


def test_a_new_secret_is_asked_for_first_and_shown_then(alice: Client, chat: Chat) -> None:
    page = alice.get(url("secret", chat.application))
    assert "stops working at once" in text_of(page)
    assert "secret" not in page.context
    alice.post(url("secret", chat.application))
    page = alice.get(url("secret", chat.application))
    client = Application.objects.select_related("client").get().client
    assert client is not None
    assert client.check_secret(page.context["secret"])


def test_a_public_one_gets_no_secret(alice: Client) -> None:
    alice.post(ADD, sent(redirect_uris=REDIRECT, kind="public"))
    application = Application.objects.get()
    answer = alice.post(url("secret", application))
    assert answer.headers["Location"] == url("detail", application)
    assert "has no secret" in text_of(alice.get(url("detail", application)))


def test_switching_off_is_asked_for_first_and_on_is_not(alice: Client, chat: Chat) -> None:
    asked = alice.post(url("switch", chat.application), {"on": "0"})
    assert "What happens:" in text_of(asked)
    assert Application.objects.get().is_on
    for sent_on, state in ((asked.context["hidden"], False), ({"on": "1"}, True)):
        answer = alice.post(url("switch", chat.application), sent_on)
        assert answer.headers["Location"] == url("detail", chat.application)
        assert Application.objects.get().is_on is state
    assert alice.get(url("switch", chat.application)).status_code == 405


def test_removing_is_asked_for_first(alice: Client, chat: Chat) -> None:
    assert "can't be undone" in text_of(alice.get(url("remove", chat.application)))
    assert Application.objects.exists()
    answer = alice.post(url("remove", chat.application))
    assert answer.headers["Location"] == LIST
    assert "Team Chat was removed." in text_of(alice.get(LIST))
    assert not Application.objects.exists()


def test_the_neighbors_application_is_not_there(client: Client, cast: Cast, chat: Chat) -> None:
    client.force_login(cast.charlie)
    assert "Team Chat" not in text_of(client.get(LIST))
    for name in ("detail", "secret", "switch", "remove"):
        found = [ask(url(name, chat.application)).status_code for ask in (client.get, client.post)]
        assert found == [404, 404]


def test_staff_who_may_not_are_told_who_can(client: Client, cast: Cast) -> None:
    client.force_login(cast.sally)
    page = client.get(LIST)
    assert page.status_code == 403
    assert "Ask one of these roles: Account admin of all customers." in text_of(page)


def test_with_two_step_sign_in_every_change_asks_for_a_proof(
    alice: Client, chat: Chat, settings: Settings
) -> None:
    settings.REQUIRE_MFA = True
    for name in ("detail", "secret", "switch", "remove"):
        answer = alice.post(url(name, chat.application), {"on": "0"})
        assert answer.status_code == 302
        assert url(name, chat.application) not in answer.headers["Location"].partition("?")[0]
    assert Application.objects.get().is_on


def test_many_customers_to_choose_from_cost_no_more_queries(
    alice: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(8) as few:
        alice.get(ADD)
    for _number in range(3):
        SubscriptionFactory.create(customer=UserFactory.create().customer)
    with django_assert_max_num_queries(len(few)):
        alice.get(ADD)
