"""The command that prints a token, on the server itself."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from api.lookup import hash_of
from api.models import Token, TokenKind
from customers.models import AuditEvent
from customers.roles import Role
from tests.api.tokens import integration
from tests.support.cast import Cast


def add(*words: str) -> str:
    out = StringIO()
    call_command("add_token", *words, stdout=out)
    return out.getvalue().strip()


def test_it_prints_a_token_and_nothing_else(cast: Cast) -> None:
    text = add("Alice@Fabrikam.example")
    token = Token.objects.get()
    assert token.hash == hash_of(text)
    assert (token.user, token.kind, token.name) == (cast.alice, TokenKind.PERSONAL, "Command line")
    assert "manage team" not in token.capabilities
    assert "manage users" in token.capabilities
    assert AuditEvent.objects.get().action == "token.added"


def test_it_takes_what_the_page_asks(cast: Cast) -> None:
    words = ["--name", "CI", "--days", "9", "--grave", "--network", "10.0.0.0/8"]
    words += ["--permission", "manage-users", "--customer", "CONTOSO.example"]
    add("alice@fabrikam.example", *words)
    token = Token.objects.get()
    assert (token.name, token.may_do_grave, token.networks) == ("CI", True, ["10.0.0.0/8"])
    assert token.capabilities == ["manage users", "see"]
    assert list(token.customers.all()) == [cast.contoso]
    assert (token.ends_at - token.created_at).days in {8, 9}


def test_of_an_integration_it_is_an_access_token(cast: Cast) -> None:
    sync = integration(cast.alice, Role.SALES_AGENT)
    add(sync.user_name)
    assert Token.objects.get().kind == TokenKind.INTEGRATION


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["nobody@fabrikam.example"], "There is no user"),
        (["alice@fabrikam.example", "--customer", "no.example"], "belongs to no customer"),
        (["alice@fabrikam.example", "--days", "366"], "1 to 365 days"),
        (["alice@fabrikam.example", "--network", "here"], "Enter networks such as"),
        (["bob@fabrikam.example", "--permission", "manage-users"], "more permissions"),
        (["uma@contoso.example"], "Choose at least one permission"),
        (["support@portal.example"], "Support staff have no tokens"),
    ],
)
def test_what_it_can_not_do_it_says(cast: Cast, words: list[str], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        add(*words)
    assert not Token.objects.exists()
