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


def test_who_was_blocked_can_sign_in_again(cast: Cast, people: list[User]) -> None:
    block(cast, people[2])
    batch = block(cast, *people)
    found = plan(batch, cast.alice)
    assert found.points == ["2 users can sign in again, with the same passwords as before."]
    # The third one was blocked before: that was not this batch's doing.
    assert ([row.pk for row in found.people], found.left) == ([p.pk for p in people[:2]], [])
    done = undo(batch, cast.alice)
    assert (done.kind, done.undo_of, done.done, done.failed) == (BatchKind.ALLOW, batch, 2, 0)
    assert blocked(*people) == [False, False, True]
    assert log()[-1] == Line("user.allowed", named(people[1]))
    assert AuditEvent.objects.latest("pk").batch_id == done.pk


def test_who_was_allowed_is_blocked_again_but_nobody_blocks_oneself(cast: Cast) -> None:
    other = UserFactory.create(customer=cast.contoso)
    block(cast, cast.gail, other)
    batch = allow(cast, cast.gail, other)
    done = undo(batch, cast.gail)
    assert left(done) == {cast.gail.pk: "You can't block yourself."}
    assert blocked(cast.gail, other) == [False, True]


def test_whoever_was_allowed_since_is_left_alone(cast: Cast, people: list[User]) -> None:
    batch = block(cast, *people)
    User.objects.filter(pk=people[0].pk).update(blocked_at=None, blocked_by=None)
    done = undo(batch, cast.alice)
    assert left(done) == {people[0].pk: "Not blocked."}
    assert blocked(*people) == [False, False, False]


def test_the_page_says_what_becomes_of_how_many(cast: Cast, people: list[User]) -> None:
    batch = block(cast, *people)
    assert plan(batch, cast.alice).points == [
        "3 users can sign in again, with the same passwords as before."
    ]
    one = allow(cast, people[0])
    assert plan(one, cast.alice).points == [
        "1 user can't sign in any more; every open session ends at once."
    ]


def test_a_block_that_is_made_again_ends_sessions_again(cast: Cast, people: list[User]) -> None:
    block(cast, people[0])
    epoch = fresh(people[0]).session_epoch
    undo(allow(cast, people[0]), cast.alice)
    assert fresh(people[0]).session_epoch == epoch + 1
    assert blocked(people[0]) == [True]


def test_administrators_stay_where_the_actors_role_does_not_reach_them(
    cast: Cast, people: list[User]
) -> None:
    limited = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    batch = block(cast, cast.gail, people[0])
    assert [row.pk for row in plan(batch, limited).people] == [people[0].pk]
    undo(batch, limited)
    assert blocked(cast.gail, people[0]) == [True, False]
