"""Any batches and undos by two people: an undo gives back what was, or leaves alone and names.

The test keeps what each step changed, read from the database before and after it; that the undo
is right is judged by these, not by the items that the undo itself reads.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts.invariants import violations
from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.undo import undo_batch
from accounts.services.users import (
    allow_users,
    block_users,
    change_user,
    delete_users,
    restore_users,
)
from customers.errors import Refused
from customers.models import Batch, BatchKind, Customer, Outcome
from customers.roles import Role
from licensing.models import LicenseAssignment, Subscription
from licensing.services.subscriptions import change_seats, resume_subscription, suspend_subscription
from tests.factories import SubscriptionFactory, UserFactory
from tests.parts import PARTS, lives_in_a_part
from tests.properties.model import PLANS, make_products
from tests.support.cast import make_cast

# What was: by user id, by the name of a field or of a license.
State = dict[int, dict[str, Any]]
Change = dict[str, tuple[Any, Any]]

FIELDS = ("display_name", "department", "usage_location")
VALUES = {
    "display_name": ["Ann", "Ben"],
    "department": ["", "Sales"],
    "usage_location": ["US", "US", "KP"],
}
WAYS = ["block", "allow", "delete", "restore", "license", "license", "change", "promote", "rename"]
VERBS = [*WAYS, *["undo"] * 6, "trade"]
# What may keep an undo from someone whom nobody has touched.
OBSTACLES = re.compile(
    "no seats left|is suspended|needs|can't be combined|can't be used|Another user has"
)
SINCE = "has since been changed by "


@dataclass
class Step:
    """One batch: what it changed, by user id; and whom it did wholly."""

    batch: Batch
    who: str
    changes: dict[int, Change]
    whole: set[int]
    undone: bool = False

    def touches(self, other: "Step", pk: int) -> bool:
        mine, theirs = self.changes.get(pk, {}), other.changes.get(pk, {})
        if not mine or not theirs:
            return False
        return "deletion" in mine.keys() | theirs.keys() or bool(mine.keys() & theirs.keys())


@dataclass
class History:
    steps: list[Step] = field(default_factory=list)

    def since(self, step: Step, pk: int) -> list[Step]:
        """Who has touched the same of this user since, but for what was taken back wholly."""
        later = self.steps[self.steps.index(step) + 1 :]
        standing: dict[int, Step] = {}
        for other in later:
            of = other.batch.undo_of_id
            if of in standing and pk in other.whole:
                del standing[of]
            elif other.changes.get(pk):
                standing[other.batch.pk] = other
        return [other for other in standing.values() if other.touches(step, pk)]

    def open(self) -> list[Step]:
        return [step for step in self.steps if not step.undone and step.changes]


def snapshot(customer: Customer) -> State:
    found: State = {}
    for user in User.objects.with_roles().filter(customer=customer):
        found[user.pk] = {
            **{name: str(getattr(user, name)) for name in (*FIELDS, "user_name")},
            "roles": frozenset(user.roles),
            "blocked": user.blocked_at is not None,
            "deletion": (user.deleted_at, user.purge_after, user.deleted_by_id),
        }
    live = LicenseAssignment.objects.live().filter(customer=customer)
    for pk, subscription, off in live.values_list("user", "subscription", "services_off"):
        found[pk][f"license {subscription}"] = tuple(off)
    return found


def changes(before: State, after: State) -> dict[int, Change]:
    found = {
        pk: {
            name: (before[pk].get(name), after[pk].get(name))
            for name in before[pk].keys() | after[pk].keys()
            if before[pk].get(name) != after[pk].get(name)
        }
        for pk in before
    }
    return {pk: change for pk, change in found.items() if change}


class Undoing(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        cast = make_cast()
        self.customer = cast.northwind
        admin = UserFactory.create(
            customer=self.customer, display_name="Nora", roles=[Role.GLOBAL_ADMIN]
        )
        self.actors = [cast.alice, admin]
        self.users = [
            UserFactory.create(customer=self.customer, local_part=f"p{number}").pk
            for number in range(4)
        ]
        self.history = History()
        self.steps = 0

    def teardown(self) -> None:
        try:
            assert violations() == []
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        self.pools = [
            SubscriptionFactory.create(customer=self.customer, product=product, quantity=3)
            for product in make_products().values()
        ]

    @contextmanager
    def noted(self, actor: User) -> Iterator[None]:
        """Remembers what a batch has changed; a refusal must have changed nothing."""
        before, newest = snapshot(self.customer), _newest()
        try:
            yield
        except Refused:
            assert snapshot(self.customer) == before
            return
        batch = _newest()
        if batch is None or batch == newest:
            return
        items = batch.items.filter(outcome=Outcome.DONE)
        whole = set(items.values_list("user", flat=True))
        found = changes(before, snapshot(self.customer))
        self.history.steps.append(Step(batch, actor.display_name, found, whole))

    @rule(data=st.data(), verb=st.sampled_from(VERBS))
    def act(self, data: st.DataObject, verb: str) -> None:
        actor = data.draw(st.sampled_from(self.actors))
        if verb == "undo":
            if steps := self.history.open():
                # The last ones mostly: what lies deep is often in someone's way.
                self.undo(data.draw(st.sampled_from(steps[-4:])), actor)
            return
        with self.noted(actor):
            getattr(self, verb)(data, {"customer": self.customer, "actor": actor})

    def some(self, data: st.DataObject) -> list[User]:
        chosen = st.lists(st.sampled_from(self.users), unique=True, min_size=1, max_size=3)
        return User.objects.in_order(data.draw(chosen))

    def one(self, data: st.DataObject) -> User:
        return User.objects.get(pk=data.draw(st.sampled_from(self.users)))

    # Batches

    def block(self, data: st.DataObject, how: Mapping[str, Any]) -> None:
        block_users(self.some(data), **how)

    def allow(self, data: st.DataObject, how: Mapping[str, Any]) -> None:
        allow_users(self.some(data), **how)

    def delete(self, data: st.DataObject, how: Mapping[str, Any]) -> None:
        delete_users(self.some(data), **how)

    def restore(self, data: st.DataObject, how: Mapping[str, Any]) -> None:
        restore_users(self.some(data), **how)

    def license(self, data: st.DataObject, how: Mapping[str, Any]) -> None:
        pools = st.lists(st.sampled_from(self.pools), unique=True, min_size=1, max_size=2)
        wanted = {
            pool.pk: LicenseChange(
                have=data.draw(st.sampled_from([True, True, False, None])),
                switch_off=data.draw(st.frozensets(st.sampled_from(PLANS), max_size=1)),
            )
            for pool in data.draw(pools)
        }
        change_licenses(self.some(data), wanted, **how)

    def change(self, data: st.DataObject, how: Mapping[str, Any]) -> None:
        names = data.draw(st.lists(st.sampled_from(FIELDS), unique=True, min_size=1))
        fields = {name: data.draw(st.sampled_from(VALUES[name])) for name in names}
        change_user(self.one(data), fields=fields, **how)

    def promote(self, data: st.DataObject, how: Mapping[str, Any]) -> None:
        roles = data.draw(st.sampled_from([(), (Role.USER_ADMIN,), (Role.LICENSE_ADMIN,)]))
        change_user(self.one(data), fields={}, roles=roles, **how)

    def rename(self, data: st.DataObject, how: Mapping[str, Any]) -> None:
        local = data.draw(st.sampled_from(["p0", "p1", "q"]))
        domain = self.customer.domains.get()
        change_user(self.one(data), fields={}, local_part=local, domain=domain, **how)

    def trade(self, data: st.DataObject, how: Mapping[str, Any]) -> None:
        pool = Subscription.objects.get(pk=data.draw(st.sampled_from(self.pools)).pk)
        seats = data.draw(st.integers(1, 4))
        verbs: Sequence[Callable[..., Any]] = (suspend_subscription, resume_subscription)
        if data.draw(st.booleans()):
            change_seats(pool, seats, actor=how["actor"])
        else:
            data.draw(st.sampled_from([*verbs, resume_subscription]))(pool, actor=how["actor"])

    # Undo

    def undo(self, step: Step, actor: User) -> None:
        before = snapshot(self.customer)
        since = {pk: self.history.since(step, pk) for pk in step.changes}
        try:
            batch = undo_batch(Batch.objects.get(pk=step.batch.pk), actor=actor)
        except Refused as refusal:
            assert snapshot(self.customer) == before
            for pk, others in since.items():
                self.check_reason(str(refusal), before[pk]["display_name"], others)
            return
        after = snapshot(self.customer)
        step.undone = True
        outcomes = {item.user_id: item for item in batch.items.all()}
        done = changes(before, after)
        assert outcomes.keys() == step.changes.keys()
        assert done.keys() <= outcomes.keys()
        for pk, item in outcomes.items():
            if item.outcome in (Outcome.SKIPPED, Outcome.FAILED):
                assert pk not in done
                self.check_reason(item.reason, before[pk]["display_name"], since[pk])
            else:
                assert since[pk] == []
                self.check_back(step, pk, item.outcome, before[pk], after[pk])
        whole = {pk for pk, item in outcomes.items() if item.outcome == Outcome.DONE}
        self.history.steps.append(Step(batch, actor.display_name, done, whole))

    def check_reason(self, reason: str, name: str, others: Sequence[Step]) -> None:
        if others:
            assert f"{name} {SINCE}{others[-1].who}: " in reason
        else:
            assert OBSTACLES.search(reason)

    def check_back(
        self, step: Step, pk: int, outcome: str, before: dict[str, Any], after: dict[str, Any]
    ) -> None:
        """All that the step had changed is as it was before it, and all else as it is now."""
        was = {name: pair[0] for name, pair in step.changes[pk].items()}
        expected = {name: value for name, value in {**before, **was}.items() if value is not None}
        if step.batch.kind == BatchKind.DELETE:
            # A license comes back as far as there is a seat; of a deletion that was put back in
            # its place, those held at the first one.
            licenses = {name for name in {*expected, *after} if name.startswith("license")}
            if outcome == Outcome.DONE and step.batch.undo_of_id is None:
                assert {name: after.get(name) for name in licenses} == {
                    name: expected.get(name) for name in licenses
                }
            expected = {name: v for name, v in expected.items() if name not in licenses}
            after = {name: v for name, v in after.items() if name not in licenses}
        assert after == expected

    @invariant()
    def every_rule_holds(self) -> None:
        connection.check_constraints()
        self.steps += 1
        if self.steps % every == 0:
            assert violations() == []


def _newest() -> Batch | None:
    return Batch.objects.order_by("pk").last()


examples = lives_in_a_part(least=6)
every = 8 if examples == 6 else 1


@pytest.mark.django_db
@pytest.mark.once
@pytest.mark.slow
@pytest.mark.torture
@pytest.mark.examples
@pytest.mark.parametrize("part", PARTS)
def test_undo_gives_back_what_was_or_names_who_came_between(part: int) -> None:
    run_state_machine_as_test(
        Undoing, settings=hypothesis_settings(max_examples=examples, stateful_step_count=40)
    )
