"""Blocking and allowing sign-in: sessions end, licenses stay, each user gets an outcome."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts.invariants import violations
from accounts.services.users import (
    allow_users,
    block_users,
)
from customers.errors import AlreadyDone, Refused
from customers.models import Outcome
from customers.roles import Role
from customers.services.batches import new_key
from tests.accounts.verbs import delete, fresh, outcomes, subscribe
from tests.factories import SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.support.log import Line, log

UMA = "Uma (uma@contoso.example)"


def test_block_ends_the_sessions_and_keeps_the_licenses(cast: Cast) -> None:
    subscription = subscribe(cast, "Teams", cast.uma)
    session = cast.uma.get_session_auth_hash()
    batch = block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    uma = fresh(cast.uma)
    assert not uma.is_active
    assert uma.blocked_at
    assert (uma.blocked_by, uma.changed_by_batch) == (cast.alice, batch)
    assert uma.get_session_auth_hash() != session
    subscription.refresh_from_db()
    assert subscription.assigned == 1
    assert log() == [Line("user.blocked", UMA)]
    item = batch.items.get()
    assert (item.before, item.after) == ({"blocked": False}, {"blocked": True})


def test_allow_lets_in_again_but_no_session_from_before(cast: Cast) -> None:
    session = cast.uma.get_session_auth_hash()
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    allow_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    uma = fresh(cast.uma)
    assert uma.is_active
    assert (uma.blocked_at, uma.blocked_by) == (None, None)
    assert uma.get_session_auth_hash() != session
    assert [line.action for line in log()] == ["user.blocked", "user.allowed"]
    assert violations() == []


def test_of_many_each_gets_an_outcome(cast: Cast) -> None:
    ann, ben = UserFactory.create_batch(2, customer=cast.contoso)
    block_users([ann], customer=cast.contoso, actor=cast.alice)
    delete(cast, ben)
    all_of_them = [cast.gail, cast.uma, ann, ben]
    batch = block_users(all_of_them, customer=cast.contoso, actor=cast.gail)
    assert outcomes(batch) == [
        (cast.gail.pk, Outcome.SKIPPED, "You can't block yourself."),
        (cast.uma.pk, Outcome.DONE, ""),
        (ann.pk, Outcome.ALREADY, "Already blocked."),
        (ben.pk, Outcome.FAILED, f"{ben.display_name} has been deleted by Alice."),
    ]
    assert (batch.done, batch.failed, batch.already, batch.total) == (1, 2, 1, 4)


def test_nobody_blocks_themself_alone(cast: Cast) -> None:
    with pytest.raises(Refused, match=r"^You can't block yourself\.$"):
        block_users([cast.gail], customer=cast.contoso, actor=cast.gail)


def test_a_long_refusal_names_ten_and_counts_the_others(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    barred = UserFactory.create_batch(12, customer=cast.contoso, roles=[Role.BILLING_ADMIN])
    with pytest.raises(Refused) as caught:
        block_users(barred, customer=cast.contoso, actor=admin)
    assert str(caught.value).count("is an administrator") == 10
    assert str(caught.value).endswith(" 2 more like these.")


def test_as_many_queries_for_thirty_as_for_three(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    users = UserFactory.create_batch(33, customer=cast.contoso)
    SubscriptionFactory.create(customer=cast.contoso, quantity=40, holders=users)
    for verb in (block_users, allow_users):
        with CaptureQueriesContext(connection) as few:
            verb(users[:3], customer=cast.contoso, actor=cast.alice)
        with django_assert_num_queries(len(few)):
            verb(users[3:], customer=cast.contoso, actor=cast.alice)


def test_an_item_says_what_was_before_and_who_is_so_already_is_left_alone(cast: Cast) -> None:
    ann, ben = UserFactory.create_batch(2, customer=cast.contoso)
    block_users([ann], customer=cast.contoso, actor=cast.alice)
    batch = block_users([ann, ben], customer=cast.contoso, actor=cast.alice, reason="Left")
    assert outcomes(batch) == [
        (ann.pk, Outcome.ALREADY, "Already blocked."),
        (ben.pk, Outcome.DONE, ""),
    ]
    item = batch.items.get(user=ben)
    assert (item.before, item.after) == ({"blocked": False}, {"blocked": True})
    assert fresh(ben).blocked_by == cast.alice
    allowed = allow_users([ann, cast.uma], customer=cast.contoso, actor=cast.alice)
    assert outcomes(allowed) == [
        (cast.uma.pk, Outcome.ALREADY, "Not blocked."),
        (ann.pk, Outcome.DONE, ""),
    ]
    assert violations() == []


def test_an_administrator_is_beyond_a_user_administrator(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    with pytest.raises(Refused, match="your role can't manage"):
        block_users([cast.gail], customer=cast.contoso, actor=admin)
    assert fresh(cast.gail).is_active


def test_the_same_key_blocks_once(cast: Cast) -> None:
    key = new_key()
    batch = block_users([cast.uma], customer=cast.contoso, actor=cast.alice, key=key)
    with pytest.raises(AlreadyDone) as caught:
        block_users([cast.uma], customer=cast.contoso, actor=cast.alice, key=key)
    assert caught.value.batch == batch
