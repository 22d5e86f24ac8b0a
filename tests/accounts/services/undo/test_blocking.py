"""Undo of Block and of Allow sign-in."""

from accounts.models import User
from customers.models import AuditEvent, BatchKind
from customers.roles import Role
from tests.accounts.undoing import (
    allow,
    block,
    blocked,
    left,
    named,
    plan,
    undo,
)
from tests.accounts.verbs import fresh
from tests.factories import UserFactory
from tests.support.cast import Cast
from tests.support.log import Line, log


def test_who_was_blocked_can_sign_in_again(cast: Cast, users: list[User]) -> None:
    block(cast, users[2])
    batch = block(cast, *users)
    found = plan(batch, cast.alice)
    assert found.points == ["2 users can sign in again, with the same passwords as before."]
    # The third one was blocked before: that was not this batch's doing.
    assert ([row.pk for row in found.users], found.left) == ([p.pk for p in users[:2]], [])
    done = undo(batch, cast.alice)
    assert (done.kind, done.undo_of, done.done, done.failed) == (BatchKind.ALLOW, batch, 2, 0)
    assert blocked(*users) == [False, False, True]
    assert log()[-1] == Line("user.allowed", named(users[1]))
    assert AuditEvent.objects.latest("pk").batch_id == done.pk


def test_who_was_allowed_is_blocked_again_but_nobody_blocks_oneself(cast: Cast) -> None:
    other = UserFactory.create(customer=cast.contoso)
    block(cast, cast.gail, other)
    batch = allow(cast, cast.gail, other)
    done = undo(batch, cast.gail)
    assert left(done) == {cast.gail.pk: "You can't block yourself."}
    assert blocked(cast.gail, other) == [False, True]


def test_a_user_who_was_allowed_since_is_left_alone(cast: Cast, users: list[User]) -> None:
    batch = block(cast, *users)
    User.objects.filter(pk=users[0].pk).update(blocked_at=None, blocked_by=None)
    done = undo(batch, cast.alice)
    assert left(done) == {users[0].pk: "Not blocked."}
    assert blocked(*users) == [False, False, False]


def test_the_page_says_what_becomes_of_how_many(cast: Cast, users: list[User]) -> None:
    batch = block(cast, *users)
    assert plan(batch, cast.alice).points == [
        "3 users can sign in again, with the same passwords as before."
    ]
    one = allow(cast, users[0])
    assert plan(one, cast.alice).points == [
        "1 user can no longer sign in; every open session ends at once."
    ]


def test_a_block_that_is_made_again_ends_sessions_again(cast: Cast, users: list[User]) -> None:
    block(cast, users[0])
    epoch = fresh(users[0]).session_epoch
    undo(allow(cast, users[0]), cast.alice)
    assert fresh(users[0]).session_epoch == epoch + 1
    assert blocked(users[0]) == [True]


def test_administrators_stay_where_the_actors_role_does_not_reach_them(
    cast: Cast, users: list[User]
) -> None:
    limited = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    batch = block(cast, cast.gail, users[0])
    assert [row.pk for row in plan(batch, limited).users] == [users[0].pk]
    undo(batch, limited)
    assert blocked(cast.gail, users[0]) == [True, False]
