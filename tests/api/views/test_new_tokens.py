"""A new token is shown to whoever had it made, until Done, and is kept nowhere else."""

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.services.access import end_access
from api.authentication import let_in
from api.models import Token
from api.services.tokens import revoke_token
from api.views.new_tokens import NEW_TOKENS, kept_token
from customers import scope
from tests.accounts.signin.second_steps import prove
from tests.accounts.verbs import fresh
from tests.api.caller import script_of
from tests.api.forms.test_tokens import sent
from tests.api.tokens import token_of
from tests.support.cast import Cast
from tests.support.forms import told

LIST, ADD = reverse("api:token-list"), reverse("api:token-add")


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    prove(client, cast.alice)
    return client


def shown(token: Token) -> str:
    return reverse("api:token-detail", args=[token.pk])


def test_it_is_shown_until_done_and_on_no_other_page(alice: Client, cast: Cast) -> None:
    answer = alice.post(ADD, sent())
    token = Token.objects.get()
    assert answer["Location"] == shown(token)
    page = alice.get(shown(token))
    text = page.context["text"]
    assert text in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    # A reload loses nothing, and no other page has it.
    assert alice.get(shown(token)).context["text"] == text
    for url in (LIST, reverse("api:token-revoke", args=[token.pk]), reverse("accounts:me")):
        assert text not in alice.get(url).content.decode()
    with scope.within(scope.NOBODY):
        request = RequestFactory().get("/v1/", headers={"Authorization": f"Bearer {text}"})
        assert let_in(request).user == cast.alice
    assert ">Show<" in alice.get(LIST).content.decode()
    assert alice.post(shown(token))["Location"] == LIST
    assert ">Show<" not in alice.get(LIST).content.decode()
    after = alice.get(shown(token))
    assert "can't be shown again" in after.content.decode()
    assert text not in after.content.decode()


def test_afterwards_its_page_says_how_it_is_used(alice: Client, cast: Cast) -> None:
    cache.clear()
    script = script_of(cast.alice)
    for _time in range(3):
        script("GET", "/me")
    page = alice.get(shown(Token.objects.get()))
    assert "This minute: 3 of " in page.content.decode()
    assert page.context["days"][0].reads == 3


def test_the_token_of_a_colleague_is_not_found(alice: Client, cast: Cast) -> None:
    assert alice.get(shown(token_of(cast.bob).token)).status_code == 404


def test_the_second_of_two_clicks_leads_to_the_token_of_the_first(alice: Client) -> None:
    answers = [alice.post(ADD, sent()) for _click in range(2)]
    token = Token.objects.get()
    assert [answer["Location"] for answer in answers] == [shown(token)] * 2
    assert alice.get(shown(token)).status_code == 200


def test_in_another_browser_it_is_not_shown(alice: Client, cast: Cast) -> None:
    alice.post(ADD, sent())
    other = Client()
    other.force_login(cast.alice)
    page = other.get(shown(Token.objects.get()))
    assert "text" not in page.context
    assert "can't be shown again" in page.content.decode()


def test_what_is_wrong_is_said_with_what_was_typed(alice: Client) -> None:
    page = alice.post(ADD, sent(name="Backup", days="400", networks="here"))
    assert set(page.context["form"].errors) == {"days", "networks"}
    assert 'value="Backup"' in page.content.decode()
    assert "here</textarea>" in page.content.decode()
    assert not Token.objects.exists()


def test_what_the_service_refuses_is_said_too(alice: Client, cast: Cast) -> None:
    page = alice.post(
        ADD,
        sent(capabilities=["manage catalog"], reach="some", customers=[str(cast.contoso.pk)]),
    )
    assert "concern all customers" in str(page.context["form"].errors["capabilities"])
    page = alice.post(ADD, sent(key="no key of ours\t!"))
    assert "This form is no longer valid." in told(page)


def test_what_was_typed_comes_back_after_the_proof(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    answer = client.post(ADD, sent(name="Backup"))
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    prove(client, cast.alice)
    page = client.get(ADD)
    assert 'value="Backup"' in page.content.decode()
    assert not Token.objects.exists()


def test_what_is_worth_nothing_any_more_is_not_shown(cast: Cast) -> None:
    request: Any = RequestFactory().get("/")
    request.session = SessionStore()
    made, other = token_of(cast.alice), token_of(cast.alice)
    NEW_TOKENS.keep(request, made.token.pk, made.text)
    assert kept_token(request, made.token) == made.text
    assert kept_token(request, other.token) == ""
    NEW_TOKENS.keep(request, other.token.pk, made.text)
    assert kept_token(request, other.token) == ""
    end_access([fresh(cast.bob)])
    revoke_token(made.token, actor=cast.alice)
    made.token.refresh_from_db()
    assert kept_token(request, made.token) == ""
