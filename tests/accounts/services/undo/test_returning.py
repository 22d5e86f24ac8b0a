"""Undo of a deletion, and of a restore."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.services.returns import Choices
from accounts.services.users import NewUser, add_users
from customers.models import BatchKind, Outcome
from customers.roles import Role
from tests.accounts.undoing import (
    HAVE,
    LOSE,
    give,
    left,
    plan,
    undo,
)
from tests.accounts.verbs import delete, fresh, held, restore, subscribe
from tests.factories import UserFactory
from tests.support.cast import Cast


def test_the_deleted_come_back_with_their_licenses(cast: Cast, users: list[User]) -> None:
    teams = subscribe(cast, "Teams", *users[:2])
    batch = delete(cast, *users)
    assert plan(batch, cast.alice).points == [
        "3 users come back, with permissions, contact data and passwords as before.",
        "Licenses that come back: 2 × Teams.",
    ]
    done = undo(batch, cast.alice)
    assert (done.kind, done.done) == (BatchKind.RESTORE, 3)
    assert [held(user) for user in users] == [[("Teams", [])], [("Teams", [])], []]
    teams.refresh_from_db()
    assert teams.assigned == 2


def test_a_license_without_a_seat_is_said_and_the_user_comes_back(
    cast: Cast, users: list[User]
) -> None:
    teams = subscribe(cast, "Teams", users[0], quantity=1)
    batch = delete(cast, *users)
    give(cast, [cast.uma], {teams: HAVE})
    assert plan(batch, cast.alice).points[1:] == [
        "Licenses that can't come back: 1 × Teams: no seats left."
    ]
    done = undo(batch, cast.alice)
    item = done.items.get(user=users[0])
    assert (item.outcome, item.reason) == (Outcome.PARTLY, "Teams: no seats left.")
    assert [fresh(user).deleted_at for user in users] == [None] * 3


def test_whose_name_is_taken_stays_deleted_and_is_named(cast: Cast, users: list[User]) -> None:
    teams = subscribe(cast, "Teams", *users[:2], quantity=2)
    batch = delete(cast, *users)
    give(cast, [cast.uma], {teams: HAVE})
    local_part, _at, _domain = users[0].user_name.partition("@")
    new = NewUser(local_part, cast.contoso.domains.get(), "Namesake")
    add_users([new], customer=cast.contoso, actor=cast.alice)
    # The seat that is left goes to the user who comes back.
    assert plan(batch, cast.alice).points[1:] == ["Licenses that come back: 1 × Teams."]
    done = undo(batch, cast.alice)
    reason = f"Another user has the user name {users[0].user_name}."
    assert left(done) == {users[0].pk: reason}
    assert [fresh(user).deleted_at is None for user in users] == [False, True, True]


def test_the_time_to_restore_may_be_over(cast: Cast, users: list[User]) -> None:
    batch = delete(cast, *users)
    User.objects.filter(pk=users[0].pk).update(purge_after=timezone.now())
    done = undo(batch, cast.alice)
    assert left(done) == {users[0].pk: f"The time to restore {users[0].display_name} is over."}


def test_the_restored_are_deleted_again_as_they_were(cast: Cast, users: list[User]) -> None:
    ann, ben = users[:2]
    teams, mail = subscribe(cast, "Teams", ann, quantity=1), subscribe(cast, "Mail", ann)
    delete(cast, ann, ben, actor=cast.gail)
    day = timezone.now() - timedelta(days=3)
    kept = timedelta(days=settings.DELETED_USER_RETENTION_DAYS)
    User.objects.filter(pk=ben.pk).update(deleted_at=day, purge_after=day + kept)
    before = [fresh(user) for user in (ann, ben)]
    give(cast, [cast.uma], {teams: HAVE})
    restored = restore(
        cast, ann, ben, choices=Choices(names={ben.pk: "ben.two@contoso.example"})
    ).batch
    assert held(ann) == [("Mail", [])]
    assert plan(restored, cast.alice).points == [
        "2 users are deleted again; every open session ends at once.",
        "Seats that are free at once: 1 × Mail.",
        (
            "They are deleted permanently on the day set by the first deletion, if that is"
            " still ahead."
        ),
    ]
    done = undo(restored, cast.alice)
    for user, was in zip((ann, ben), before, strict=True):
        now = fresh(user)
        assert (now.deleted_at, now.purge_after) == (was.deleted_at, was.purge_after)
        assert (now.user_name, now.deleted_by, now.username) == (was.user_name, cast.gail, None)
        assert now.session_epoch == was.session_epoch + 1
    mail.refresh_from_db()
    assert (done.kind, mail.assigned) == (BatchKind.DELETE, 0)
    # What each held at the first deletion is not forgotten: now there is a seat.
    give(cast, [cast.uma], {teams: LOSE})
    undo(done, cast.alice)
    assert held(ann) == [("Mail", []), ("Teams", [])]


def test_a_day_that_is_over_gives_a_new_time_to_restore(cast: Cast, users: list[User]) -> None:
    ann = users[0]
    delete(cast, ann)
    User.objects.filter(pk=ann.pk).update(purge_after=timezone.now() + timedelta(hours=1))
    restored = restore(cast, ann).batch
    item = restored.items.get()
    item.before["purge_after"] = timezone.now().isoformat()
    item.save()
    undo(restored, cast.alice)
    kept = timedelta(days=settings.DELETED_USER_RETENTION_DAYS)
    now = fresh(ann)
    assert now.deleted_at is not None
    assert now.purge_after == now.deleted_at + kept


def test_the_page_of_a_restore_says_which_seats_become_free(cast: Cast, users: list[User]) -> None:
    subscribe(cast, "Teams", *users)
    subscribe(cast, "Visio", users[0])
    delete(cast, *users)
    restored = restore(cast, *users).batch
    assert plan(restored, cast.alice).points == [
        "3 users are deleted again; every open session ends at once.",
        "Seats that are free at once: 3 × Teams, 1 × Visio.",
        (
            "They are deleted permanently on the day set by the first deletion, if that is"
            " still ahead."
        ),
    ]


def test_nobody_is_deleted_by_the_own_undo(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.GLOBAL_ADMIN])
    delete(cast, admin)
    restored = restore(cast, admin).batch
    [(row, _outcome, why)] = plan(restored, fresh(admin)).left
    assert (row.pk, why) == (admin.pk, "You can't delete yourself.")


def test_a_user_who_was_restored_by_hand_is_not_restored_again(
    cast: Cast, users: list[User]
) -> None:
    batch = delete(cast, *users)
    restore(cast, users[0])
    found = plan(batch, cast.alice)
    assert [row.pk for row in found.users] == [users[1].pk, users[2].pk]
    done = undo(batch, cast.alice)
    assert set(left(done)) == {users[0].pk}
    assert [fresh(user).deleted_at for user in users] == [None, None, None]


def test_licenses_that_come_back_are_counted_beforehand(cast: Cast, users: list[User]) -> None:
    subscribe(cast, "Teams", *users)
    batch = delete(cast, *users)
    assert plan(batch, cast.alice).points == [
        "3 users come back, with permissions, contact data and passwords as before.",
        "Licenses that come back: 3 × Teams.",
    ]
