"""One's own tokens: for whoever has a role, and nobody else's."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from api.models import Token, TokenKind
from customers.roles import Role
from tests.accounts.signin.second_steps import prove
from tests.api.tokens import integration, token_of
from tests.support.cast import Cast
from tests.support.forms import told, words

LIST, ADD = reverse("api:token-list"), reverse("api:token-add")


def one(name: str, token: Token) -> str:
    return reverse(f"api:token-{name}", args=[token.pk])


@pytest.mark.parametrize("who", ["alice", "bob", "sally", "gail", "uma", "support"])
def test_it_is_there_and_offered_for_whoever_has_a_role(
    client: Client, cast: Cast, who: str
) -> None:
    client.force_login(getattr(cast, who))
    has_role = who not in {"uma", "support"}
    page = client.get("/me/account/").content.decode()
    assert page.count(f'href="{LIST}"') == (2 if has_role else 0)
    codes = {"uma": 403, "support": 404}
    assert client.get(LIST).status_code == codes.get(who, 200)
    assert client.post(ADD).status_code == codes.get(who, 302)


def test_the_first_one_is_offered_to_be_added(client: Client, cast: Cast) -> None:
    client.force_login(cast.bob)
    page = client.get(LIST)
    assert "No tokens yet" in told(page)
    assert page.content.decode().count(f'href="{ADD}"') == 1


def test_the_list_has_the_own_ones_and_no_integrations(client: Client, cast: Cast) -> None:
    mine = token_of(cast.alice).token
    token_of(cast.bob)
    sync = integration(cast.alice, Role.SALES_AGENT)
    token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice)
    client.force_login(cast.alice)
    assert [row.token for row in client.get(LIST).context["rows"]] == [mine]


@pytest.mark.parametrize("who", ["bob", "gail", "charlie"])
def test_anothers_token_is_not_there(client: Client, cast: Cast, who: str) -> None:
    token = token_of(cast.alice).token
    client.force_login(getattr(cast, who))
    for name in ("detail", "revoke"):
        url = one(name, token)
        assert [ask(url).status_code for ask in (client.get, client.post)] == [404, 404]
    assert Token.objects.living().count() == 1


def test_making_one_asks_for_a_proof_even_of_those_without_a_second_step(
    client: Client, cast: Cast, settings: Settings
) -> None:
    settings.REQUIRE_MFA = False
    client.force_login(cast.gail)
    assert client.get(ADD)["Location"].startswith("/accounts/reauthenticate/")
    prove(client, cast.gail, "password")
    assert client.get(ADD).status_code == 200


def test_revoking_is_asked_once_more_and_needs_no_proof(
    client: Client, cast: Cast, settings: Settings
) -> None:
    settings.REQUIRE_MFA = True
    token = token_of(cast.gail).token
    client.force_login(cast.gail)
    prove(client, cast.gail, ago=100_000)
    page = client.get(one("revoke", token))
    assert "refused from now on" in told(page)
    answers = [client.post(one("revoke", token)) for _click in range(2)]
    assert [answer["Location"] for answer in answers] == [LIST, LIST]
    page = client.get(LIST)
    assert "Nightly was revoked." in words(page.content.decode())
    assert "Nightly is no longer valid anyway." in told(client.get(LIST)) + told(page)
    assert not Token.objects.living().exists()
    assert client.get(one("revoke", token))["Location"] == LIST
