"""Nothing is oversold, lost or done twice when many act at once. Long runs: `make torture`."""

import random
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.invariants import violations
from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.undo import undo_batch
from accounts.services.users import (
    NamesTaken,
    NewUser,
    add_users,
    block_users,
    change_user,
    choose_password,
    delete_users,
    purge_due_users,
    purging,
    remove_users,
    reset_passwords,
    restore_users,
)
from customers.actions import Action
from customers.errors import AlreadyDone, Refused
from customers.models import AuditEvent, Batch
from customers.roles import Role
from customers.services.domains import make_primary, remove_domain
from licensing.errors import NotActive, SeatsShort
from licensing.models import LicenseAssignment, Subscription
from licensing.services.subscriptions import cancel_subscription, change_seats
from tests.accounts.verbs import fresh
from tests.factories import DomainFactory, SubscriptionFactory, UserFactory
from tests.patience import PATIENCE
from tests.settings import SQLITE
from tests.support.cast import PASSWORD, Cast, make_cast
from tests.support.threads import SECONDS, refusals, rounds, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.torture]

HAVE, LOSE = LicenseChange(have=True), LicenseChange(have=False)
ASSIGNERS = 8 if SQLITE else 32


@pytest.fixture
def world(transactional_db: None, settings: Settings) -> Iterator[Cast]:
    settings.SHORT_PASSWORDS_UP_TO = 0
    yield make_cast()
    assert violations() == []


def job(verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[[], Any]:
    return lambda: verb(*args, **kwargs)


def new(cast: Cast, *local_parts: str) -> list[NewUser]:
    domain = cast.contoso.domains.get(name="contoso.example")
    return [
        NewUser(local, domain, local.title(), {"usage_location": "US"}) for local in local_parts
    ]


class Crowd:
    """Assigns, revokes, deletes and restores at random until the time is over.

    On a busy machine it goes on until each `wanted` outcome was there.
    """

    def __init__(
        self, cast: Cast, pool: Subscription, users: list[User], wanted: Collection[str] = ()
    ) -> None:
        self.cast, self.pool, self.users = cast, pool, users
        self.missing = set(wanted)
        self.began = time.monotonic()

    def goes_on(self) -> bool:
        passed = time.monotonic() - self.began
        return passed < max(2, SECONDS) or (bool(self.missing) and passed < PATIENCE)

    def member(self, seed: int) -> "Counter[str]":
        chance, done = random.Random(seed), Counter[str]()
        verbs = [self.assign] * 6 + [self.revoke] * 2 + [self.delete, self.restore, self.restore]
        while self.goes_on():
            verb = chance.choice(verbs)
            try:
                verb(chance.sample(self.users, chance.randint(1, 3)))
                outcome = verb.__name__
            except Refused as refused:
                outcome = type(refused).__name__
            done[outcome] += 1
            self.missing.discard(outcome)
        return done

    def assign(self, users: list[User]) -> None:
        self._change(users, HAVE)

    def revoke(self, users: list[User]) -> None:
        self._change(users, LOSE)

    def delete(self, users: list[User]) -> None:
        delete_users(users, customer=self.cast.contoso, actor=self.cast.alice)

    def restore(self, users: list[User]) -> None:
        restore_users(users, customer=self.cast.contoso, actor=self.cast.alice)

    def _change(self, users: list[User], change: LicenseChange) -> None:
        changes = {self.pool.pk: change}
        change_licenses(users, changes, customer=self.cast.contoso, actor=self.cast.bob)


def test_many_assigners_oversell_nothing_and_lose_nothing(world: Cast) -> None:
    users = UserFactory.create_batch(60, customer=world.contoso)
    pool = SubscriptionFactory.create(customer=world.contoso, quantity=20)
    verbs = ("assign", "revoke", "delete", "restore")
    crowd = Crowd(world, pool, users, wanted={*verbs, "SeatsShort"})
    tallies = together(*[job(crowd.member, seed) for seed in range(ASSIGNERS)])
    total = sum(tallies, Counter[str]())
    print(f" {ASSIGNERS} at once: {dict(sorted(total.items()))}", end="")
    for verb in verbs:
        assert total[verb] > 0
    assert total["SeatsShort"] > 0
    pool.refresh_from_db()
    live = LicenseAssignment.objects.live().count()
    assert pool.assigned == live <= pool.quantity
    # Every seat that the log says was taken and not given back is there, and no other.
    assert _seats_by_the_log() == live
    assert Batch.objects.count() == sum(total[verb] for verb in verbs)


@pytest.mark.once
def test_undo_in_the_crowd_takes_back_once_and_waits_for_nobody_in_vain(world: Cast) -> None:
    users = UserFactory.create_batch(20, customer=world.contoso)
    pool = SubscriptionFactory.create(customer=world.contoso, quantity=8)
    crowd = Crowd(world, pool, users)
    members = [job(crowd.member, seed) for seed in range(4)]
    tallies = together(
        *members, *[job(_undo_until, crowd, who) for who in (world.alice, world.gail)]
    )
    total = sum(tallies, Counter[str]())
    assert (total["undone"] > 0, total["busy"]) == (True, 0)
    assert Batch.objects.exclude(undo_of=None).count() == total["undone"]


def _undo_until(crowd: Crowd, actor: User) -> "Counter[str]":
    """Whatever was done last, by whomever, other undos too; if need be once the crowd rests."""
    done = Counter[str]()
    while crowd.goes_on() or (not done["undone"] and time.monotonic() < crowd.began + PATIENCE):
        for batch in Batch.objects.filter(undone_by=None).order_by("-pk")[:5]:
            try:
                undo_batch(batch, actor=actor)
                done["undone"] += 1
            except Refused as refused:
                done["busy" if "Others are" in str(refused) else "refused"] += 1
    return done


def _seats_by_the_log() -> int:
    seats = 0
    for event in AuditEvent.objects.all():
        seats += (event.action == Action.LICENSE_ASSIGNED) - (
            event.action == Action.LICENSE_REVOKED
        )
        seats += len(event.changes.get("restored", ())) - len(event.changes.get("released", ()))
    return seats


@pytest.mark.once
def test_cancel_assign_and_delete_at_once(world: Cast) -> None:
    for _number in rounds():
        users = UserFactory.create_batch(4, customer=world.contoso)
        pool = SubscriptionFactory.create(customer=world.contoso, quantity=9, holders=users[2:])
        changes, contoso, alice = {pool.pk: HAVE}, world.contoso, world.alice
        results = together(
            job(change_licenses, users[:2], changes, customer=contoso, actor=alice),
            job(cancel_subscription, pool, actor=alice),
            job(delete_users, users[1:3], customer=contoso, actor=alice),
        )
        assert set(refusals(results)) <= {NotActive, Refused}
        assert LicenseAssignment.objects.live().count() == 0
        assert violations() == []


@pytest.mark.once
def test_seats_given_back_while_they_are_assigned(world: Cast) -> None:
    for _number in rounds():
        users = UserFactory.create_batch(4, customer=world.contoso)
        pool = SubscriptionFactory.create(customer=world.contoso, quantity=4)
        changes, contoso = {pool.pk: HAVE}, world.contoso
        results = together(
            *[
                job(change_licenses, [user], changes, customer=contoso, actor=world.alice)
                for user in users
            ],
            job(change_seats, pool, 2, actor=world.alice),
        )
        pool.refresh_from_db()
        assert pool.assigned <= pool.quantity
        lost = refusals(results)
        assert Counter(lost)[SeatsShort] == 4 - pool.assigned
        assert (pool.quantity == 2) != (Refused in lost)


def test_two_restores_of_one_user_bring_back_one(world: Cast) -> None:
    pool = SubscriptionFactory.create(customer=world.contoso, quantity=1, holders=[world.uma])
    for _number in rounds():
        delete_users([world.uma], customer=world.contoso, actor=world.alice)
        twice = [
            job(restore_users, [world.uma], customer=world.contoso, actor=actor)
            for actor in (world.alice, world.gail)
        ]
        assert refusals(together(*twice)) == [Refused]
        pool.refresh_from_db()
        assert pool.assigned == 1


def test_two_adds_of_one_name_make_one_user(world: Cast) -> None:
    for number in rounds():
        names = [f"a{number}", f"b{number}"]
        one, other = new(world, *names), new(world, *reversed(names))
        results = together(
            job(add_users, one, customer=world.contoso, actor=world.alice),
            job(add_users, other, customer=world.contoso, actor=world.gail),
        )
        assert refusals(results) == [NamesTaken]
        assert User.objects.filter(user_name__startswith=f"a{number}@").count() == 1


def test_a_rename_and_a_restore_do_not_share_a_name(world: Cast) -> None:
    domain = world.contoso.domains.get()
    for _number in rounds():
        delete_users([world.uma], customer=world.contoso, actor=world.alice)
        other = UserFactory.create(customer=world.contoso)
        results = together(
            job(restore_users, [world.uma], customer=world.contoso, actor=world.alice),
            job(
                change_user,
                other,
                customer=world.contoso,
                actor=world.alice,
                fields={},
                local_part="uma",
                domain=domain,
            ),
        )
        assert len(refusals(results)) == 1
        living = User.objects.active()
        assert living.filter(user_name="uma@contoso.example").count() == 1
        if fresh(other).user_name == "uma@contoso.example":
            remove = {"customer": world.contoso, "actor": world.alice}
            delete_users([other], **remove)  # type: ignore[arg-type]
            restore_users([world.uma], **remove)  # type: ignore[arg-type]


def test_a_double_click_adds_once(world: Cast) -> None:
    for number in rounds():
        user = new(world, f"p{number}")
        click = job(
            add_users, user, customer=world.contoso, actor=world.alice, key=f"form-{number}"
        )
        results = together(click, click, click)
        assert refusals(results) == [AlreadyDone] * 2
        batches = {r.batch for r in results}
        assert batches == {Batch.objects.get(key=f"form-{number}")}


def test_of_two_administrators_who_delete_each_other_one_stays(world: Cast) -> None:
    for _number in rounds():
        hank = UserFactory.create(customer=world.contoso, roles=[Role.GLOBAL_ADMIN])
        results = together(
            job(delete_users, [hank], customer=world.contoso, actor=world.gail),
            job(delete_users, [world.gail], customer=world.contoso, actor=hank),
        )
        assert refusals(results) == [Refused]
        assert "Your own account" in str(next(r for r in results if isinstance(r, Refused)))
        gone = [user for user in (hank, world.gail) if fresh(user).deleted_at]
        assert len(gone) == 1
        restore_users(gone, customer=world.contoso, actor=world.alice)


def test_a_user_who_is_being_blocked_acts_before_or_not_at_all(world: Cast) -> None:
    for _number in rounds():
        user = UserFactory.create(customer=world.contoso)
        results = together(
            job(block_users, [world.gail], customer=world.contoso, actor=world.alice),
            job(delete_users, [user], customer=world.contoso, actor=world.gail),
        )
        blocked, acted = (isinstance(result, Batch) for result in results)
        assert blocked
        assert acted == bool(fresh(user).deleted_at)
        assert not acted or _came_before(results[1], results[0])
        User.objects.filter(pk=world.gail.pk).update(blocked_at=None, blocked_by=None)


def _came_before(one: Batch, other: Batch) -> bool:
    """Whoever got the lock first has written to the log first."""
    events = AuditEvent.objects.filter(batch_id__in=[one.pk, other.pk]).order_by("pk")
    return events[0].batch_id == one.pk


def make_due(*users: User) -> None:
    now = timezone.now()
    due = User.objects.filter(pk__in=[user.pk for user in users])
    due.update(deleted_at=now - timedelta(days=30), purge_after=now)


def test_two_purges_at_once_remove_every_user_once(
    world: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "PURGE_CHUNK", 7)
    for _number in rounds():
        users = UserFactory.create_batch(20, customer=world.contoso)
        delete_users(users, customer=world.contoso, actor=world.alice)
        make_due(*users)
        results = together(purge_due_users, purge_due_users)
        assert sum(result.removed for result in results) == 20
        removed = AuditEvent.objects.filter(
            action=Action.USER_REMOVED, target_id__in=[user.pk for user in users]
        )
        assert removed.count() == 20


def test_purge_and_restore_at_the_very_date_decide_for_one(world: Cast) -> None:
    for _number in rounds():
        users = UserFactory.create_batch(3, customer=world.contoso)
        delete_users(users, customer=world.contoso, actor=world.alice)
        soon = timezone.now() + timedelta(milliseconds=30)
        User.objects.filter(pk__in=[user.pk for user in users]).update(purge_after=soon)
        together(
            lambda: [purge_due_users() for _again in range(10)],
            *[
                job(restore_users, [user], customer=world.contoso, actor=world.alice)
                for user in users
            ],
        )
        make_due(*User.objects.filter(deleted_at__isnull=False))
        purge_due_users()
        left = User.objects.filter(pk__in=[user.pk for user in users])
        assert all(user.is_active for user in left)
        assert violations() == []


def test_delete_permanently_and_restore_decide_for_one(world: Cast) -> None:
    for _number in rounds():
        user = UserFactory.create(customer=world.contoso)
        verbs = {"customer": world.contoso, "actor": world.alice}
        delete_users([user], **verbs)  # type: ignore[arg-type]
        results = together(job(remove_users, [user], **verbs), job(restore_users, [user], **verbs))
        assert refusals(results) == [Refused]
        left = list(User.objects.filter(pk=user.pk))
        assert [user.is_active for user in left] in ([], [True])


@pytest.mark.postgres
def test_the_purge_waits_for_nobody(world: Cast) -> None:
    users = UserFactory.create_batch(20, customer=world.contoso)
    delete_users(users, customer=world.contoso, actor=world.alice)
    make_due(*users)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=users[0].pk)
        purged = together(purge_due_users)[0]
    assert purged.removed == 19
    assert purge_due_users().removed == 1


def test_a_domain_is_not_removed_from_under_a_new_user(world: Cast) -> None:
    for number in rounds():
        domain = DomainFactory.create(customer=world.contoso)
        user = NewUser(f"p{number}", domain, "P")
        results = together(
            job(add_users, [user], customer=world.contoso, actor=world.alice),
            job(remove_domain, domain, actor=world.alice),
            job(make_primary, domain, actor=world.alice),
        )
        assert set(refusals(results)) <= {Refused}
        assert violations() == []


def test_a_reset_wins_over_a_choice_that_was_begun_before(world: Cast) -> None:
    for _number in rounds():
        reset_passwords([world.uma], customer=world.contoso, actor=world.alice)
        page = fresh(world.uma)
        together(
            job(reset_passwords, [world.uma], customer=world.contoso, actor=world.alice),
            job(choose_password, page, PASSWORD),
        )
        uma = fresh(world.uma)
        assert uma.must_change_password
        assert not uma.check_password(PASSWORD)
