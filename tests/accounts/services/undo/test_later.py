"""What undo leaves alone, who may undo, for how long, and that it is done once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.invariants import violations
from accounts.models import User
from accounts.services import running
from accounts.services.licenses import LicenseChange
from accounts.services.undo import can_undo, plan_undo, undo_batch, why_not
from accounts.services.users import remove_users, reset_passwords
from customers.errors import AlreadyDone, Refused
from customers.models import AuditEvent, Batch, BatchKind, BatchState, Outcome
from customers.roles import Role
from customers.services import batches, bulk
from customers.services.batches import cancel_batch, new_key
from licensing.models import Subscription
from tests.accounts.undoing import (
    HAVE,
    LOSE,
    again,
    allow,
    block,
    blocked,
    change,
    give,
    left,
    plan,
    undo,
)
from tests.accounts.verbs import delete, fresh, held, restore, subscribe
from tests.factories import UserFactory, assign
from tests.support.cast import Cast
from tests.support.threads import together


def said(batch: Batch, actor: User) -> list[str]:
    """Why the plan leaves users alone, without the time of day."""
    return [why.rpartition(", ")[0].rpartition(", ")[0] for _, _, why in plan(batch, actor).left]


# Someone has touched the same thing since


def test_users_blocked_meanwhile_are_named_with_by_whom(cast: Cast, users: list[User]) -> None:
    batch = block(cast, *users)
    allow(cast, users[0])
    theirs = block(cast, users[0], actor=cast.gail)
    done = undo(batch, cast.alice)
    reason = left(done)[users[0].pk]
    assert reason.startswith(
        f"{users[0].display_name} has since been changed by Gail: Block sign-in, "
    )
    assert str(timezone.localtime(theirs.finished_at).year) in reason
    assert (done.done, blocked(*users)) == (2, [True, False, False])


def test_another_field_or_another_license_is_no_obstacle(cast: Cast) -> None:
    teams, mail = subscribe(cast, "Teams"), subscribe(cast, "Mail")
    licensed = give(cast, [cast.uma], {teams: HAVE})
    moved = change(cast, cast.uma, fields={"department": "Sales"})
    give(cast, [cast.uma], {mail: HAVE}, actor=cast.gail)
    change(cast, cast.uma, actor=cast.gail, fields={"city": "Umeå"})
    block(cast, cast.uma, actor=cast.gail)
    reset_passwords([cast.uma], customer=cast.contoso, actor=cast.gail)
    undo(licensed, cast.alice)
    undo(moved, cast.alice)
    now = fresh(cast.uma)
    assert (now.department, now.city, held(cast.uma)) == ("", "Umeå", [("Mail", [])])


def test_the_same_field_or_license_is_one(cast: Cast) -> None:
    teams = subscribe(cast, "Teams")
    off = LicenseChange(switch_off=frozenset(["CHAT"]))
    licensed = give(cast, [cast.uma], {teams: HAVE})
    moved = change(cast, cast.uma, fields={"department": "Sales"})
    raised = change(cast, cast.uma, roles=(Role.USER_ADMIN,))
    give(cast, [cast.uma], {teams: off}, actor=cast.sally)
    change(cast, cast.uma, actor=cast.gail, fields={"department": "Finance"})
    change(cast, cast.uma, actor=cast.gail, roles=())
    assert said(licensed, cast.alice) == ["Uma has since been changed by Sally: Manage licenses"]
    for batch in (moved, raised):
        assert said(batch, cast.alice) == ["Uma has since been changed by Gail: Change users"]
        with pytest.raises(Refused, match="Uma has since been changed by Gail"):
            undo(batch, cast.alice)
    assert (fresh(cast.uma).department, held(cast.uma)) == ("Finance", [("Teams", ["CHAT"])])


def test_a_deletion_touches_everything(cast: Cast, users: list[User]) -> None:
    batch = change(cast, cast.uma, fields={"department": "Sales"})
    delete(cast, cast.uma, actor=cast.gail)
    assert said(batch, cast.alice) == ["Uma has since been changed by Gail: Delete user accounts"]
    again_there = restore(cast, cast.uma, actor=cast.gail).batch
    assert said(batch, cast.alice) == ["Uma has since been changed by Gail: Restore"]
    reset_passwords([cast.uma], customer=cast.contoso, actor=cast.gail)
    assert said(again_there, cast.alice) == ["Uma has since been changed by Gail: Reset password"]


def test_a_field_changed_past_every_batch_stays_too(cast: Cast) -> None:
    batch = change(cast, cast.uma, fields={"department": "Sales"})
    User.objects.filter(pk=cast.uma.pk).update(department="Finance")
    [(_row, _outcome, why)] = plan(batch, cast.alice).left
    assert why == "It has been changed since then."


def test_batches_are_undone_one_after_the_other_like_typing(cast: Cast, users: list[User]) -> None:
    first = change(cast, cast.uma, fields={"department": "Sales"})
    second = change(cast, cast.uma, fields={"department": "Finance"})
    gone = delete(cast, cast.uma)
    for batch in (gone, second, first):
        undo(batch, cast.alice)
    assert (fresh(cast.uma).department, fresh(cast.uma).deleted_at) == ("", None)


def test_what_was_taken_back_in_part_stands_in_the_way(cast: Cast) -> None:
    teams, mail = subscribe(cast, "Teams", quantity=1), subscribe(cast, "Mail")
    batch = give(cast, [cast.uma], {teams: HAVE, mail: HAVE})
    gone = delete(cast, cast.uma)
    give(cast, [cast.gail], {teams: HAVE})
    undo(gone, cast.alice)
    assert said(batch, cast.alice) == ["Uma has since been changed by Alice: Restore"]


def test_an_account_that_is_gone_is_called_so(cast: Cast) -> None:
    other = UserFactory.create(customer=cast.contoso, roles=[Role.GLOBAL_ADMIN])
    batch = change(cast, cast.uma, fields={"department": "Sales"})
    change(cast, cast.uma, actor=other, fields={"department": "Finance"})
    delete(cast, other)
    remove_users([other], customer=cast.contoso, actor=cast.alice)
    assert said(batch, cast.alice) == [
        "Uma has since been changed by a user whose account no longer exists: Change users"
    ]


def test_the_permanently_deleted_are_counted(cast: Cast, users: list[User]) -> None:
    batch = delete(cast, *users)
    remove_users(users[:2], customer=cast.contoso, actor=cast.alice)
    found = plan(batch, cast.alice)
    assert found.points[-1] == "2 users have since been deleted permanently."
    assert undo(batch, cast.alice).done == 1


def test_a_restore_in_part_stands_in_the_way_of_the_lost_licenses_alone(cast: Cast) -> None:
    mail, chat = subscribe(cast, "Mail", quantity=1), subscribe(cast, "Chat")
    given_mail = give(cast, [cast.uma], {mail: HAVE})
    given_chat = give(cast, [cast.uma], {chat: HAVE})
    stopped = block(cast, cast.uma)
    gone = delete(cast, cast.uma)
    give(cast, [cast.gail], {mail: HAVE})
    back = undo(gone, cast.alice)
    assert back.items.get().outcome == Outcome.PARTLY
    undo(stopped, cast.alice)
    undo(given_chat, cast.alice)
    assert (blocked(cast.uma), held(cast.uma)) == ([False], [])
    assert said(given_mail, cast.alice) == ["Uma has since been changed by Alice: Restore"]


def test_a_restore_in_part_that_is_undone_is_a_deletion_again(cast: Cast) -> None:
    mail = subscribe(cast, "Mail", cast.uma, quantity=1)
    stopped = block(cast, cast.uma)
    gone = delete(cast, cast.uma)
    give(cast, [cast.gail], {mail: HAVE})
    undo(undo(gone, cast.alice), cast.alice)
    assert said(stopped, cast.alice) == [
        "Uma has since been changed by Alice: Delete user accounts"
    ]


# Who, how long, and once


@pytest.mark.parametrize(
    "action, actors",
    [
        (lambda cast: block(cast, cast.uma), ["alice", "gail"]),
        (lambda cast: delete(cast, cast.uma), ["alice", "gail"]),
        (
            lambda cast: give(cast, [cast.uma], {subscribe(cast): HAVE}),
            ["alice", "bob", "sally", "gail"],
        ),
    ],
    ids=["block", "delete", "licenses"],
)
def test_undo_is_for_a_user_who_may_do_the_inverse(
    cast: Cast, action: Callable[[Cast], Batch], actors: list[str]
) -> None:
    batch = action(cast)
    all_of_cast = ("alice", "bob", "sally", "gail", "uma")
    assert [who for who in all_of_cast if can_undo(again(batch), getattr(cast, who))] == actors
    for who in set(all_of_cast) - {*actors, "uma"}:
        with pytest.raises(Refused, match="Your role can't do this"):
            undo(batch, getattr(cast, who))
        with pytest.raises(Refused, match="Your role can't do this"):
            plan(batch, getattr(cast, who))


def test_administrators_are_beyond_a_user_administrator(cast: Cast, users: list[User]) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    batch = block(cast, cast.gail, users[0])
    done = undo(batch, admin)
    assert left(done) == {cast.gail.pk: "Gail is an administrator, whom your role can't manage."}


def test_what_has_no_way_back_says_so(cast: Cast, users: list[User]) -> None:
    delete(cast, users[0])
    gone = remove_users(users[:1], customer=cast.contoso, actor=cast.alice)
    reset = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice).batch
    assert why_not(again(gone)) == "Delete permanently can't be undone."
    with pytest.raises(Refused, match=r"^Reset password can't be undone\.$"):
        undo(reset, cast.alice)


def test_nothing_changed_is_nothing_to_undo(cast: Cast, users: list[User]) -> None:
    batch = change(cast, cast.uma, fields={"first_name": "Uma"})
    assert (plan(batch, cast.alice).users, plan(batch, cast.alice).left) == ([], [])
    with pytest.raises(Refused, match=r"^Nothing was changed, so there is nothing to undo\.$"):
        undo(batch, cast.alice)
    gone = change(cast, users[0], fields={"city": "Umeå"})
    delete(cast, users[0])
    remove_users(users[:1], customer=cast.contoso, actor=cast.alice)
    with pytest.raises(Refused, match=r"^1 user has since been deleted permanently\.$"):
        undo(gone, cast.alice)


def test_undo_lasts_as_long_as_the_deleted_are_kept(cast: Cast) -> None:
    batch = block(cast, cast.uma)
    kept = timedelta(days=settings.DELETED_USER_RETENTION_DAYS)
    Batch.objects.filter(pk=batch.pk).update(finished_at=timezone.now() - kept)
    assert not can_undo(again(batch), cast.alice)
    with pytest.raises(Refused, match=r"^The time to undo is over: 30 days\.$"):
        undo(batch, cast.alice)


def test_the_time_of_a_part_runs_from_the_end_of_the_whole(cast: Cast) -> None:
    batch = block(cast, cast.uma)
    kept = timedelta(days=settings.DELETED_USER_RETENTION_DAYS)
    Batch.objects.filter(pk=batch.pk).update(finished_at=timezone.now() - 2 * kept)
    with pytest.raises(Refused, match=r"^The time to undo is over: 30 days\.$"):
        undo_batch(again(batch), actor=cast.alice, since=timezone.now() - kept)
    plan = plan_undo(again(batch), actor=cast.alice, since=timezone.now())
    assert [row.pk for row in plan.users] == [cast.uma.pk]
    undo_batch(again(batch), actor=cast.alice, since=timezone.now())
    assert blocked(cast.uma) == [False]


def test_undo_happens_once_and_says_by_whom(cast: Cast) -> None:
    batch = block(cast, cast.uma)
    undo(batch, cast.gail)
    with pytest.raises(Refused, match=r"^Undone by Gail on "):
        undo(batch, cast.alice)


def test_the_same_form_finds_its_undo(cast: Cast) -> None:
    batch, key = block(cast, cast.uma), new_key()
    done = undo(batch, cast.alice, key)
    with pytest.raises(AlreadyDone) as caught:
        undo(batch, cast.alice, key)
    assert caught.value.batch == done


@pytest.mark.django_db(transaction=True)
def test_two_at_once_undo_it_once(cast: Cast, users: list[User]) -> None:
    batch, key = block(cast, *users), new_key()
    results = together(
        lambda: undo(batch, cast.alice, key),
        lambda: undo(batch, cast.alice, key),
        lambda: undo(batch, cast.gail),
    )
    done = [result for result in results if isinstance(result, Batch)]
    assert (len(done), blocked(*users)) == (1, [False] * 3)
    assert AuditEvent.objects.filter(action="user.allowed").count() == 3


# By a task


@pytest.fixture
def long_one(cast: Cast, users: list[User], settings: Settings) -> Batch:
    """Blocked, and more than a page waits for."""
    batch = block(cast, *users)
    settings.PEOPLE_AT_ONCE = 2
    return batch


def test_many_are_undone_by_a_task_that_looks_at_each_again(
    cast: Cast, users: list[User], long_one: Batch
) -> None:
    waiting = undo(long_one, cast.alice)
    assert (waiting.state, waiting.total, blocked(*users)) == (BatchState.WAITING, 3, [True] * 3)
    assert why_not(again(long_one)).startswith("Being undone: Alice asked for it on ")
    allow(cast, users[0])
    assert running.run_batch(waiting.pk)
    done = again(waiting)
    assert (done.state, done.done, done.failed, done.users) == (BatchState.DONE, 2, 1, [])
    assert list(left(done)) == [users[0].pk]


def test_a_refused_or_canceled_undo_leaves_the_way_to_another(
    cast: Cast, users: list[User], long_one: Batch
) -> None:
    refused = undo(long_one, cast.gail)
    cast.gail.groups.clear()
    assert not running.run_batch(refused.pk)
    canceled = undo(long_one, cast.alice)
    cancel_batch(canceled.pk, actor=cast.bob)
    assert not running.run_batch(canceled.pk)
    assert (again(canceled).state, again(canceled).refusal) == ("canceled", "Canceled by Bob.")
    last = undo(long_one, cast.alice)
    assert running.run_batch(last.pk)
    assert blocked(*users) == [False] * 3
    with pytest.raises(Refused, match="It has already begun"):
        cancel_batch(last.pk, actor=cast.alice)


# Queries


@pytest.mark.postgres  # SQLite takes so many rows in parts.
@pytest.mark.parametrize("kind", ["block", "delete", "restore", "licenses", "change"])
def test_as_many_queries_for_three_hundred_as_for_three(
    cast: Cast,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    # Few rows go the way of many, which begins at two hundred.
    monkeypatch.setattr(bulk, "SET_FROM", 1)
    old = subscribe(cast, "Old", quantity=400)
    new = subscribe(cast, "New", quantity=400)
    few, many = (_done_to(cast, kind, number, old, new) for number in (3, 300))
    for act in (plan_undo, undo_batch):
        with CaptureQueriesContext(connection) as queries:
            act(again(few), actor=cast.alice)
        with django_assert_num_queries(len(queries)):
            act(again(many), actor=cast.alice)
    assert again(many).undone_by.done == 300
    assert violations() == []


def _done_to(cast: Cast, kind: str, number: int, old: Subscription, new: Subscription) -> Batch:
    users = UserFactory.create_batch(number, customer=cast.contoso)
    assign(old, *users)
    if kind == "block":
        return block(cast, *users)
    if kind == "licenses":
        return give(cast, users, {old: LOSE, new: HAVE})
    if kind == "change":
        return _moved(cast, users)
    deleted = delete(cast, *users)
    return deleted if kind == "delete" else restore(cast, *users).batch


def _moved(cast: Cast, users: list[User]) -> Batch:
    """All to Sales, each an administrator."""
    for user in users:
        user.groups.add(Group.objects.get(name=Role.LICENSE_ADMIN.value))
    User.objects.filter(pk__in=[user.pk for user in users]).update(department="Sales")
    batch = batches.open_batch(BatchKind.CHANGE, actor=cast.alice, customer=cast.contoso)
    before, after = {"department": "", "roles": []}, {"department": "Sales"}
    roles = {"roles": [Role.LICENSE_ADMIN.value]}
    items = [batches.item(batch, user, before=before, after=after | roles) for user in users]
    return batches.close_batch(batch, items)
