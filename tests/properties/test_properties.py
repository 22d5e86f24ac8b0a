"""Any order of verbs keeps every rule, and does what the model says (model.py)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from pytest_django import Settings

from accounts.invariants import violations
from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.returns import Choices
from accounts.services.users import (
    License,
    NamesTaken,
    NewUser,
    add_users,
    change_user,
    delete_users,
    purge_due_users,
    remove_users,
    restore_users,
)
from customers.errors import Refused
from customers.models import Domain
from customers.services.domains import add_domain, make_primary, remove_domain
from licensing.errors import RulesBroken
from licensing.models import LicenseAssignment, Subscription
from licensing.services.subscriptions import (
    add_subscription,
    cancel_subscription,
    change_seats,
    resume_subscription,
    suspend_subscription,
)
from tests.parts import PARTS, lives_in_a_part
from tests.properties.model import (
    BLOCKED,
    PLANS,
    PRODUCTS,
    Error,
    KnownUser,
    Pool,
    Portal,
    make_products,
    stored,
)
from tests.support.cast import make_cast

Result = TypeVar("Result")

LOCAL_PARTS = ["ann", "ben", "cid", "dot", "gus", "hal", "ida", "jon", "kim", "lou", "max", "nan"]
DOMAINS = ["northwind.example", "northwind.test"]
# What is drawn most often is what goes well.
domains = st.sampled_from([DOMAINS[0], *DOMAINS])
locations = st.sampled_from(["US", "US", "US", "KP", ""])
plans = st.frozensets(st.sampled_from(PLANS))


TURNS: dict[str, tuple[Any, str]] = {
    "suspend": (suspend_subscription, "suspended"),
    "resume": (resume_subscription, "active"),
    "cancel": (cancel_subscription, "canceled"),
}


VERBS = [
    *["add", "delete", "restore", "change_licenses"] * 2,
    *["swap", "trade", "trade", "rename", "move", "let_time_pass", "purge", "delete_permanently"],
    *["subscribe", "change_domains"],
]


class UserLife(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        cast = make_cast()
        self.customer, self.actor = cast.northwind, cast.alice
        self.portal = Portal([DOMAINS[0]])
        self.steps = 0
        self.products = make_products()

    def teardown(self) -> None:
        try:
            assert violations() == []
        finally:
            self.roll_back()

    def roll_back(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @initialize(quantity=st.integers(2, 3))
    def begin(self, quantity: int) -> None:
        """With users and licenses, so that no verb has to wait for others to have been drawn."""
        for product in PRODUCTS:
            self.buy(product, quantity)
        addon, base, rival = self.portal.pools
        for name, pks in {"ann": [base, addon], "ben": [base], "eve": [rival], "fay": []}.items():
            self.add_users([name], DOMAINS[0], "US", dict.fromkeys(pks, frozenset()))
        self.delete_users([user for user in self.portal.living() if "ben" in user.name])

    # What a rule needs

    def attempt(self, expected: Error, verb: Callable[[], Result]) -> Result | None:
        """The verb's result; None where the model expects that it is refused, and it is."""
        if expected is None:
            return verb()
        with pytest.raises(expected):
            verb()
        return None

    def rows(self, users: Sequence[KnownUser]) -> list[User]:
        return User.objects.in_order([user.pk for user in users])

    def row(self, pool: Pool) -> Subscription:
        return Subscription.objects.select_related("customer", "product").get(pk=pool.pk)

    def domain(self, name: str) -> Domain:
        found = Domain.objects.filter(name=name).first()
        return found or Domain(pk=0, name=name, customer=self.customer)

    def some(self, data: st.DataObject, users: Sequence[KnownUser]) -> list[KnownUser]:
        pks = [user.pk for user in users]
        chosen = data.draw(st.lists(st.sampled_from(pks), unique=True, min_size=1, max_size=3))
        return [self.portal.users[pk] for pk in chosen]

    def some_pools(self, data: st.DataObject, *, least: int = 1) -> list[Pool]:
        """Current ones mostly; a canceled one now and then."""
        pks = st.sampled_from(sorted(self.portal.pools, reverse=True))
        chosen = data.draw(st.lists(pks, unique=True, min_size=least, max_size=2))
        return [self.portal.pools[pk] for pk in chosen]

    def buy(self, product: str, quantity: int) -> None:
        row = add_subscription(
            self.customer,
            self.products[product],
            quantity=quantity,
            renews_on=timezone.localdate(),
            actor=self.actor,
        )
        self.portal.pools[row.pk] = Pool(row.pk, product, quantity)

    # Users

    def add(self, data: st.DataObject) -> None:
        local_parts = data.draw(st.lists(st.sampled_from(LOCAL_PARTS), min_size=1, max_size=3))
        domain, location, off = data.draw(domains), data.draw(locations), data.draw(plans)
        licenses = dict.fromkeys((pool.pk for pool in self.some_pools(data, least=0)), off)
        self.add_users(local_parts, domain, location, licenses)

    def add_users(
        self, local_parts: list[str], domain: str, location: str, licenses: dict[int, Any]
    ) -> None:
        new = [
            NewUser(
                local,
                self.domain(domain),
                local.title(),
                {"usage_location": location},
                licenses=tuple(License(pk, tuple(off)) for pk, off in licenses.items()),
            )
            for local in local_parts
        ]
        names = [one.user_name for one in new]
        expected = self.portal.add_error(names, location, licenses)
        added = self.attempt(
            expected, lambda: add_users(new, customer=self.customer, actor=self.actor)
        )
        for row, name in zip(added.users if added else [], names, strict=not expected):
            self.portal.users[row.pk] = KnownUser(row.pk, name, location, dict(licenses))

    def delete(self, data: st.DataObject) -> None:
        self.delete_users(self.some(data, list(self.portal.users.values())))

    def delete_users(self, users: list[KnownUser]) -> None:
        expected = Refused if all(user.deleted for user in users) else None
        self.attempt(
            expected,
            lambda: delete_users(self.rows(users), customer=self.customer, actor=self.actor),
        )
        self.portal.delete(users)

    def restore(self, data: st.DataObject) -> None:
        users = self.some(data, [p for p in self.portal.users.values() if p.deleted])
        domain = data.draw(st.none() | domains)
        names = {user.pk: f"r{user.pk}@{domain}" for user in users if domain}
        given: Any = {"customer": self.customer, "actor": self.actor, "choices": Choices(names)}
        expected = self.portal.restore_error(users, names)
        self.attempt(expected, lambda: restore_users(self.rows(users), **given))
        if expected is None:
            self.portal.restore(users, names)

    def let_time_pass(self, data: st.DataObject) -> None:
        """Move what happened to some of the deleted thirty days back."""
        users = self.some(data, self.portal.restorable())
        days = timedelta(days=30)
        for row in self.rows(users):
            User.objects.filter(pk=row.pk).update(
                deleted_at=F("deleted_at") - days, purge_after=F("purge_after") - days
            )
            LicenseAssignment.objects.filter(user=row).update(
                assigned_at=F("assigned_at") - days, released_at=F("released_at") - days
            )
        for user in users:
            user.over = True

    def purge(self, data: st.DataObject) -> None:
        over = [user.pk for user in self.portal.users.values() if user.over]
        assert purge_due_users().removed == len(over)
        for pk in over:
            del self.portal.users[pk]

    def delete_permanently(self, data: st.DataObject) -> None:
        users = self.some(data, list(self.portal.users.values()))
        gone = [user for user in users if user.deleted]
        self.attempt(
            None if gone else Refused,
            lambda: remove_users(self.rows(users), customer=self.customer, actor=self.actor),
        )
        for user in gone:
            del self.portal.users[user.pk]

    def rename(self, data: st.DataObject) -> None:
        user = self.some(data, list(self.portal.users.values()))[0]
        local, domain = data.draw(st.sampled_from(LOCAL_PARTS)), data.draw(domains)
        name = f"{local}@{domain}"
        expected: Error = None
        if user.deleted or (name != user.name and domain not in self.portal.domains):
            expected = Refused
        elif name in self.portal.names() - {user.name}:
            expected = NamesTaken
        self._change(user, expected, local_part=local, domain=self.domain(domain))
        if expected is None:
            user.name = name

    def move(self, data: st.DataObject) -> None:
        user, location = self.some(data, self.portal.living())[0], data.draw(locations)
        held = self.portal.products(user.holds)
        barred = held and (not location or any(location in BLOCKED.get(p, ()) for p in held))
        changes = location != user.location
        expected = RulesBroken if barred and changes else None
        self._change(user, expected, fields={"usage_location": location})
        if expected is None:
            user.location = location

    def _change(self, user: KnownUser, expected: Error, **rest: Any) -> None:
        row, values = self.rows([user])[0], {"fields": {}} | rest
        self.attempt(
            expected,
            lambda: change_user(row, customer=self.customer, actor=self.actor, **values),
        )

    # Licenses

    def change_licenses(self, data: st.DataObject) -> None:
        users = self.some(data, self.portal.living() or list(self.portal.users.values()))
        have = data.draw(st.sampled_from([True, True, False, None]))
        on, off = data.draw(plans), data.draw(plans)
        changes = {pool.pk: (have, on - off, off) for pool in self.some_pools(data)}
        self._change_licenses(users, changes)

    def swap(self, data: st.DataObject) -> None:
        """Everything that the first one holds, for something else."""
        users = self.some(data, self.portal.living())
        none: frozenset[str] = frozenset()
        lose = dict.fromkeys(users[0].holds, (False, none, none))
        take = {pool.pk: (True, none, none) for pool in self.some_pools(data)}
        self._change_licenses(users, lose | take)

    def _change_licenses(self, users: list[KnownUser], changes: Mapping[int, Any]) -> None:
        expected = self.portal.change_error(users, changes)
        wanted = {
            pk: LicenseChange(have, switch_off=off, switch_on=on)
            for pk, (have, on, off) in changes.items()
        }
        self.attempt(
            expected,
            lambda: change_licenses(
                self.rows(users), wanted, customer=self.customer, actor=self.actor
            ),
        )
        if expected is None:
            for user in users:
                user.holds = self.portal.after(user, changes)

    # Subscriptions

    def subscribe(self, data: st.DataObject) -> None:
        product, quantity = data.draw(st.sampled_from(PRODUCTS)), data.draw(st.integers(0, 6))
        expected = Refused if self.portal.current(product) or quantity < 1 else None
        self.attempt(expected, lambda: self.buy(product, quantity))

    def trade(self, data: st.DataObject) -> None:
        verb = data.draw(st.sampled_from(["seats", "seats", "resume", *TURNS]))
        quantity = data.draw(st.integers(0, 6))
        pool = self.some_pools(data)[0]
        if verb == "seats":
            self._change_seats(pool, quantity)
        else:
            self._turn(pool, verb)

    def _change_seats(self, pool: Pool, quantity: int) -> None:
        short = quantity < max(1, self.portal.assigned(pool))
        expected = Refused if short or pool.status == "canceled" else None
        row = self.row(pool)
        self.attempt(expected, lambda: change_seats(row, quantity, actor=self.actor))
        if expected is None:
            pool.quantity = quantity

    def _turn(self, pool: Pool, verb: str) -> None:
        service, status = TURNS[verb]
        expected = Refused if pool.status == "canceled" and verb != "cancel" else None
        row = self.row(pool)
        self.attempt(expected, lambda: service(row, actor=self.actor))
        if verb == "cancel":
            self.portal.cancel(pool)
        elif expected is None:
            pool.status = status

    # Domains

    def change_domains(self, data: st.DataObject) -> None:
        verb = data.draw(st.sampled_from(["add", "primary", "remove"]))
        name = data.draw(st.sampled_from(DOMAINS))
        row, known = self.domain(name), self.portal.domains
        if verb == "add":
            expected = Refused if name in known else None
            self.attempt(expected, lambda: add_domain(self.customer, name, actor=self.actor))
            known += [name] if expected is None else []
        elif name in known and verb == "primary":
            make_primary(row, actor=self.actor)
            known.sort(key=lambda other: other != name)
        elif name in known:
            used = name in {user.domain for user in self.portal.living()}
            expected = Refused if used or name == known[0] else None
            self.attempt(expected, lambda: remove_domain(row, actor=self.actor))
            self.portal.domains = [other for other in known if expected or other != name]

    @rule(data=st.data(), verb=st.sampled_from(VERBS))
    def act(self, data: st.DataObject, verb: str) -> None:
        """One rule for all: hypothesis would leave whole rules out of an example."""
        everybody = list(self.portal.users.values())
        needs = {
            "let_time_pass": self.portal.restorable(),
            "restore": [user for user in everybody if user.deleted],
            "move": self.portal.living(),
            "swap": self.portal.living(),
        }
        if needs.get(verb, everybody) or verb == "add":
            getattr(self, verb)(data)

    # What must hold after every step

    @invariant()
    def every_rule_holds(self) -> None:
        """All of them take longer than a step: in short runs they are looked at now and then."""
        connection.check_constraints()
        self.steps += 1
        if self.steps % every == 0:
            assert violations() == []

    @invariant()
    def the_database_is_as_the_model(self) -> None:
        self.customer.refresh_from_db()
        assert stored(self.customer) == self.portal.expected()


examples = lives_in_a_part(least=5)
every = 4 if examples == 5 else 1


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.torture
@pytest.mark.examples
@pytest.mark.parametrize("part", PARTS)
def test_any_life_keeps_every_rule(settings: Settings, part: int) -> None:
    settings.SHORT_PASSWORDS_UP_TO = 0
    run_state_machine_as_test(
        UserLife, settings=hypothesis_settings(max_examples=examples, stateful_step_count=50)
    )
