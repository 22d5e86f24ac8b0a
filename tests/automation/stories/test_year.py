"""A year of a customer, day by day: people come, move and leave, seats and rules change, and the
process that works for the portal is killed at any moment.

What must hold after each day is asked of the rows themselves: the departments, rules and seats, and
not what the product says of them.
"""

import os
import random
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time

import pytest
from django.db import connection, connections
from django.db.models import F
from django.utils import timezone

from accounts.invariants import violations
from accounts.models import User
from accounts.queries.filters import UserFilter
from accounts.services.queue import nobody_sent
from accounts.services.running import run_batch
from accounts.services.users import (
    NewUser,
    add_unseen_users,
    change_users,
    purge_due_users,
    restore_users,
)
from automation.due import Due
from automation.leave_steps import STEP_OF, Wanted
from automation.models import LicenseRule, Notice, PlanKind, Schedule, ScheduleState
from automation.services.drafts import Draft
from automation.services.due_running import run_due
from automation.services.finding import DAILY, HOURLY
from automation.services.keeping.work import settle_customer
from automation.services.leaving import plan_leave
from automation.services.rule_switching import switch_off, switch_on
from automation.services.rules import add_exceptions, add_rule, move_rule
from automation.services.schedules import schedule
from customers.errors import Refused
from customers.models import Batch, BatchKind, BatchState
from licensing.models import LicenseAssignment, Subscription
from licensing.services.subscriptions import change_seats
from tests.factories import ProductFactory, SubscriptionFactory
from tests.patience import wait_for
from tests.support.cast import Cast

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.torture,
]

PEOPLE, DAYS = (3_000, 365) if "TORTURE_SECONDS" in os.environ else (60, 14)
# In seconds: how long a worker that is to be killed lives.
LIVES = 0.25
DEPARTMENTS = ("Sales", "Support", "Engineering", "Office")
LEAVING = (
    (BatchKind.BLOCK, 1),
    (BatchKind.LICENSES, 4),
    (BatchKind.DELETE, 9),
)


def _at_work() -> set[int]:
    """Return the other sessions of the database that are in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        return {pid for (pid,) in cursor}


@dataclass
class Year:
    """Contoso, by alice. `gives` names by rule whom it is for and what it gives."""

    cast: Cast
    dice: random.Random
    pools: dict[str, Subscription] = field(default_factory=dict)
    rules: dict[str, LicenseRule] = field(default_factory=dict)
    gives: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    today: date = field(default_factory=lambda: timezone.now().date())
    added: int = 0
    refused: int = 0
    killed: int = 0

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, clock_time(22), tzinfo=UTC)

    def begin(self) -> None:
        mail, crm, design = (ProductFactory.create(name=name) for name in ("Mail", "CRM", "Design"))
        crm.requires.add(mail)
        for product, share in ((mail, 0.9), (crm, 0.3), (design, 0.2)):
            self.pools[product.name] = SubscriptionFactory.create(
                customer=self.cast.contoso, product=product, quantity=int(PEOPLE * share)
            )
        self.come(PEOPLE)
        for name, department, gives in (
            ("Sellers", "Sales", ("Mail", "CRM")),
            ("Helpers", "Support", ("Mail",)),
            ("Makers", "Engineering", ("Mail", "Design")),
        ):
            wanted = Draft(
                name,
                UserFilter(department=department),
                {self.pools[product].pk: frozenset() for product in gives},
                for_newcomers=False,
            )
            rule = add_rule(wanted, customer=self.cast.contoso, actor=self.cast.alice)
            switch_on(rule, actor=self.cast.alice)
            self.rules[name], self.gives[name] = rule, (department, gives)

    def unfinished(self) -> list[str]:
        """Return the steps of those who leave that were begun and not done."""
        begun = Schedule.objects.filter(plan__kind=PlanKind.LEAVE, state=ScheduleState.BEGUN)
        wrong = begun.exclude(batch__state=BatchState.DONE).select_related("batch")
        return [f"step {step.pk} of a plan: {step.batch and step.batch.refusal}" for step in wrong]

    def some(self, most: int, **conditions: object) -> list[User]:
        """Up to so many living users, drawn."""
        living = User.objects.active().filter(customer=self.cast.contoso, **conditions)
        users = list(living.exclude(pk=self.cast.gail.pk).order_by("pk"))
        return self.dice.sample(users, min(len(users), self.dice.randint(0, most)))

    def come(self, number: int) -> None:
        domain = self.cast.contoso.domains.get(is_primary=True)
        new = []
        for _each in range(number):
            self.added += 1
            named = f"person{self.added}"
            department = self.dice.choice(DEPARTMENTS)
            new.append(
                NewUser(named, domain, named, {"department": department, "usage_location": "NO"})
            )
        if new:
            add_unseen_users(new, customer=self.cast.contoso, actor=self.cast.alice)

    def move(self, users: Iterable[User]) -> None:
        """To another department, today or on a day to come."""
        chosen, fields = list(users), {"department": self.dice.choice(DEPARTMENTS)}
        if not chosen:
            return
        if self.dice.random() < 0.7:
            change_users(chosen, customer=self.cast.contoso, actor=self.cast.alice, fields=fields)
            return
        due = Due(self.today + timedelta(days=self.dice.randint(2, 6)), clock_time(9))
        schedule(
            BatchKind.CHANGE,
            [user.pk for user in chosen],
            customer=self.cast.contoso,
            actor=self.cast.alice,
            due=due,
            request={"fields": fields},
        )

    def leave(self, users: Iterable[User]) -> None:
        wanted = [
            Wanted(STEP_OF[kind], Due(self.today + timedelta(days=days), clock_time(18)))
            for kind, days in LEAVING
        ]
        chosen = list(users)
        if chosen:
            plan_leave(chosen, wanted, customer=self.cast.contoso, actor=self.cast.alice)

    def come_back(self) -> None:
        gone = User.objects.restorable().filter(customer=self.cast.contoso).order_by("pk")[:3]
        if gone and self.dice.random() < 0.3:
            restore_users(list(gone), customer=self.cast.contoso, actor=self.cast.alice)

    def buy_or_give_back(self) -> None:
        pool = Subscription.objects.get(pk=self.dice.choice(list(self.pools.values())).pk)
        change = self.dice.randint(-PEOPLE // 20 - 1, PEOPLE // 15 + 2)
        change_seats(pool, max(1, pool.quantity + change), actor=self.cast.alice)

    def rule(self) -> None:
        name = self.dice.choice(list(self.rules))
        rule = LicenseRule.objects.get(pk=self.rules[name].pk)
        drawn = self.dice.random()
        if not rule.is_on:
            switch_on(rule, actor=self.cast.alice)
        elif drawn < 0.25:
            switch_off(rule, actor=self.cast.alice, keep=self.dice.random() < 0.5)
        elif drawn < 0.5:
            move_rule(rule, self.dice.randint(1, len(self.rules)), actor=self.cast.alice)
        elif chosen := self.some(2):
            add_exceptions(rule, chosen, actor=self.cast.alice)

    def change(self) -> None:
        """What happens on a day, as far as the rules of the portal let it."""
        few = max(1, PEOPLE // 300)
        many = PEOPLE // 12 if self.today.day == 1 else few * 3
        happens: list[Callable[[], None]] = [
            lambda: self.come(self.dice.randint(0, few)),
            lambda: self.move(self.some(many)),
            lambda: self.leave(self.some(few, blocked_at=None)),
            self.come_back,
            self.buy_or_give_back,
        ]
        if self.dice.random() < 0.4:
            happens.append(self.rule)
        for do in happens:
            try:
                do()
            except Refused:
                self.refused += 1

    def work(self) -> None:
        """What beat and workers do until there is nothing left to do."""
        run_due(self.now)
        while waiting := list(
            Batch.objects.filter(state=BatchState.WAITING)
            .order_by("pk")
            .values_list("pk", flat=True)
        ):
            for pk in waiting:
                run_batch(pk)
        settle_customer(self.cast.contoso.pk)
        for find in (*HOURLY, *DAILY):
            find(self.now)

    def work_and_be_killed(self) -> None:
        others = _at_work()
        connections.close_all()
        child = os.fork()
        if not child:
            with suppress(BaseException):
                self.work()
            os._exit(0)
        time.sleep(self.dice.random() * LIVES)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        # What it has locked is passed over until the database has noticed, and after the last day
        # there is no other look.
        wait_for(lambda: _at_work() <= others, "The session of the killed one")
        self.killed += 1

    def next_day(self) -> None:
        self.today += timedelta(days=1)
        # The day of the final deletion is nearer too.
        gone = User.objects.filter(deleted_at__isnull=False, customer=self.cast.contoso)
        gone.update(purge_after=F("purge_after") - timedelta(days=1))
        with nobody_sent():
            self.change()
            if self.dice.random() < 0.5:
                self.work_and_be_killed()
            self.work()
            purge_due_users()

    def lacking(self) -> list[str]:
        """Who lacks what rules give them, though there is a seat of each that is missing."""
        free = {
            pool.pk: pool.quantity - pool.assigned - pool.reserved
            for pool in Subscription.objects.filter(customer=self.cast.contoso)
        }
        held: dict[int, set[int]] = {}
        live = LicenseAssignment.objects.filter(customer=self.cast.contoso, released_at=None)
        for user, pool in live.values_list("user_id", "subscription_id"):
            held.setdefault(user, set()).add(pool)
        on = [
            (department, {self.pools[product].pk for product in gives}, self._excepted(name))
            for name, (department, gives) in self.gives.items()
            if LicenseRule.objects.get(pk=self.rules[name].pk).is_on
        ]
        found = []
        people = User.objects.filter(customer=self.cast.contoso, deleted_at=None)
        for pk, department in people.values_list("pk", "department"):
            for whose, given, excepted in on:
                missing = given - held.get(pk, set())
                is_meant = whose == department and pk not in excepted and bool(missing)
                if is_meant and all(free[pool] > 0 for pool in missing):
                    found.append(f"user {pk} lacks {missing} with seats {free}")
        return found

    def _excepted(self, name: str) -> set[int]:
        return set(self.rules[name].exceptions.values_list("user_id", flat=True))


def test_a_year_of_people_rules_and_seats_with_workers_that_die(cast: Cast) -> None:
    seed = random.SystemRandom().randint(1, 10**6)
    year = Year(cast, random.Random(seed))
    with nobody_sent():
        year.begin()
        year.work()
    for day in range(DAYS):
        year.next_day()
        broken = [*violations(), *year.lacking(), *year.unfinished()]
        assert broken == [], f"seed {seed}, day {day}"
        if day % 10 == 9:
            print(f" day {day + 1}: {year.added} came, {year.killed} killed", flush=True)
    late = Schedule.objects.filter(state=ScheduleState.WAITING, due_at__lte=year.now)
    assert not late.exists(), f"seed {seed}"
    begun = Schedule.objects.exclude(batch=None)
    assert begun.values("batch").distinct().count() == begun.count()
    told = Notice.objects.filter(kind__startswith="schedule").order_by()
    subjects = told.values("user", "kind", "subject_key").distinct()
    assert told.count() == subjects.count() > 0
    print(f"seed {seed}: {year.added} came, {year.killed} killed, {year.refused} refused")
