"""The month report: whose figures it has, and that they are right."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.services.users import block_users
from customers.actions import Action
from customers.models import AuditEvent
from licensing.models import SubscriptionStatus
from tests.factories import (
    CustomerFactory,
    ProductFactory,
    StaffFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.support.cast import Cast
from tests.support.forms import words
from tests.support.html import problems

PAGE = "/customers/report/"
FILE = "/customers/report/export/"
Row = tuple[str, str, int, int, int]


@pytest.fixture
def licenses(cast: Cast) -> None:
    """Gail and uma, who is blocked, have Office; Northwind's is suspended, Adatum's not ours."""
    office, phone = (
        ProductFactory.create(name=name, sku=name.upper()) for name in ("Office", "Phone")
    )
    SubscriptionFactory.create(
        customer=cast.contoso, product=office, quantity=1_200, holders=[cast.gail, cast.uma]
    )
    SubscriptionFactory.create(customer=cast.contoso, product=phone, quantity=5)
    SubscriptionFactory.create(
        customer=cast.contoso, quantity=7, status=SubscriptionStatus.CANCELED
    )
    SubscriptionFactory.create(
        customer=cast.northwind,
        product=office,
        quantity=3,
        status=SubscriptionStatus.SUSPENDED,
    )
    SubscriptionFactory.create(customer=cast.adatum, product=office, quantity=50)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)


CONTOSO = [("Contoso", "Office", 1_200, 2, 1), ("Contoso", "Phone", 5, 0, 0)]
NORTHWIND = [("Northwind", "Office", 3, 0, 0)]


def shown(response: Any) -> list[Row]:
    return [
        (
            row.subscription.customer.name,
            row.subscription.product.name,
            row.subscription.quantity,
            row.subscription.assigned,
            row.blocked,
        )
        for row in response.context["rows"]
    ]


def read(response: Any) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_the_report_has_all_customers_and_products(
    client: Client, cast: Cast, licenses: None
) -> None:
    client.force_login(cast.alice)
    response = client.get(PAGE)
    assert shown(response) == [*CONTOSO, *NORTHWIND]
    html = response.content.decode()
    assert problems(html) == []
    text = words(html)
    assert "Contoso contoso.example Office 1,200 2 1" in text
    assert "Northwind northwind.example Office Suspended 3 0 0" in text
    assert "All customers All products 1,208 2 1" in text
    assert "monthly peaks are not recorded." in text


def test_the_file_has_all_of_the_report(client: Client, cast: Cast, licenses: None) -> None:
    cast.contoso.name = "=Contoso"
    cast.contoso.save(update_fields=["name"])
    client.force_login(cast.alice)
    heading, *rows = read(client.get(FILE))
    assert heading == [
        *("Customer", "Primary domain", "Product", "SKU", "Status"),
        *("Seats bought", "Assigned", "Assigned to blocked users", "As of"),
    ]
    assert [row[:-1] for row in rows] == [
        ["'=Contoso", "contoso.example", "Office", "OFFICE", "Active", "1200", "2", "1"],
        ["'=Contoso", "contoso.example", "Phone", "PHONE", "Active", "5", "0", "0"],
        ["Northwind", "northwind.example", "Office", "OFFICE", "Suspended", "3", "0", "0"],
    ]
    event = AuditEvent.objects.get(action=Action.LIST_EXPORTED)
    assert (event.partner, event.customer, event.actor_id) == (cast.fabrikam, None, cast.alice.pk)
    assert event.changes == {"list": "licensing.subscription", "rows": 3, "file": "csv"}


def test_limited_staff_have_their_customers_alone(
    client: Client, cast: Cast, licenses: None
) -> None:
    client.force_login(
        StaffFactory.create(partner=cast.fabrikam, only=[cast.northwind], roles=[*cast.bob.roles])
    )
    response = client.get(PAGE)
    assert shown(response) == NORTHWIND
    assert "All customers All products 3 0 0" in words(response.content.decode())
    assert len(read(client.get(FILE))) == 2


def test_a_customers_administrator_has_the_own_customer(
    client: Client, cast: Cast, licenses: None
) -> None:
    client.force_login(cast.gail)
    assert shown(client.get(PAGE)) == CONTOSO
    assert len(read(client.get(FILE))) == 3
    event = AuditEvent.objects.get(action=Action.LIST_EXPORTED)
    assert event.customer == cast.contoso


def test_support_staff_have_no_report(client: Client, cast: Cast, licenses: None) -> None:
    client.force_login(cast.support)
    assert client.get(PAGE).status_code == client.get(FILE).status_code == 404


def test_a_partner_without_subscriptions_is_told_so(client: Client, cast: Cast) -> None:
    client.force_login(cast.charlie)
    response = client.get(PAGE)
    assert problems(response.content.decode()) == []
    assert "No subscriptions yet" in words(response.content.decode())
    assert len(read(client.get(FILE))) == 1


def test_a_long_report_is_paged_and_its_total_is_of_all(
    client: Client, cast: Cast, licenses: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.views.license_report.PAGE", 2)
    monkeypatch.setattr("accounts.queries.license_report.CHUNK", 2)
    client.force_login(cast.alice)
    first = client.get(PAGE)
    assert shown(first) == CONTOSO
    second = client.get(PAGE + first.context["pager"].next_url)
    assert shown(second) == NORTHWIND
    assert second.context["total"].bought == 1_208
    assert len(read(client.get(FILE))) == 4


def test_queries_do_not_grow_with_customers(
    client: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(cast.alice)
    for number in (3, 30):
        for customer in CustomerFactory.create_batch(number, partner=cast.fabrikam):
            holder = UserFactory.create(customer=customer)
            SubscriptionFactory.create(customer=customer, holders=[holder])
        with django_assert_num_queries(8):
            client.get(PAGE)
        with django_assert_num_queries(11):
            read(client.get(FILE))


def test_the_customers_page_leads_to_the_report(client: Client, cast: Cast) -> None:
    client.force_login(cast.sally)
    page = client.get(reverse("customers:customer-list")).content.decode()
    assert f'href="{PAGE}"' in page
