"""What rows are called outside: random, kept for good, given by the database however they come."""

from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, models, transaction

from accounts.models import User
from accounts.services.users import NewUser, add_users
from customers.models import Customer
from customers.services import bulk
from licensing.models import Subscription
from tests.accounts.verbs import crowd, subscribe
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db

MODELS = (User, Customer, Subscription)
MANY = bulk.SET_FROM + 1


def check(uuids: list[UUID]) -> None:
    """Of version 4, each another one."""
    assert {(type(uuid), uuid.version, uuid.variant) for uuid in uuids} == {
        (UUID, 4, "specified in RFC 4122")
    }
    assert len(set(uuids)) == len(uuids)


def uuids_of(model: type[models.Model]) -> list[UUID]:
    return list(model._default_manager.values_list("uuid", flat=True))


def test_rows_made_one_by_one_and_in_bulk_have_one_each(cast: Cast) -> None:
    subscribe(cast)
    crowd(cast.contoso, MANY)
    for model in MODELS:
        check(uuids_of(model))


def test_a_new_object_knows_its_own(cast: Cast) -> None:
    made = Customer.objects.create(partner=cast.fabrikam, name="Wingtip", country="US")
    assert made.uuid == Customer.objects.get(pk=made.pk).uuid


def test_users_who_are_written_as_a_set_have_one_each(cast: Cast) -> None:
    domain = cast.contoso.domains.get()
    new = [NewUser(f"user{n}", domain, f"User {n}") for n in range(MANY)]
    add_users(new, customer=cast.contoso, actor=cast.alice)
    check(uuids_of(User))


def test_rows_written_as_a_set_are_asked_for_theirs_and_saved_with_it(cast: Cast) -> None:
    rows = [
        Subscription(
            customer=cast.contoso,
            product=subscribe(cast, f"Product {n}").product,
            quantity=1,
            status="canceled",
            starts_on="2026-01-01",
            renews_on="2027-01-01",
        )
        for n in range(3)
    ]
    bulk.insert(Subscription, rows)
    many = [Customer(partner=cast.fabrikam, name=f"C{n}", country="US") for n in range(MANY)]
    bulk.insert(Customer, many)
    for row in (rows[0], many[0]):
        row.save()
        assert row.uuid == type(row)._default_manager.get(pk=row.pk).uuid


@pytest.mark.postgres
def test_one_is_given_to_all_rows_of_a_set_or_to_none(cast: Cast) -> None:
    many = [Customer(partner=cast.fabrikam, name=f"C{n}", country="US") for n in range(MANY)]
    many[0].uuid = UUID(int=4)
    with pytest.raises(ValueError, match="uuid was given to some of the rows"):
        bulk.insert(Customer, many)


@pytest.mark.parametrize("model", MODELS)
def test_none_ever_changes(cast: Cast, model: Any) -> None:
    subscribe(cast)
    row = model.objects.first()
    for change in (
        lambda: model.objects.filter(pk=row.pk).update(uuid=UUID(int=1)),
        _by_sql(model),
    ):
        with pytest.raises(DatabaseError, match="a UUID never changes"), transaction.atomic():
            change()
    row.save()
    assert model.objects.get(pk=row.pk).uuid == row.uuid


def _by_sql(model: Any) -> Any:
    def change() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {model._meta.db_table} SET uuid = %s", [UUID(int=2).hex])

    return change


@pytest.mark.parametrize("model", MODELS)
def test_they_are_found_by_an_index(model: Any, cast: Cast) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    assert [one["columns"] for one in found.values() if one["unique"] and "uuid" in one["columns"]]
