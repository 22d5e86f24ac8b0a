"""The door of scripts: who comes in by which token, and with which rights."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User
from accounts.services.access import end_access
from accounts.signin.admission import NotAdmitted
from api.authentication import SEEN_EVERY, Caller, let_in, narrowing_of_token
from api.credentials import access_for
from api.models import Token, TokenKind
from api.services.integrations import block_integration, remove_integration
from api.services.tokens import revoke_token
from customers import scope
from customers.models import Customer
from customers.roles import Capability, Role
from tests.api.tokens import integration, token_of
from tests.support.cast import Cast


def asked_by(text: str, *, address: str = "203.0.113.9") -> HttpRequest:
    return RequestFactory().get(
        "/v1/customers", headers={"Authorization": f"Bearer {text}"}, REMOTE_ADDR=address
    )


def refused(text: str, *, address: str = "203.0.113.9") -> str:
    """Return the code of the refusal, after which the database shows nothing."""
    with scope.within(scope.NOBODY):
        with pytest.raises(NotAdmitted) as refusal:
            let_in(asked_by(text, address=address))
        assert scope.current() == scope.NOBODY
    return refusal.value.code


def comes_in(text: str, look: Callable[[Caller], object] | None = None) -> Caller:
    with scope.within(scope.NOBODY):
        caller = let_in(asked_by(text))
        if look:
            look(caller)
    return caller


def test_a_token_lets_its_user_in(cast: Cast) -> None:
    made = token_of(cast.alice)
    assert comes_in(made.text).user == cast.alice
    made.token.refresh_from_db()
    assert made.token.last_used_at is not None


def test_the_text_is_kept_nowhere(cast: Cast) -> None:
    made = token_of(cast.alice)
    assert made.text.startswith("pp_")
    row = Token.objects.filter(pk=made.token.pk).values().get()
    secret = made.text[-43:]
    assert not any(secret in str(value) for value in row.values())
    assert made.text not in repr(made)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pp_",
        "pp_abcdefgh_" + "x" * 43,
        "pp_abcdefgh_" + "x" * 44,
        "a.b.c",
        "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzaWQiOiIxIn0.",
        "\x00",
        "ü" * 55,
    ],
)
def test_what_is_no_token_is_refused_alike(cast: Cast, text: str) -> None:
    assert refused(text) == "token-not-known"


def test_a_token_ends_by_hand_by_time_and_with_the_access_of_its_user(cast: Cast) -> None:
    revoked, over, ended, blocked = (token_of(cast.alice) for _number in range(4))
    revoke_token(revoked.token, actor=cast.alice)
    assert refused(revoked.text) == "token-not-known"
    Token.objects.filter(pk=over.token.pk).update(ends_at=timezone.now())
    assert refused(over.text) == "token-not-known"
    end_access([User.objects.get(pk=cast.alice.pk)])
    assert refused(ended.text) == "access-ended"
    User.objects.filter(pk=cast.alice.pk).update(blocked_at=timezone.now())
    assert refused(blocked.text) == "account-closed"


def test_a_token_is_used_from_its_networks_alone(cast: Cast) -> None:
    made = token_of(cast.alice, networks=["198.51.100.0/24", "2001:db8::/32"])
    assert refused(made.text) == "network-not-allowed"
    with scope.within(scope.NOBODY):
        assert let_in(asked_by(made.text, address="198.51.100.7")).user == cast.alice
    with scope.within(scope.NOBODY):
        assert let_in(asked_by(made.text, address="2001:db8::1")).user == cast.alice


def test_it_has_the_rights_that_were_chosen_and_never_the_team(cast: Cast) -> None:
    made = token_of(cast.alice, Capability.RESET_PASSWORDS)

    def look(caller: Caller) -> None:
        fresh = User.objects.with_roles().get(pk=cast.alice.pk)
        for user in (caller.user, fresh):
            assert user.can(Capability.RESET_PASSWORDS)
            assert user.can(Capability.SEE)
            assert not user.can(Capability.MANAGE_USERS)
            assert not user.can(Capability.MANAGE_TEAM)

    comes_in(made.text, look)
    comes_in(token_of(cast.alice).text, lambda caller: not caller.user.can(Capability.MANAGE_TEAM))
    assert cast.alice.can(Capability.MANAGE_TEAM)


def test_it_has_no_more_than_its_user_has_now(cast: Cast) -> None:
    made = token_of(cast.alice)
    cast.alice.groups.clear()
    comes_in(made.text)

    def look(caller: Caller) -> None:
        assert not caller.user.can(Capability.MANAGE_USERS)

    comes_in(made.text, look)


def test_it_opens_the_customers_that_were_chosen(cast: Cast) -> None:
    made = token_of(cast.alice, customers=[cast.contoso])

    def look(caller: Caller) -> None:
        assert list(Customer.objects.visible_to(caller.user)) == [cast.contoso]
        assert cast.contoso.is_open_to(caller.user)
        assert not cast.northwind.is_open_to(caller.user)
        # What is the whole partner's is closed to it.
        assert not caller.user.can(Capability.MANAGE_APPLICATIONS)

    comes_in(made.text, look)


def test_an_integration_acts_by_token_and_by_secret(cast: Cast) -> None:
    sync = integration(cast.alice, Role.HELPDESK_AGENT)
    by_token = token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice)
    by_secret = token_of(sync, kind=TokenKind.SECRET, actor=cast.alice)
    assert comes_in(by_token.text).user == sync
    access = access_for(by_secret.token)
    assert comes_in(access).user == sync
    # By itself a secret opens nothing.
    assert refused(by_secret.text) == "token-not-known"
    revoke_token(by_secret.token, actor=cast.alice)
    assert refused(access) == "token-not-known"


def test_a_blocked_integration_is_out_and_comes_back_with_new_tokens_alone(cast: Cast) -> None:
    sync = integration(cast.alice, Role.HELPDESK_AGENT)
    made = token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice)
    assert block_integration(sync, blocked=True, actor=cast.alice)
    assert not block_integration(sync, blocked=True, actor=cast.alice)
    assert refused(made.text) == "account-closed"
    assert block_integration(sync, blocked=False, actor=cast.alice)
    assert refused(made.text) == "access-ended"
    again = token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice)
    assert comes_in(again.text).user == sync
    remove_integration(sync, actor=cast.alice)
    assert refused(again.text) == "account-closed"


def test_an_id_token_is_no_token(cast: Cast) -> None:
    from applications.oidc.keys import sign

    made = token_of(cast.alice)
    assert refused(sign({"sid": str(made.token.uuid)})) == "token-not-known"


def test_the_last_use_is_not_written_at_each_call(cast: Cast) -> None:
    made = token_of(cast.alice)
    comes_in(made.text)
    first = Token.objects.get(pk=made.token.pk).last_used_at
    assert first is not None
    comes_in(made.text)
    assert Token.objects.get(pk=made.token.pk).last_used_at == first
    Token.objects.filter(pk=made.token.pk).update(
        last_used_at=timezone.now() - SEEN_EVERY - timedelta(seconds=1)
    )
    comes_in(made.text)
    later = Token.objects.get(pk=made.token.pk).last_used_at
    assert later is not None
    assert later > first


def test_a_task_finds_what_a_token_leaves_as_long_as_it_is_worth_anything(cast: Cast) -> None:
    made = token_of(cast.alice, Capability.MANAGE_LICENSES, customers=[cast.contoso])
    found = narrowing_of_token(made.token.pk)
    assert found is not None
    assert found.customers == frozenset({cast.contoso.pk})
    assert found.capabilities == {Capability.SEE, Capability.MANAGE_LICENSES}
    end_access([User.objects.get(pk=cast.alice.pk)])
    assert narrowing_of_token(made.token.pk) is None
