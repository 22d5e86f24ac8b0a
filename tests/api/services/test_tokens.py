"""Tokens: made with no more than their maker has, revoked, and never made by a token."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from api.authentication import narrowing_by
from api.models import Token, TokenKind
from api.services import tokens
from api.services.tokens import (
    MOST,
    MOST_SECRETS,
    TokenFacts,
    add_token,
    capabilities_of,
    read_network,
    revoke_token,
)
from customers.actions import Action
from customers.errors import AlreadyDone, Refused
from customers.log.history import describe
from customers.models import AuditEvent
from customers.narrowing import narrowed_to
from customers.roles import OF_PARTNER, Capability, Role
from tests.accounts.verbs import fresh
from tests.api.tokens import integration, token_of
from tests.factories import UserFactory
from tests.support.cast import Cast, make_cast
from tests.support.threads import together


def facts(*rights: Capability, days: float = 30, **more: Any) -> TokenFacts:
    ends_at = timezone.now() + timedelta(days=days)
    return TokenFacts(
        more.pop("name", "Nightly"), rights or [Capability.SEE], ends_at=ends_at, **more
    )


def refused(user: User, wanted: TokenFacts, actor: User | None = None, **more: Any) -> str:
    before = Token.objects.count()
    with pytest.raises(Refused) as refusal:
        add_token(user, wanted, actor=actor or user, **more)
    assert Token.objects.count() == before
    return refusal.value.code


def test_a_token_is_its_makers_and_the_log_says_what_it_may(cast: Cast) -> None:
    made = add_token(
        cast.alice,
        facts(
            Capability.MANAGE_USERS,
            customers=[cast.northwind, cast.contoso],
            networks=["203.0.113.7", " 198.51.100.1/24 "],
            may_do_grave=True,
        ),
        actor=cast.alice,
    )
    token = Token.objects.get()
    assert (token.user, token.made_by, token.kind) == (cast.alice, cast.alice, TokenKind.PERSONAL)
    assert token.capabilities == ["manage users", "see"]
    assert token.networks == ["203.0.113.7/32", "198.51.100.0/24"]
    assert set(token.customers.all()) == {cast.contoso, cast.northwind}
    event = AuditEvent.objects.get(action=Action.TOKEN_ADDED)
    assert (event.partner, event.customer, event.target_id) == (
        cast.fabrikam,
        None,
        cast.alice.pk,
    )
    assert {line for line in describe(event) if not line.startswith("Expires: ")} == {
        "Token: Nightly",
        "Kind: Personal token",
        "Permissions: Manage users, See customers and users",
        "Customers: Contoso, Northwind",
        "Networks: 203.0.113.7/32, 198.51.100.0/24",
        "May do what needs a second step: yes",
    }
    secret = made.text[-43:]
    assert secret not in str([event.changes, event.named.changes, event.named.target])


def test_an_administrators_token_is_in_the_customers_log(cast: Cast) -> None:
    token_of(cast.gail)
    event = AuditEvent.objects.get(action=Action.TOKEN_ADDED)
    assert (event.customer, event.actor_id) == (cast.contoso, cast.gail.pk)


@pytest.mark.parametrize("who", ["alice", "bob", "sally", "gail"])
def test_a_user_can_give_what_the_role_has_and_never_the_team(who: str, cast: Cast) -> None:
    user = fresh(getattr(cast, who))
    held = capabilities_of(user)
    assert set(held) == {one for one in Capability if user.can(one)} - {Capability.MANAGE_TEAM}
    assert set(token_of(user).token.capabilities) == {one.value for one in held}
    for missing in set(Capability) - set(held):
        assert refused(user, facts(missing)) == "capability-not-held"


def test_a_plain_user_gives_nothing(cast: Cast) -> None:
    assert capabilities_of(fresh(cast.uma)) == []
    assert refused(cast.uma, facts()) == "role-lacks-it"


def test_what_concerns_all_customers_goes_with_all_of_them(cast: Cast) -> None:
    for right in set(OF_PARTNER) - {Capability.MANAGE_TEAM}:
        wanted = facts(right, customers=[cast.contoso])
        assert refused(cast.alice, wanted) == "capability-of-partner"
        add_token(cast.alice, facts(right), actor=cast.alice)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"name": "  "}, "name-missing"),
        ({"days": 0}, "token-time-wrong"),
        ({"days": 367}, "token-time-wrong"),
        ({"networks": ["the office"]}, "network-wrong"),
        ({"networks": ["10.0.0.0/99"]}, "network-wrong"),
    ],
)
def test_what_is_wrong_is_refused_at_its_field(
    cast: Cast, wanted: dict[str, Any], code: str
) -> None:
    assert refused(cast.alice, facts(**wanted)) == code


def test_a_token_without_a_right_is_none(cast: Cast) -> None:
    ends_at = timezone.now() + timedelta(days=1)
    assert refused(cast.alice, TokenFacts("Nightly", [], ends_at)) == "capabilities-missing"


def test_customers_are_those_that_the_user_sees(cast: Cast) -> None:
    assert refused(cast.alice, facts(customers=[cast.adatum])) == "customer-not-open"
    assert refused(cast.gail, facts(customers=[cast.northwind])) == "customer-not-open"
    cast.bob.allowed_customers.add(cast.contoso)
    User.objects.filter(pk=cast.bob.pk).update(limited_to_customers=True)
    assert refused(fresh(cast.bob), facts(customers=[cast.northwind])) == "customer-not-open"


def test_nobody_makes_a_token_of_another_user(cast: Cast) -> None:
    for actor, user in (
        (cast.alice, cast.bob),
        (cast.alice, cast.gail),
        (cast.gail, cast.uma),
        (cast.support, cast.alice),
        (cast.support, integration(cast.alice, Role.SALES_AGENT)),
    ):
        assert refused(user, facts(), actor) == "token-of-others"
    assert refused(cast.support, facts()) == "token-of-staff"


def test_an_integrations_token_is_made_by_the_own_partners_account_admins(cast: Cast) -> None:
    sync = integration(cast.alice, Role.ADMIN_AGENT)
    made = token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice)
    assert (made.token.user, made.token.made_by) == (sync, cast.alice)
    assert refused(sync, facts(), cast.bob, kind=TokenKind.INTEGRATION) == "role-lacks-it"
    assert refused(sync, facts(), cast.charlie, kind=TokenKind.INTEGRATION) == "team-not-yours"
    assert refused(sync, facts()) == "token-makes-none"


def test_a_blocked_account_gets_none(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(blocked_at=timezone.now())
    assert refused(cast.alice, facts()) == "account-closed"


def test_who_has_come_by_a_token_makes_and_revokes_none(cast: Cast) -> None:
    made = token_of(cast.alice)
    with narrowed_to(narrowing_by(made.token)):
        assert refused(fresh(cast.alice), facts()) == "token-makes-none"
        with pytest.raises(Refused, match="can't manage tokens"):
            revoke_token(made.token, actor=fresh(cast.alice))
    made.token.refresh_from_db()
    assert made.token.revoked_at is None


def test_an_integration_has_two_secrets_at_a_time(cast: Cast) -> None:
    sync = integration(cast.alice, Role.SALES_AGENT)
    secrets = [
        token_of(sync, kind=TokenKind.SECRET, actor=cast.alice) for _number in range(MOST_SECRETS)
    ]
    assert refused(sync, facts(), cast.alice, kind=TokenKind.SECRET) == "secrets-two"
    token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice)
    revoke_token(secrets[0].token, actor=cast.alice)
    token_of(sync, kind=TokenKind.SECRET, actor=cast.alice)


def test_there_is_an_end_to_the_number_of_tokens(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST == 50
    monkeypatch.setattr(tokens, "MOST", 2)
    made = [token_of(cast.alice) for _number in range(2)]
    assert refused(cast.alice, facts()) == "tokens-too-many"
    Token.objects.filter(pk=made[0].token.pk).update(ends_at=timezone.now())
    token_of(cast.alice)


def test_a_form_that_is_sent_twice_makes_one(cast: Cast) -> None:
    made = add_token(cast.alice, facts(), actor=cast.alice, key="key-of-a-form")
    with pytest.raises(AlreadyDone) as done:
        add_token(cast.alice, facts(), actor=cast.alice, key="key-of-a-form")
    assert done.value.batch == made.token
    # Of another user it is another form.
    add_token(cast.bob, facts(), actor=cast.bob, key="key-of-a-form")
    assert refused(cast.alice, facts(), key="a key\0") == "malformed"
    assert Token.objects.count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_time_make_one(transactional_db: None) -> None:
    cast = make_cast()

    def click() -> str:
        try:
            return add_token(cast.alice, facts(), actor=cast.alice, key="key-of-a-form").text[:3]
        except AlreadyDone as done:
            return str(done.batch)

    assert sorted(together(*[click] * 4)) == ["Nightly", "Nightly", "Nightly", "pp_"]
    assert Token.objects.count() == 1


def test_revoking_is_the_users_own_the_account_admins_and_supports(cast: Cast) -> None:
    mine = token_of(cast.bob).token
    for stranger in (cast.alice, cast.sally, cast.charlie, cast.gail):
        with pytest.raises(Refused) as refusal:
            revoke_token(mine, actor=stranger)
        assert refusal.value.code == "token-of-others"
    assert revoke_token(mine, actor=cast.bob)
    assert not revoke_token(mine, actor=cast.bob)
    assert revoke_token(token_of(cast.gail).token, actor=cast.support)
    sync = integration(cast.alice, Role.SALES_AGENT)
    its = token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice).token
    with pytest.raises(Refused):
        revoke_token(its, actor=cast.sally)
    assert revoke_token(its, actor=cast.alice)
    events = AuditEvent.objects.filter(action=Action.TOKEN_REVOKED).order_by("pk")
    assert [event.actor_id for event in events] == [
        cast.bob.pk,
        cast.support.pk,
        cast.alice.pk,
    ]


def test_a_token_that_is_gone_is_said_to_be(cast: Cast) -> None:
    token = token_of(cast.alice).token
    Token.objects.all().delete()
    with pytest.raises(Refused) as refusal:
        revoke_token(token, actor=cast.alice)
    assert refusal.value.code == "token-gone"


def test_a_customers_administrator_keeps_to_the_own_customer(cast: Cast) -> None:
    leader = UserFactory.create(customer=cast.northwind, roles=[Role.GLOBAL_ADMIN])
    with pytest.raises(Refused):
        revoke_token(token_of(cast.gail).token, actor=leader)


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        (" 10.1.2.3/8", "10.0.0.0/8"),
        ("2001:DB8::1", "2001:db8::1/128"),
    ],
)
def test_a_network_has_one_spelling(text: str, network: str) -> None:
    assert read_network(text) == network
