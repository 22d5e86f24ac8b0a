"""Two partners' staff change the same thousands at once, over seats that are scarce."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pytest
from django.db import connection

from accounts.invariants import violations
from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.undo import undo_batch
from accounts.services.users import delete_users, restore_users
from customers.errors import AlreadyDone, Refused
from customers.models import Batch, BatchState, Customer
from customers.roles import Role
from licensing.models import Subscription
from tests.accounts.verbs import crowd
from tests.factories import ProductFactory, StaffFactory, SubscriptionFactory
from tests.patience import PATIENCE
from tests.support.cast import make_cast
from tests.support.threads import SECONDS, together

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.long,
]

# A minute.
DURATION = 3 * SECONDS
USERS, SELECTED, SEATS = 1_300, 1_000, 900
VERBS = ("assign", "swap", "revoke", "delete", "restore", "undo")


@dataclass
class Desk:
    """One customer's users, and the staff of its partner who all change them."""

    customer: Customer
    staff: Sequence[User]
    users: list[int]
    old: Subscription
    new: Subscription
    plain: Subscription

    def change(self, chosen: list[int], actor: User, wishes: dict[int, LicenseChange]) -> None:
        # Some insist on all; others take what there is.
        fit = sum(chosen) % 3 > 0
        change_licenses(chosen, wishes, customer=self.customer, actor=actor, as_many_as_fit=fit)

    def assign(self, chosen: list[int], actor: User) -> None:
        pool = self.old if chosen[0] % 2 else self.plain
        self.change(chosen, actor, {pool.pk: LicenseChange(have=True)})

    def swap(self, chosen: list[int], actor: User) -> None:
        self.change(chosen, actor, {self.new.pk: LicenseChange(instead_of=self.old.pk)})

    def revoke(self, chosen: list[int], actor: User) -> None:
        lose = LicenseChange(have=False)
        self.change(chosen, actor, {self.old.pk: lose, self.new.pk: lose})

    def delete(self, chosen: list[int], actor: User) -> None:
        delete_users(chosen[: SELECTED // 4], customer=self.customer, actor=actor)

    def restore(self, chosen: list[int], actor: User) -> None:
        restore_users(chosen, customer=self.customer, actor=actor)

    def undo(self, chosen: list[int], actor: User) -> None:
        done = self.customer.batches.filter(state=BatchState.DONE, undone_by=None)
        # There is one at least: the newest undo.
        last = done.order_by("-pk")[:3]
        undo_batch(last[chosen[0] % len(last)], actor=actor)


def _desk(customer: Customer, staff: Sequence[User]) -> Desk:
    old, new, plain = (ProductFactory.create() for _number in range(3))
    # A moment with both, or a swap that ends halfway, would break a rule.
    old.conflicts.add(new)
    new.conflicts.add(old)
    pools = [
        SubscriptionFactory.create(customer=customer, product=product, quantity=SEATS)
        for product in (old, new, plain)
    ]
    users = [user.pk for user in crowd(customer, USERS)]
    desk = Desk(customer, staff, users, *pools)
    desk.assign([pk for pk in users if pk % 3][:SEATS], staff[0])
    return desk


class Tally:
    """What each did, and what they were told where they could not."""

    def __init__(self) -> None:
        self.done = Counter[str]()
        self.refused = Counter[str]()
        self.told: list[str] = []

    def take(self, verb: str, action: Callable[[], None]) -> None:
        try:
            action()
            self.done[verb] += 1
        except (Refused, AlreadyDone) as refused:
            self.refused[f"{verb}: {type(refused).__name__}"] += 1
            self.told.append(str(refused))


def _work(desk: Desk, actor: User, tally: Tally, began: float) -> None:
    chance = random.Random(actor.pk)
    while (passed := time.monotonic() - began) < DURATION or (
        # A busy machine has not come to each of them.
        tally.done.keys() != set(VERBS) and passed < PATIENCE
    ):
        for verb in chance.sample(VERBS, len(VERBS)):
            chosen = chance.sample(desk.users, SELECTED)
            tally.take(verb, partial(getattr(desk, verb), chosen, actor))


def test_two_partners_change_thousands_at_once_and_each_refusal_says_why() -> None:
    cast = make_cast()
    roles = {"roles": [Role.ADMIN_AGENT]}
    extra = [StaffFactory.create(partner=cast.litware, **roles) for _number in range(2)]
    desks = [
        _desk(
            cast.contoso,
            [cast.alice, cast.gail, StaffFactory.create(partner=cast.fabrikam, **roles)],
        ),
        _desk(cast.adatum, [cast.charlie, *extra]),
    ]
    tally, began, before = Tally(), time.monotonic(), _deadlocks()
    together(*[partial(_work, desk, actor, tally, began) for desk in desks for actor in desk.staff])
    print(
        f" {DURATION:.0f} s, done: {dict(sorted(tally.done.items()))},"
        f" refused: {dict(sorted(tally.refused.items()))},"
        f" deadlocks that were tried again: {_deadlocks() - before}",
        end="",
    )
    assert violations() == []
    assert tally.done.keys() == set(VERBS)
    # A refusal is a sentence, and none of them is that the database had to give up.
    assert [text for text in tally.told if not text.endswith(".") or len(text) < 20] == []
    assert [text for text in tally.told if "Others are changing" in text] == []
    assert Batch.objects.count() == len(desks) + sum(tally.done.values())


def _deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
