"""Sources: who makes them, what acts for them, and what the database itself lets a customer do."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.signin.lookup import scope_of, user_of_id
from api.models import ScimLink, Source, SourceRefusal, Token, TokenKind
from api.services.integrations import take_integration
from api.services.sourced_users import add_from_source
from api.services.sources import (
    SourceFacts,
    add_source,
    add_source_token,
    change_source,
    release_users,
    remove_source,
    revoke_source_token,
)
from customers import scope
from customers.errors import Refused
from customers.models import Customer
from customers.roles import Capability, Role
from licensing.models import SubscriptionStatus
from tests.api.scim.telling import told
from tests.api.tokens import integration, source_of, source_token, token_of
from tests.factories import StaffFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.support.log import Line, log

MAKERS = {Role.ACCOUNT_ADMIN, Role.ADMIN_AGENT, Role.GLOBAL_ADMIN}


def of(user: User) -> scope.Scope:
    found = user_of_id(user.pk)
    assert found is not None
    return scope_of(found)


def refused(act: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refused) as refusal:
        act(*args, **kwargs)
    return refusal.value.code


@pytest.mark.parametrize("role", Role)
def test_global_administrators_and_the_partner_make_sources(cast: Cast, role: Role) -> None:
    if role in {Role.ACCOUNT_ADMIN, Role.ADMIN_AGENT, Role.SALES_AGENT, Role.HELPDESK_AGENT}:
        actor = StaffFactory.create(partner=cast.fabrikam, roles=[role])
    else:
        actor = UserFactory.create(customer=cast.contoso, roles=[role])
    if role in MAKERS:
        assert source_of(cast.contoso, actor).name == "Personio"
    else:
        assert refused(source_of, cast.contoso, actor) == "role-lacks-it"


def test_of_another_partners_customer_there_is_none(cast: Cast) -> None:
    assert refused(source_of, cast.contoso, cast.charlie) == "customer-not-open"
    assert refused(source_of, cast.northwind, cast.gail) == "customer-not-open"
    own = source_of(cast.contoso, cast.gail)
    assert refused(change_source, own, SourceFacts(), actor=cast.charlie) == "customer-not-open"
    assert refused(remove_source, own, actor=cast.charlie) == "customer-not-open"
    assert refused(source_token, own, cast.charlie) == "customer-not-open"


def test_a_token_makes_no_source(cast: Cast) -> None:
    sync = integration(cast.alice, Role.ADMIN_AGENT)
    assert refused(source_of, cast.contoso, sync) == "token-makes-none"
    own = source_of(cast.contoso, cast.gail)
    assert refused(source_token, own, own.user) == "token-makes-none"
    assert refused(release_users, [], source=own, actor=own.user) == "token-makes-none"


@pytest.mark.parametrize("who", ["gail", "alice"])
def test_it_acts_as_a_machine_that_sees_this_customer(cast: Cast, who: str) -> None:
    actor = getattr(cast, who)
    with scope.within(of(actor)):
        source = source_of(cast.contoso, actor)
    user = User.objects.with_roles().get(pk=source.user_id)
    assert (user.partner, user.customer, user.is_machine) == (cast.fabrikam, None, True)
    assert user.roles == (Role.ADMIN_AGENT,)
    assert list(Customer.objects.visible_to(user)) == [cast.contoso]
    assert not user.has_usable_password()
    assert user.display_name == "Personio"
    assert user.user_name.startswith("source-")
    assert user.user_name.endswith("@fabrikam.example")
    assert (user.username, user.domain) == (
        user.user_name,
        cast.fabrikam.domains.get(is_primary=True),
    )
    assert user.is_active
    assert not user.can(Capability.MANAGE_TEAM)


def test_it_is_no_integration_to_look_after(cast: Cast) -> None:
    source = source_of(cast.contoso, cast.gail)
    assert refused(take_integration, source.user, actor=cast.alice) == "integration-gone"


def test_what_happens_to_it_is_in_the_customers_log(cast: Cast) -> None:
    pool = SubscriptionFactory.create(customer=cast.contoso)
    source = source_of(cast.contoso, cast.alice)
    change_source(source, SourceFacts(takes_over=True, subscription=pool), actor=cast.alice)
    assert change_source(source, SourceFacts(True, pool), actor=cast.alice) == {}
    made = source_token(source, cast.alice)
    revoke_source_token(source, made.token, actor=cast.alice)
    remove_source(source, actor=cast.alice)
    ends = made.token.ends_at.isoformat()
    assert log()[-5:] == [
        Line("source.added", "Personio", {"takes_over": False, "default_license": ""}),
        Line(
            "source.changed",
            "Personio",
            {"takes_over": [False, True], "default_license": ["", pool.product.name]},
        ),
        Line("token.added", "Personio", {"source": "Personio", "ends_at": ends}),
        Line("token.revoked", "Personio", {"source": "Personio"}),
        Line("source.removed", "Personio"),
    ]


def test_names_are_given_once_and_are_no_blanks(cast: Cast) -> None:
    source_of(cast.contoso, cast.gail)
    assert refused(source_of, cast.contoso, cast.alice) == "source-name-taken"
    assert refused(source_of, cast.contoso, cast.alice, name="  ") == "source-name-missing"
    assert source_of(cast.northwind, cast.alice).name == "Personio"
    assert User.objects.filter(is_machine=True).count() == 2


def test_a_default_license_is_of_a_current_subscription_of_the_customer(cast: Cast) -> None:
    other = SubscriptionFactory.create(customer=cast.northwind)
    over = SubscriptionFactory.create(
        customer=cast.contoso, status=SubscriptionStatus.CANCELED, assigned=0
    )
    for pool in (other, over):
        facts = SourceFacts(subscription=pool)
        assert refused(add_source, cast.contoso, "X", facts, actor=cast.gail) == "subscription-gone"


def test_two_tokens_at_a_time(cast: Cast) -> None:
    source = source_of(cast.contoso, cast.gail)
    first = source_token(source, cast.gail)
    source_token(source, cast.gail)
    assert refused(source_token, source, cast.gail) == "source-tokens-two"
    assert revoke_source_token(source, first.token, actor=cast.gail)
    assert not revoke_source_token(source, first.token, actor=cast.gail)
    source_token(source, cast.gail)
    foreign = token_of(cast.alice)
    assert not revoke_source_token(source, foreign.token, actor=cast.gail)


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_token_ends(cast: Cast, days: int) -> None:
    source = source_of(cast.contoso, cast.gail)
    ends_at = timezone.now() + timedelta(days=days)
    assert refused(add_source_token, source, ends_at=ends_at, actor=cast.gail) == "token-time-wrong"


def test_a_token_is_of_the_source_and_has_few_rights(cast: Cast) -> None:
    made = source_token(source_of(cast.contoso, cast.gail), cast.gail)
    row = Token.objects.get(pk=made.token.pk)
    assert row.kind == TokenKind.SOURCE
    assert set(row.capabilities) == {
        Capability.SEE,
        Capability.MANAGE_USERS,
        Capability.MANAGE_LICENSES,
    }
    assert (row.all_customers, row.may_do_grave) == (False, False)
    assert list(row.customers.all()) == [cast.contoso]
    assert made.text not in repr(made)


@pytest.mark.parametrize("who", ["gail", "alice"])
def test_removed_its_machine_ends_and_its_users_are_released(cast: Cast, who: str) -> None:
    actor = getattr(cast, who)
    source = source_of(cast.contoso, actor)
    source_token(source, actor)
    added = add_from_source(source, told("grace@contoso.example", external_id="1"))
    with scope.within(of(actor)):
        remove_source(source, actor=actor)
    machine = User.objects.get(pk=source.user_id)
    assert (machine.username, machine.domain) == (None, None)
    assert machine.deleted_at is not None
    assert machine.session_epoch == 1
    assert machine.purge_after is not None
    assert not Token.objects.living().filter(user=machine).exists()
    assert not Source.objects.exists()
    assert not ScimLink.objects.exists()
    assert not SourceRefusal.objects.exists()
    assert User.objects.get(pk=added.pk).deleted_at is None
    assert refused(remove_source, source, actor=actor) == "source-gone"


def test_a_user_is_released(cast: Cast) -> None:
    source = source_of(cast.contoso, cast.gail)
    added = add_from_source(source, told("grace@contoso.example", external_id="1"))
    administrator = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    assert release_users([added, cast.uma], source=source, actor=administrator) == 1
    assert not ScimLink.objects.exists()
    assert log()[-1] == Line(
        "user.changed",
        "grace (grace@contoso.example)",
        {"source": ["Personio", ""]},
        actor=f"{administrator.display_name} ({administrator.user_name})",
    )
    assert refused(release_users, [added], source=source, actor=cast.uma) == "role-lacks-it"


@pytest.mark.postgres
class TestTheDatabase:
    """In the scope of a customer, whatever the code asks for."""

    def add(self, *values: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT portal_add_source_user(%s, %s, %s, %s)", list(values))
            found: int = cursor.fetchone()[0]
            return found

    def refuses(self, whose: scope.Scope, *values: str) -> bool:
        with scope.within(whose), pytest.raises(ProgrammingError), transaction.atomic():
            self.add(*values)
        return True

    def test_only_a_customers_request_adds_a_machine(self, cast: Cast) -> None:
        name = "source-abcdefghjkmn@fabrikam.example"
        with scope.within(of(cast.gail)):
            pk = self.add(name, "X", "1", "x")
        added = User.objects.with_roles().get(pk=pk)
        assert list(added.allowed_customers.all()) == [cast.contoso]
        assert (added.is_machine, added.limited_to_customers, added.is_staff) == (True, True, False)
        for whose in (of(cast.alice), scope.NOBODY):
            assert self.refuses(whose, name.replace("abc", "xyz"), "X", "1", "x")

    @pytest.mark.parametrize(
        "name",
        [
            "boss@fabrikam.example",
            "source-abcdefghjkmn@litware.example",
            "source-abcdefghjkmn@contoso.example",
            "source-abcdefghjkmn",
            "source-@fabrikam.example",
        ],
    )
    def test_no_other_name_is_given(self, cast: Cast, name: str) -> None:
        assert self.refuses(of(cast.gail), name, "X", "1", "x")

    def test_a_customer_ends_only_the_machines_of_its_own_sources(self, cast: Cast) -> None:
        own, other = source_of(cast.contoso, cast.alice), source_of(cast.northwind, cast.alice)
        sync = integration(cast.alice, Role.ADMIN_AGENT)
        with scope.within(of(cast.gail)), connection.cursor() as cursor:
            ended = {}
            for user in (own.user, other.user, sync, cast.alice, cast.uma):
                cursor.execute("SELECT portal_end_source_user(%s, 30)", [user.pk])
                ended[user.pk] = cursor.fetchone()[0]
        assert [pk for pk, done in ended.items() if done] == [own.user_id]

    def test_a_customer_adds_nobody_of_the_partners_by_itself(self, cast: Cast) -> None:
        source = source_of(cast.contoso, cast.gail)
        with scope.within(of(cast.gail)):
            rows = User.objects.filter(pk=source.user_id)
            assert rows.update(limited_to_customers=False) == 0
            with pytest.raises(ProgrammingError), transaction.atomic():
                User.objects.create(partner=cast.fabrikam, user_name="x@y.example", username="x")

    def test_tokens_are_made_for_ones_own_sources_alone(self, cast: Cast) -> None:
        own, other = source_of(cast.contoso, cast.alice), source_of(cast.northwind, cast.alice)
        values = {"prefix": "pp_x", "epoch": 0, "ends_at": timezone.now()}

        def make(user: User, kind: TokenKind) -> Token:
            with transaction.atomic():
                return Token.objects.create(user=user, kind=kind, hash=f"{user.pk}{kind}", **values)

        with scope.within(of(cast.gail)):
            assert make(own.user, TokenKind.SOURCE).pk
            for user, kind in (
                (own.user, TokenKind.INTEGRATION),
                (other.user, TokenKind.SOURCE),
                (cast.alice, TokenKind.PERSONAL),
                (cast.alice, TokenKind.SOURCE),
            ):
                with pytest.raises(ProgrammingError):
                    make(user, kind)
            assert not Token.objects.exclude(user=own.user).exists()

    def test_another_customers_rows_can_not_be_referred_to(self, cast: Cast) -> None:
        own = source_of(cast.contoso, cast.alice)
        stranger = UserFactory.create(customer=cast.northwind)
        with pytest.raises(IntegrityError), transaction.atomic():
            ScimLink.objects.create(source=own, customer=cast.contoso, user=stranger)
