"""Each rule is broken past the services and the database's own constraints, and is found."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.db.models import F
from django.utils import timezone

from accounts.invariants import CHECKS, violations
from accounts.models import CredentialSheet, SheetKind, User
from accounts.services.users import block_users, delete_users
from customers.models import AuditEvent, Batch, BatchItem, Customer, Domain
from customers.roles import Role
from licensing.models import (
    LicenseAssignment,
    SeatReservation,
    Subscription,
    SubscriptionStatus,
)
from tests.factories import (
    DomainFactory,
    ProductFactory,
    SubscriptionFactory,
    UserFactory,
    reserve,
)
from tests.support.cast import Cast
from tests.support.house import APPS


@dataclass
class World:
    cast: Cast
    full: Subscription
    canceled: Subscription
    license: LicenseAssignment
    deleted: User

    @property
    def kept(self) -> models.QuerySet[SeatReservation]:
        return SeatReservation.objects.all()

    def uma(self) -> models.QuerySet[User]:
        return User.objects.filter(pk=self.cast.uma.pk)

    def domains(self) -> models.QuerySet[Domain]:
        return Domain.objects.filter(customer=self.cast.contoso)

    def licenses(self) -> models.QuerySet[LicenseAssignment]:
        return LicenseAssignment.objects.filter(pk=self.license.pk)

    def again(self, **changed: object) -> LicenseAssignment:
        row = self.licenses().get()
        row.pk = None
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(force_insert=True)
        return row


@pytest.fixture
def world(cast: Cast) -> World:
    dora = UserFactory.create(customer=cast.contoso)
    full = SubscriptionFactory.create(
        customer=cast.contoso,
        product=ProductFactory.create(plans=["MAIL"]),
        quantity=2,
        holders=[cast.uma, dora],
    )
    canceled = SubscriptionFactory.create(
        customer=cast.contoso, status=SubscriptionStatus.CANCELED, quantity=1
    )
    delete_users([dora], customer=cast.contoso, actor=cast.alice)
    reserve(full, cast.gail)
    block_users([cast.gail], customer=cast.contoso, actor=cast.alice)
    dora.refresh_from_db()
    return World(cast, full, canceled, full.assignments.live().get(), dora)


@pytest.fixture
def without_constraints(world: World) -> Iterator[None]:
    """The rolled-back transaction of the test brings them back."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        for statement in _drops():
            cursor.execute(statement)
        yield
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def _drops() -> Iterator[str]:
    of_migrations = {
        "accounts_user": ["user_and_domain_of_one_customer", "superusers_of_none"],
        "licensing_licenseassignment": [
            "license_and_user_of_one_customer",
            "license_and_subscription_of_one_customer",
        ],
        "licensing_seatreservation": [
            "reservation_and_user_of_one_customer",
            "reservation_and_subscription_of_one_customer",
        ],
        "api_scimlink": ["linked_user_of_customer", "link_of_source_of_customer"],
        "api_sourcerefusal": ["refusal_of_source_of_customer"],
        "api_source": ["default_subscription_of_customer"],
    }
    named = {
        model._meta.db_table: [rule.name for rule in model._meta.constraints]
        for model in apps.get_models()
        if model.__module__.split(".")[0] in APPS
    }
    if connection.vendor == "postgresql":
        yield "SET CONSTRAINTS ALL IMMEDIATE"
    for table, names in [*of_migrations.items(), *named.items()]:
        for name in names:
            if connection.vendor == "postgresql":
                # And what refers to it, of whatever table.
                yield f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name} CASCADE"
            yield f"DROP INDEX IF EXISTS {name}"


Break = Callable[[World], object]
later = timezone.now() + timedelta(days=1)


def _give(world: World, role: Role) -> None:
    world.cast.uma.groups.add(Group.objects.get(name=role.value))


def _second_primary(world: World) -> None:
    DomainFactory.create(customer=world.cast.contoso, is_primary=True)


def _sheet(world: World, *, destroyed: bool) -> None:
    now = timezone.now()
    sheet = CredentialSheet.objects.create(
        customer=world.cast.contoso,
        kind=SheetKind.ADDED,
        users=1,
        created_at=now,
        expires_at=now,
        destroyed_at=now if destroyed else None,
    )
    sheet.parts.create(number=1 if destroyed else 2, ciphertext="still here", users=1)


def _foreign_item(world: World) -> None:
    batch = Batch.objects.filter(customer=world.cast.contoso)[0]
    stranger = UserFactory.create(customer=world.cast.northwind)
    BatchItem.objects.create(batch=batch, user=stranger)


def _foreign_event(world: World) -> None:
    AuditEvent.objects.create(
        at=timezone.now(), customer=world.cast.contoso, partner=world.cast.litware
    )


BREAKS: list[tuple[str, Break]] = [
    ("seats_equal_live_assignments", lambda w: w.licenses().delete()),
    ("seats_are_not_oversold", lambda _w: Subscription.objects.update(quantity=0)),
    ("seats_are_not_oversold", lambda _w: Subscription.objects.update(reserved=2)),
    ("reserved_seats_equal_reservations", lambda w: w.kept.delete()),
    ("reservations_are_of_living_users", lambda w: w.kept.update(user=w.deleted)),
    ("reservations_are_of_living_users", lambda w: w.kept.update(customer=w.cast.northwind)),
    ("nobody_has_a_seat_twice", lambda w: w.kept.update(user=w.cast.uma)),
    (
        "one_current_subscription_per_product",
        lambda w: SubscriptionFactory.create(customer=w.cast.contoso, product=w.full.product),
    ),
    ("one_live_license_per_user", lambda w: w.again()),
    ("licenses_are_of_one_customer", lambda w: w.licenses().update(customer=w.cast.northwind)),
    ("licenses_are_of_one_customer", lambda w: w.again(user=w.cast.charlie)),
    ("canceled_subscriptions_are_empty", lambda w: w.again(subscription=w.canceled)),
    (
        "releases_follow_assignments",
        lambda w: w.licenses().update(assigned_at=later, released_at=timezone.now()),
    ),
    ("deleted_users_hold_nothing", lambda w: w.again(user=w.deleted)),
    ("holders_have_a_usage_location", lambda w: w.uma().update(usage_location="")),
    ("services_off_are_of_the_product", lambda w: w.licenses().update(services_off=["MAIL", "X"])),
    ("deletion_is_whole", lambda w: w.uma().update(deleted_at=timezone.now())),
    ("deletion_is_whole", lambda w: w.uma().update(purge_after=later)),
    ("deletion_is_whole", lambda w: w.uma().update(username=None)),
    ("deletion_is_whole", lambda w: User.objects.filter(pk=w.deleted.pk).update(purge_after=None)),
    ("sign_in_names_are_unique", lambda w: w.uma().update(username="gail@contoso.example")),
    ("domains_are_the_owners", lambda w: w.uma().update(domain=None)),
    ("domains_are_the_owners", lambda w: w.uma().update(domain=w.cast.charlie.domain)),
    ("users_belong_to_one", lambda w: w.uma().update(partner=w.cast.fabrikam)),
    ("users_belong_to_one", lambda w: w.uma().update(is_staff=True)),
    ("users_belong_to_one", lambda w: w.uma().update(is_superuser=True)),
    ("roles_fit_the_side", lambda w: _give(w, Role.ACCOUNT_ADMIN)),
    ("temporary_passwords_are_marked", lambda w: w.uma().update(must_change_password=True)),
    ("temporary_passwords_are_marked", lambda w: w.uma().update(password="generated_sha256$a$b")),
    ("derived_columns_are_right", lambda w: w.uma().update(display_name="Una")),
    ("derived_columns_are_right", lambda w: w.uma().update(sort_name="una")),
    ("customers_are_found_by_their_names", lambda _w: Customer.objects.update(search_text="")),
    ("customers_are_found_by_their_names", lambda _w: Customer.objects.update(name=F("uuid"))),
    ("user_names_are_legal", lambda w: w.uma().update(user_name=".u@contoso.example")),
    ("user_names_are_legal", lambda w: w.uma().update(user_name="uma@contoso.test")),
    ("counters_are_true", lambda _w: Customer.objects.update(active_users=F("active_users") + 1)),
    ("counters_are_true", lambda _w: Customer.objects.update(deleted_users=0)),
    ("one_primary_domain_each", lambda _w: Domain.objects.update(is_primary=False)),
    ("one_primary_domain_each", _second_primary),
    (
        "domains_are_lower_case",
        lambda w: w.domains().update(name="Contoso.example"),
    ),
    ("destroyed_sheets_are_empty", partial(_sheet, destroyed=True)),
    ("sheets_count_their_users", partial(_sheet, destroyed=False)),
    ("batches_count_right", lambda _w: Batch.objects.update(done=7)),
    ("batches_stay_with_one_customer", _foreign_item),
    ("events_name_the_right_partner", _foreign_event),
]


def test_every_rule_is_broken_below() -> None:
    assert {rule for rule, _break in BREAKS} == {
        check.__name__ for check in CHECKS if check.__module__ == "accounts.invariants"
    }


@pytest.mark.parametrize("rule, break_it", BREAKS)
def test_a_broken_rule_is_found(
    world: World, without_constraints: None, rule: str, break_it: Break
) -> None:
    assert violations() == []
    break_it(world)
    assert rule in {line.partition(":")[0] for line in violations()}


def test_the_command_says_in_one_line_that_all_is_well(world: World) -> None:
    out = StringIO()
    call_command("check_invariants", stdout=out)
    assert out.getvalue() == f"All {len(CHECKS)} rules hold.\n"


def test_the_command_prints_a_line_for_each_violation_and_fails(world: World) -> None:
    Customer.objects.update(active_users=9)
    out = StringIO()
    with pytest.raises(CommandError, match=r"^3 violations of \d+ rules\.$") as caught:
        call_command("check_invariants", stdout=out)
    assert caught.value.returncode == 1
    contoso = world.cast.contoso.pk
    lines = [line for line in out.getvalue().splitlines() if f"customer {contoso} " in line]
    counted = f"customer {contoso} counts 9 active and 1 deleted users, there are 2 and 1"
    assert lines == [f"counters_are_true: {counted}"]
    assert len(out.getvalue().splitlines()) == 3


def test_the_command_speaks_json(world: World) -> None:
    out = StringIO()
    call_command("check_invariants", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"rules": len(CHECKS), "violations": []}
    Customer.objects.filter(pk=world.cast.contoso.pk).update(active_users=9)
    out = StringIO()
    with pytest.raises(CommandError, match="1 violations"):
        call_command("check_invariants", "--json", stdout=out)
    [line] = json.loads(out.getvalue())["violations"]
    assert line.startswith(f"counters_are_true: customer {world.cast.contoso.pk} ")
