"""What a token leaves of its user's rights: here and now, and of a batch when it is run."""

import pytest

from accounts.models import User
from accounts.services import running
from accounts.services.access import end_access
from accounts.services.users import block_users
from api.authentication import narrowing_by
from api.models import Token
from api.services.tokens import revoke_token
from customers import narrowing, scope
from customers.errors import Refused
from customers.models import AuditEvent, Batch, BatchKind, BatchState, Customer, Via
from customers.narrowing import (
    NEVER,
    Narrowing,
    kept_narrowing,
    narrow,
    narrowed_to,
    narrowing_of,
    token_names,
)
from customers.roles import Capability, Reach, Role
from customers.services import batches
from tests.accounts.verbs import fresh
from tests.api.tokens import token_of
from tests.factories import StaffFactory, UserFactory
from tests.support.cast import Cast

SEES = frozenset({Capability.SEE})


def left(user: User, *rights: Capability, **more: object) -> Narrowing:
    return Narrowing(user.pk, 7, Via.API, SEES | set(rights), **more)  # type: ignore[arg-type]


def batch_by(token: Token, users: list[User], customer: Customer) -> Batch:
    """Left to a task, as by a call that comes with the token."""
    with narrowed_to(narrowing_by(token)):
        ids = [user.pk for user in users]
        return batches.leave_batch(BatchKind.BLOCK, ids, actor=token.user, customer=customer)


def test_rights_are_narrowed_for_that_user_alone_and_until_the_end(cast: Cast) -> None:
    alice, gail = fresh(cast.alice), fresh(cast.gail)
    with narrowed_to(left(alice, Capability.MANAGE_LICENSES)):
        assert alice.can(Capability.MANAGE_LICENSES)
        assert not alice.can(Capability.MANAGE_USERS)
        # As a service reads the row anew; and another user's rights are whole.
        assert not fresh(alice).can(Capability.MANAGE_USERS)
        assert gail.can(Capability.MANAGE_USERS)
        assert narrowing_of(gail.pk) is narrowing_of(None) is None
    assert alice.can(Capability.MANAGE_USERS)
    assert narrowing_of(alice.pk) is None


def test_it_gives_no_right_that_the_user_lacks(cast: Cast) -> None:
    bob = fresh(cast.bob)
    with narrowed_to(left(bob, *Capability)):
        assert {one for one in Capability if bob.can(one)} == {
            one for one in Capability if fresh(cast.bob).can(one)
        }
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN], only=[cast.contoso]
    )
    with narrowed_to(left(limited, *Capability)):
        assert list(Customer.objects.visible_to(limited)) == [cast.contoso]


def test_the_team_is_out_of_reach_of_every_token(cast: Cast) -> None:
    alice = fresh(cast.alice)
    assert {Capability.MANAGE_TEAM} == NEVER
    with narrowed_to(left(alice, *Capability)):
        assert not alice.can(Capability.MANAGE_TEAM)
        assert alice.can(Capability.MANAGE_CATALOG)


def test_customers_are_narrowed_in_queries_and_one_by_one(cast: Cast) -> None:
    alice = fresh(cast.alice)
    with narrowed_to(left(alice, *Capability, customers=frozenset({cast.northwind.pk}))):
        assert list(Customer.objects.visible_to(alice)) == [cast.northwind]
        opened = [one.is_open_to(alice) for one in (cast.contoso, cast.northwind, cast.adatum)]
        assert opened == [False, True, False]
        # What is the whole partner's goes with all customers alone.
        assert not alice.can(Capability.MANAGE_APPLICATIONS)
        with pytest.raises(Refused, match="not open to you"):
            block_users([cast.uma], customer=cast.contoso, actor=alice)
        assert set(AuditEvent.objects.of_all(alice)) == set(
            AuditEvent.objects.filter(customer=cast.northwind)
        )
    foreign = left(alice, *Capability, customers=frozenset({cast.adatum.pk}))
    with narrowed_to(foreign):
        assert not Customer.objects.visible_to(alice).exists()
        assert not cast.adatum.is_open_to(alice)


def test_administrators_are_spared_where_it_says_so(cast: Cast) -> None:
    alice = fresh(cast.alice)
    with narrowed_to(left(alice, *Capability, spares_administrators=True)):
        assert alice.reach(Capability.MANAGE_USERS) == Reach.LIMITED
        assert alice.can(Capability.MANAGE_USERS, cast.uma)
        assert not alice.can(Capability.MANAGE_USERS, cast.gail)


def test_a_request_is_narrowed_until_its_end(cast: Cast) -> None:
    with scope.within(scope.NOBODY):
        narrow(left(cast.alice))
        assert narrowing_of(cast.alice.pk) == left(cast.alice)
        assert scope.current() != scope.NOBODY
    assert narrowing_of(cast.alice.pk) is None


def test_a_batch_keeps_by_which_door_and_token_it_came(cast: Cast) -> None:
    token = token_of(cast.alice).token
    batch = batch_by(token, [cast.uma], cast.contoso)
    batch.refresh_from_db()
    assert (batch.via, batch.token_id) == (Via.API, token.pk)
    own = batches.leave_batch(
        BatchKind.BLOCK, [cast.gail.pk], actor=cast.alice, customer=cast.contoso
    )
    assert (own.via, own.token_id) == (Via.PAGE, None)


def test_a_batch_is_run_with_the_rights_that_its_token_leaves(cast: Cast) -> None:
    token = token_of(cast.alice, Capability.MANAGE_USERS, customers=[cast.contoso]).token
    batch = batch_by(token, [cast.uma], cast.contoso)
    assert running.run_batch(batch.pk)
    assert fresh(cast.uma).blocked_at is not None
    batch.refresh_from_db()
    assert (batch.state, batch.done) == (BatchState.DONE, 1)
    assert narrowing_of(cast.alice.pk) is None


@pytest.mark.parametrize("change", ["rights", "customers"])
def test_what_the_token_lost_meanwhile_is_not_done(cast: Cast, change: str) -> None:
    token = token_of(cast.alice, Capability.MANAGE_USERS, customers=[cast.contoso]).token
    batch = batch_by(token, [cast.uma], cast.contoso)
    if change == "rights":
        Token.objects.filter(pk=token.pk).update(capabilities=["see"])
    else:
        token.chosen_customers.update(customer=cast.northwind)
    running.run_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.FAILED
    assert fresh(cast.uma).blocked_at is None


@pytest.mark.parametrize("end", ["revoked", "over", "access", "gone"])
def test_a_batch_whose_token_has_ended_is_refused(cast: Cast, end: str) -> None:
    token = token_of(cast.alice).token
    batch = batch_by(token, [cast.uma], cast.contoso)
    if end == "revoked":
        revoke_token(token, actor=cast.alice)
    elif end == "over":
        Token.objects.filter(pk=token.pk).update(ends_at=token.created_at)
    elif end == "access":
        end_access([fresh(cast.alice)])
    else:
        Token.objects.filter(pk=token.pk).delete()
    assert kept_narrowing(token.pk) is None
    running.run_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.refusal) == (
        BatchState.FAILED,
        "The token by which this was asked for has ended. Nothing was changed.",
    )
    assert fresh(cast.uma).blocked_at is None


def test_names_are_asked_for_once_and_not_for_no_tokens(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def names(tokens: object) -> dict[int, str]:
        asked.append(tokens)
        return {7: "Nightly"}

    monkeypatch.setattr(narrowing, "_names", [names])
    assert token_names([]) == {}
    assert token_names([7, 8]) == {7: "Nightly"}
    assert asked == [[7, 8]]


def test_no_batch_of_a_page_is_narrowed_by_a_token_of_the_same_user(cast: Cast) -> None:
    token_of(cast.alice)
    users = UserFactory.create_batch(2, customer=cast.contoso)
    own = batches.leave_batch(
        BatchKind.BLOCK, [user.pk for user in users], actor=cast.alice, customer=cast.contoso
    )
    assert running.run_batch(own.pk)
