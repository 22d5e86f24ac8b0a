"""Any order of events under rules ends as if all rules were applied once to what is there then."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.invariants import violations
from accounts.models import User
from accounts.queries.filters import UserFilter
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.undo import undo_batch
from accounts.services.users import change_users, delete_users, restore_users
from automation.models import KeptLicense, KeptState, LicenseRule, Unsettled
from automation.services.despite_rules import change_licenses_with_exceptions
from automation.services.drafts import Draft
from automation.services.keeping.work import mend, settle_customer
from automation.services.rule_switching import remove_rule, switch_off, switch_on
from automation.services.rules import (
    add_exceptions,
    add_rule,
    change_rule,
    move_rule,
    remove_exceptions,
)
from customers.errors import Refused
from customers.models import Batch, BatchKind, Customer
from licensing.models import LicenseAssignment, Subscription
from licensing.services.seats import lock_subscriptions
from licensing.services.subscriptions import change_seats, resume_subscription, suspend_subscription
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import make_cast

USERS, SEATS = 5, 3
DEPARTMENTS = ("", "Sales", "HR")
FILTERS = (
    UserFilter(),
    UserFilter(department="Sales"),
    UserFilter(department="HR"),
    UserFilter(job_title="Agent"),
    UserFilter(permission="User"),
)
PLANS = ("MAIL", "CHAT")

numbers = st.integers(0, 9)
some = st.lists(st.integers(0, USERS - 1), min_size=1, max_size=USERS, unique=True)
VERBS = (
    *("department", "title", "location", "delete", "restore", "give", "take", "take", "despite"),
    *("add", "add", "on", "on", "off", "keep", "change", "move", "except", "let", "remove"),
    *("seats", "suspend", "resume", "undo", "task"),
)
events = st.lists(st.tuples(st.sampled_from(VERBS), some, numbers, numbers), max_size=25)


class World:
    """A customer with products that need and exclude each other, of which seats may be scarce."""

    def __init__(self, seats: int) -> None:
        cast = make_cast()
        self.customer: Customer = cast.northwind
        self.actor = cast.alice
        self.users = UserFactory.create_batch(USERS, customer=self.customer, usage_location="US")
        base = ProductFactory.create(name="Base", plans=PLANS)
        more = ProductFactory.create(name="More", requires=[base], blocked_countries=["FR"])
        rival = ProductFactory.create(name="Rival", conflicts=[more])
        self.pools = [
            SubscriptionFactory.create(customer=self.customer, product=product, quantity=seats)
            for product in (base, more, rival)
        ]

    def chosen(self, places: list[int]) -> list[User]:
        return [self.users[place] for place in places]

    def rule(self, number: int) -> LicenseRule | None:
        rules = list(LicenseRule.objects.filter(customer=self.customer))
        return rules[number % len(rules)] if rules else None

    def draft(self, one: int, other: int) -> Draft:
        pools = [pool for n, pool in enumerate(self.pools) if (one + 1) >> n & 1] or self.pools[:1]
        off = frozenset(PLANS[: other % 2])
        gives = {pool.pk: off if pool == self.pools[0] else frozenset[str]() for pool in pools}
        return Draft(f"Rule {one}{other}", FILTERS[other % len(FILTERS)], gives)

    def do(self, verb: str, places: list[int], one: int, other: int) -> None:
        """One event; what the rules of the portal refuse has not happened."""
        users, pool = self.chosen(places), self.pools[one % len(self.pools)]
        whom: dict[str, Any] = {"customer": self.customer, "actor": self.actor}
        by: dict[str, Any] = {"actor": self.actor}
        have, lose = LicenseChange(have=True), LicenseChange(have=False)
        fields = {
            "department": ("department", DEPARTMENTS[one % 3]),
            "title": ("job_title", ("", "Agent")[one % 2]),
            "location": ("usage_location", ("US", "FR")[one % 2]),
        }
        verbs: dict[str, Callable[[], object]] = {
            **{
                name: partial(change_users, users, fields=dict([pair]), **whom)
                for name, pair in fields.items()
            },
            "delete": lambda: delete_users(users, **whom),
            "restore": lambda: restore_users(users, **whom),
            "give": lambda: change_licenses(users, {pool.pk: have}, as_many_as_fit=True, **whom),
            "take": lambda: change_licenses(users, {pool.pk: lose}, as_many_as_fit=True, **whom),
            "despite": lambda: change_licenses_with_exceptions(users, {pool.pk: lose}, **whom),
            "add": lambda: add_rule(self.draft(one, other), **whom),
            "task": lambda: settle_customer(self.customer.pk),
            "seats": lambda: change_seats(pool, other + 1, **by),
            "suspend": lambda: suspend_subscription(pool, **by),
            "resume": lambda: resume_subscription(pool, **by),
            "undo": lambda: self.undo(one),
        }
        if verb in verbs:
            verbs[verb]()
        elif (rule := self.rule(one)) is not None:
            self.do_to(rule, verb, users, one, other, by)

    def undo(self, number: int) -> None:
        batches = Batch.objects.exclude(kind=BatchKind.SUBSCRIPTION).order_by("-pk")
        if found := batches.filter(by=self.actor)[number % 3 : number % 3 + 1]:
            undo_batch(found[0], actor=self.actor)

    def do_to(
        self,
        rule: LicenseRule,
        verb: str,
        users: list[User],
        one: int,
        other: int,
        by: dict[str, Any],
    ) -> None:
        if verb == "on":
            switch_on(rule, **by)
        elif verb in {"off", "keep"}:
            switch_off(rule, keep=verb == "keep", **by)
        elif verb == "change":
            change_rule(rule, self.draft(other, one), **by)
        elif verb == "move":
            move_rule(rule, other, **by)
        elif verb == "except":
            add_exceptions(rule, users, **by)
        elif verb == "let":
            remove_exceptions(rule, users, **by)
        elif verb == "remove":
            remove_rule(rule, keep=bool(other % 2), **by)

    def play(self, happened: list[tuple[str, list[int], int, int]]) -> None:
        for verb, places, one, other in happened:
            try:
                with transaction.atomic():
                    self.do(verb, places, one, other)
            except Refused:
                pass
        settle_customer(self.customer.pk)

    def state(self) -> dict[tuple[int, int], tuple[object, ...]]:
        """What everyone holds, with which plans off, by which rule; and what is owed."""
        live = LicenseAssignment.objects.live().filter(customer=self.customer)
        found: dict[tuple[int, int], tuple[object, ...]] = {
            (user, pk): (tuple(off),)
            for user, pk, off in live.values_list("user", "subscription", "services_off")
        }
        kept = KeptLicense.objects.filter(customer=self.customer, user__deleted_at=None)
        for user, pk, state, rule in kept.values_list("user", "subscription", "state", "rule"):
            found[user, pk] = (*found.get((user, pk), ()), state, rule)
        return found

    def forget(self) -> None:
        """Take all that is by rule, as if none had ever been applied."""
        given = KeptLicense.objects.filter(customer=self.customer, state=KeptState.GIVEN)
        given = given.filter(user__deleted_at=None)
        for pool in self.pools:
            users = list(given.filter(subscription=pool).values_list("user", flat=True))
            locked = lock_subscriptions([pool.pk])[pool.pk]
            live = LicenseAssignment.objects.live().filter(subscription=pool, user__in=users)
            locked.assigned -= live.count()
            live.delete()
            locked.save(update_fields=["assigned"])
        KeptLicense.objects.filter(customer=self.customer, user__deleted_at=None).delete()

    def held(self) -> dict[int, int]:
        rows = Subscription.objects.filter(customer=self.customer)
        return dict(rows.values_list("pk", "assigned"))


@pytest.mark.slow
@pytest.mark.django_db
@given(happened=events)
def test_with_seats_for_all_any_order_ends_as_if_applied_once(
    happened: list[tuple[str, list[int], int, int]],
) -> None:
    with transaction.atomic():
        world = World(seats=50)
        world.play([event for event in happened if event[0] not in {"seats", "suspend"}])
        assert Unsettled.objects.filter(since=None).count() == 0
        state = world.state()
        assert mend(world.customer) == 0, "nothing has drifted"
        world.forget()
        mend(world.customer)
        assert world.state() == state
        assert violations() == []
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.django_db
@given(happened=events)
def test_with_scarce_seats_nobody_waits_beside_a_free_one(
    happened: list[tuple[str, list[int], int, int]],
) -> None:
    with transaction.atomic():
        world = World(seats=SEATS)
        world.play(happened)
        waiting = KeptLicense.objects.filter(customer=world.customer, state=KeptState.WAITING)
        for row in waiting.select_related("subscription"):
            assert row.subscription.assignable == 0
        before = world.state()
        assert mend(world.customer) == 0, "nothing has drifted, and nobody's seat is taken"
        assert world.state() == before
        assert violations() == []
        transaction.set_rollback(True)
