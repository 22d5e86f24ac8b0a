"""A rule, a bulk action, an upload and a schedule over the same thousand users and scarce seats."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from accounts.invariants import violations
from accounts.models import User
from accounts.queries.filters import UserFilter
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.users import NewUser, add_unseen_users, change_users, delete_users
from automation.models import KeptLicense, KeptState, LicenseRule, Unsettled
from automation.services.drafts import Draft
from automation.services.keeping.work import find_drift, settle_customer
from automation.services.rule_switching import switch_off, switch_on
from automation.services.rules import add_exceptions, add_rule, remove_exceptions
from customers.errors import AlreadyDone, Refused
from customers.models import Customer
from customers.roles import Role
from licensing.models import Subscription
from licensing.services.subscriptions import change_seats
from tests.accounts.verbs import crowd
from tests.factories import ProductFactory, StaffFactory, SubscriptionFactory
from tests.patience import wait_for
from tests.support.cast import make_cast
from tests.support.threads import SECONDS, together

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.torture,
]

# Two in the suite, a minute in torture.
DURATION = 3 * SECONDS if SECONDS > 1 else 2
USERS, SEATS = 1_000, 300


class Desk:
    """What four of the staff and the portal itself do to one customer."""

    def __init__(self) -> None:
        cast = make_cast()
        self.customer: Customer = cast.contoso
        self.staff = StaffFactory.create_batch(6, partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN])
        self.users = [user.pk for user in crowd(self.customer, USERS)]
        self.domain = self.customer.domains.get()
        base, more = ProductFactory.create(), ProductFactory.create()
        pools = [
            SubscriptionFactory.create(customer=self.customer, product=one, quantity=SEATS)
            for one in (base, more)
        ]
        self.base, self.more = pools
        self.rules = []
        for number, (name, gives) in enumerate(
            [("Sales", pools), ("HR", pools[:1]), ("IT", pools[1:])]
        ):
            draft = Draft(
                name, UserFilter(department=name), {pool.pk: frozenset() for pool in gives}
            )
            rule = add_rule(draft, customer=self.customer, actor=self.staff[number])
            switch_on(rule, actor=self.staff[number])
            self.rules.append(rule)

    def some(self, dice: random.Random, most: int) -> list[int]:
        return dice.sample(self.users, dice.randint(1, most))

    def by_rule(self, dice: random.Random, actor: User) -> None:
        rule = LicenseRule.objects.get(pk=dice.choice(self.rules).pk)
        users = self.some(dice, 20)
        turn: Callable[..., Any] = switch_off if rule.is_on else switch_on
        act = dice.choice([turn, add_exceptions, remove_exceptions])
        if act is turn:
            turn(rule, actor=actor)
        else:
            act(rule, users, actor=actor)

    def by_hand(self, dice: random.Random, actor: User) -> None:
        pool = dice.choice([self.base, self.more])
        wish = LicenseChange(have=dice.random() < 0.5)
        change_licenses(
            self.some(dice, 200),
            {pool.pk: wish},
            customer=self.customer,
            actor=actor,
            as_many_as_fit=dice.random() < 0.7,
        )

    def by_upload(self, dice: random.Random, actor: User) -> None:
        department = dice.choice(["Sales", "HR", "IT", ""])
        fields = {"usage_location": "US", "department": department}
        new = [
            NewUser(f"u{dice.getrandbits(60)}", self.domain, "Ada Lind", fields)
            for _n in range(dice.randint(1, 30))
        ]
        self.users += [
            user.pk for user in add_unseen_users(new, customer=self.customer, actor=actor)
        ]

    def by_schedule(self, dice: random.Random, actor: User) -> None:
        users = self.some(dice, 150)
        if dice.random() < 0.2:
            delete_users(users[:20], customer=self.customer, actor=actor)
        department = dice.choice(["Sales", "HR", "IT", ""])
        change_users(users, customer=self.customer, actor=actor, fields={"department": department})

    def by_seats(self, dice: random.Random, actor: User) -> None:
        change_seats(
            dice.choice([self.base, self.more]), SEATS + dice.randint(-50, 50), actor=actor
        )

    def by_itself(self, _dice: random.Random, _actor: User) -> None:
        settle_customer(self.customer.pk)


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def settled(customer: Customer) -> bool:
    """Marks of rules that were switched wait until nobody writes, also in another database."""
    settle_customer(customer.pk)
    return not Unsettled.objects.filter(customer=customer).exists()


def test_rules_hands_uploads_and_schedules_want_the_same_seats() -> None:
    desk, told, lock = Desk(), Counter[str](), threading.Lock()
    before, end = deadlocks(), time.monotonic() + DURATION

    def work(number: int, act: Callable[[random.Random, User], None]) -> Callable[[], None]:
        dice = random.Random(number)

        def run() -> None:
            while time.monotonic() < end:
                try:
                    act(dice, desk.staff[number])
                    answer = "done"
                except (Refused, AlreadyDone) as refused:
                    answer = getattr(refused, "code", "done already")
                with lock:
                    told[f"{act.__name__}: {answer}"] += 1

        return run

    acts = [
        desk.by_rule,
        desk.by_hand,
        desk.by_upload,
        desk.by_schedule,
        desk.by_seats,
        desk.by_itself,
    ]
    together(*(work(number, act) for number, act in enumerate(acts)))
    print(f" {dict(told)}, {deadlocks() - before} deadlocks", end="")
    assert not [name for name in told if name.endswith(": busy")]
    assert deadlocks() == before
    wait_for(lambda: settled(desk.customer), "all marks to be worked off")
    waiting = KeptLicense.objects.filter(state=KeptState.WAITING)
    pools = Subscription.objects.filter(pk__in=waiting.values("subscription"))
    assert [pool.pk for pool in pools if pool.assignable] == []
    assert find_drift() == 0
    assert violations() == []
