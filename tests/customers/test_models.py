"""Partners, customers, domains and batches as rows: whose they are, and what the database keeps."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from customers.actions import Action
from customers.models import (
    AuditEvent,
    Batch,
    BatchItem,
    BatchKind,
    Customer,
    Domain,
    Partner,
    domain_validator,
)
from customers.roles import Role
from tests.factories import (
    CustomerFactory,
    DomainFactory,
    PartnerFactory,
    StaffFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.support.cast import Cast


def names(customers: Any) -> list[str]:
    return [customer.name for customer in customers]


def limited(cast: Cast, *only: Customer) -> User:
    return StaffFactory.create(partner=cast.fabrikam, roles=[Role.HELPDESK_AGENT], only=only)


def test_whose_customers_a_user_knows_of(cast: Cast) -> None:
    seen = {
        user.first_name: set(names(Customer.objects.visible_to(user)))
        for user in (cast.alice, cast.charlie, cast.gail, cast.uma, cast.support)
    }
    assert seen == {
        "Alice": {"Contoso", "Northwind"},
        "Charlie": {"Adatum"},
        "Gail": {"Contoso"},
        "Uma": {"Contoso"},
        cast.support.first_name: set(),
    }
    assert names(Customer.objects.visible_to(limited(cast, cast.northwind))) == ["Northwind"]
    assert names(Customer.objects.visible_to(limited(cast))) == []


def test_one_customer_is_open_to_those_who_know_of_it(cast: Cast) -> None:
    """The answer for one is that for all, for every user and customer."""
    users = [cast.alice, cast.bob, cast.charlie, cast.gail, cast.uma]
    users += [limited(cast, cast.northwind), limited(cast)]
    for user in users:
        visible = set(Customer.objects.visible_to(user))
        for customer in Customer.objects.all():
            assert customer.is_open_to(user) is (customer in visible), (user, customer)


def test_the_database_is_asked_for_limited_staff_alone(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    some = limited(cast, cast.contoso)
    with django_assert_num_queries(0):
        assert cast.contoso.is_open_to(cast.alice)
        assert cast.contoso.is_open_to(cast.uma)
        assert not cast.contoso.is_open_to(cast.charlie)
    with django_assert_num_queries(1):
        assert cast.contoso.is_open_to(some)


def test_the_primary_domain_stands_beside_the_customer(cast: Cast) -> None:
    DomainFactory.create(customer=cast.contoso, name="a-second.example")
    row: Any = Customer.objects.with_primary_domain().get(pk=cast.contoso.pk)
    assert row.primary_domain == "contoso.example"
    cast.northwind.domains.all().delete()
    bare: Any = Customer.objects.with_primary_domain().get(pk=cast.northwind.pk)
    assert bare.primary_domain is None


def test_seats_of_canceled_subscriptions_count_nowhere(cast: Cast) -> None:
    SubscriptionFactory.create(customer=cast.contoso, quantity=5, holders=[cast.uma, cast.gail])
    SubscriptionFactory.create(customer=cast.contoso, quantity=3, status="suspended")
    SubscriptionFactory.create(customer=cast.contoso, quantity=100, status="canceled")
    rows: Any = Customer.objects.with_seats()
    assert {row.name: (row.seats_used, row.seats_bought) for row in rows} == {
        "Contoso": (2, 8),
        "Northwind": (0, 0),
        "Adatum": (0, 0),
    }


def test_a_list_can_be_put_in_the_order_of_domains_and_seats(cast: Cast) -> None:
    DomainFactory.create(customer=cast.northwind, name="aaa.example")
    SubscriptionFactory.create(customer=cast.contoso, quantity=5, holders=[cast.uma])
    by_domain: Any = Customer.objects.to_sort_by_domain()
    assert names(by_domain.order_by("main__name")) == ["Adatum", "Contoso", "Northwind"]
    by_seats: Any = Customer.objects.to_sort_by_seats()
    assert names(by_seats.order_by("-seats_used", "name")) == ["Contoso", "Adatum", "Northwind"]


def test_customers_come_in_the_order_of_the_ids(cast: Cast) -> None:
    wanted = [cast.northwind.pk, cast.adatum.pk, cast.contoso.pk]
    assert names(Customer.objects.in_order(wanted)) == ["Northwind", "Adatum", "Contoso"]
    assert names(Customer.objects.in_order([0, cast.contoso.pk])) == ["Contoso"]
    assert Customer.objects.in_order([]) == []


@pytest.mark.parametrize(
    "text, found",
    [
        ("", ["Adatum", "Contoso", "Northwind"]),
        ("cont", ["Contoso"]),
        ("CONTOSO", ["Contoso"]),
        ("wind.exam", ["Northwind"]),
        ("Example", ["Adatum", "Contoso", "Northwind"]),
        ("contoso nowhere", []),
        ("north example", ["Northwind"]),
        ("100%", []),
        ("_ontoso", []),
    ],
)
def test_every_word_is_in_the_name_or_in_a_domain(cast: Cast, text: str, found: list[str]) -> None:
    assert names(Customer.objects.matching(text).order_by("name")) == found


def test_a_customer_with_many_fitting_domains_is_found_once(cast: Cast) -> None:
    for number in range(3):
        DomainFactory.create(customer=cast.contoso, name=f"contoso{number}.example")
    assert names(Customer.objects.matching("contoso example")) == ["Contoso"]


@pytest.mark.parametrize("name", ["contoso", "CONTOSO", "Contoso"])
def test_a_name_is_there_once_for_each_partner(cast: Cast, name: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerFactory.create(partner=cast.fabrikam, name=name)
    assert CustomerFactory.create(partner=cast.litware, name=name).name == name


@pytest.mark.parametrize(
    "domain",
    ["contoso.com", "a.io", "sub.contoso.com", "con-toso.de", "x1.2y.org", "shop.xn--p1ai"],
)
def test_a_domain_is_taken(domain: str) -> None:
    domain_validator(domain)


@pytest.mark.parametrize(
    "domain",
    [
        "",
        "contoso",
        "Contoso.com",
        "con toso.com",
        "-contoso.com",
        "contoso-.com",
        "contoso..com",
        ".contoso.com",
        "contoso.com.",
        "contoso.com\n",
        "contoso.c",
        "contoso.123",
        "zoë.com",
        "a@contoso.com",
        f"{'a' * 45}.com",
    ],
)
def test_what_is_no_domain_is_told_how_one_is_written(domain: str) -> None:
    with pytest.raises(ValidationError, match="Enter a domain such as contoso"):
        domain_validator(domain)


@pytest.mark.parametrize(
    "values",
    [
        {"name": "UPPER.example", "customer": True},
        {"name": "both.example", "customer": True, "partner": True},
        {"name": "nobodys.example"},
        {"name": "contoso.example", "customer": True},
        {"name": "second-primary.example", "customer": True, "is_primary": True},
        {"name": "second-primary.example", "partner": True, "is_primary": True},
    ],
)
def test_the_database_keeps_the_rules_of_domains(cast: Cast, values: dict[str, Any]) -> None:
    owners = {"customer": cast.contoso, "partner": cast.fabrikam}
    values = {name: owners.get(name, value) for name, value in values.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Domain.objects.create(**values)


def test_a_domain_is_in_use_while_a_living_user_has_it(cast: Cast) -> None:
    second = DomainFactory.create(customer=cast.contoso, name="contoso.test")
    UserFactory.create(customer=cast.contoso, deleted=True)
    rows: Any = cast.contoso.domains.with_use()
    assert {row.name: row.in_use for row in rows} == {
        "contoso.example": True,
        "contoso.test": False,
    }
    UserFactory.create(customer=cast.contoso, domain=second)
    assert all(row.in_use for row in cast.contoso.domains.with_use())  # type: ignore[attr-defined]


def batch(cast: Cast, kind: BatchKind = BatchKind.BLOCK, **values: Any) -> Batch:
    return Batch.objects.create(
        kind=kind, by=cast.alice, customer=cast.contoso, key=f"key-{kind}", **values
    )


def test_a_list_of_batches_costs_one_query_and_leaves_the_users_out(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = batch(cast, users=[1, 2], request={"do": "keep", "names": {"1": "ada"}})
    batch(cast, BatchKind.ALLOW, undo_of=first)
    with django_assert_num_queries(1):
        rows: Any = list(Batch.objects.for_list().order_by("pk"))
        assert [(str(row.did), row.customer, row.by) for row in rows] == [
            ("keep", cast.contoso, cast.alice),
            ("None", cast.contoso, cast.alice),
        ]
        assert rows[1].undo_of == first
        assert rows[0].undone_by == rows[1]
    assert {"users", "request"} <= rows[0].get_deferred_fields()


def test_a_user_is_in_a_batch_once(cast: Cast) -> None:
    row = batch(cast)
    BatchItem.objects.create(batch=row, user=cast.uma)
    with pytest.raises(IntegrityError), transaction.atomic():
        BatchItem.objects.create(batch=row, user=cast.uma)


@pytest.mark.postgres
@pytest.mark.parametrize("model", [Customer, Partner])
def test_whoever_the_log_tells_of_is_not_deleted_below_it(
    db: None, model: type[Customer | Partner]
) -> None:
    partner = PartnerFactory.create()
    owner = partner if model is Partner else CustomerFactory.create(partner=partner)
    events = AuditEvent.objects.filter(**{model._meta.model_name or "": owner})
    AuditEvent.objects.create(
        at=timezone.now(),
        partner=partner,
        customer=owner if isinstance(owner, Customer) else None,
        action=Action.LIST_EXPORTED,
    )
    Domain.objects.all().delete()
    statement = f"DELETE FROM {model._meta.db_table} WHERE id = %s"
    with (
        pytest.raises(IntegrityError, match="has events of it"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [owner.pk])
    assert events.exists()


def test_rows_say_what_they_are(cast: Cast) -> None:
    row = batch(cast)
    item = BatchItem(batch=row, user=cast.uma)
    assert [str(one) for one in (cast.fabrikam, cast.contoso, cast.contoso.domains.get())] == [
        "Fabrikam",
        "Contoso",
        "contoso.example",
    ]
    assert (str(row), str(item)) == (f"Block sign-in ({row.pk})", f"{row.pk}/{cast.uma.pk}")
    assert str(AuditEvent(pk=4, action="user.added")) == "User added (4)"
