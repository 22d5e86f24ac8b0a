"""Reports: whose customers, which month, a page at a time, the files, and what is recorded."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from accounts.models import SeatMonth, UserMonth
from customers.actions import Action
from customers.models import AuditEvent, Customer
from licensing.models import Subscription
from tests.accounts.verbs import subscribe
from tests.factories import (
    CustomerFactory,
    ProductFactory,
    StaffFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.support.cast import Cast
from tests.support.forms import read, words
from tests.support.html import problems

PAGE = "/customers/report/"
FILE = f"{PAGE}export/"
ONE = timedelta(days=1)


def last_month() -> date:
    return (timezone.localdate().replace(day=1) - ONE).replace(day=1)


def end_of(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - ONE


@pytest.fixture
def office(cast: Cast) -> Subscription:
    """Of last month, Contoso's and Northwind's Office are remembered, and Adatum's."""
    product = ProductFactory.create(name="Office", sku="OFFICE")
    month = last_month()
    same = {"month": month, "first_day": month, "last_day": end_of(month)}
    for customer in (cast.contoso, cast.northwind, cast.adatum):
        row = SubscriptionFactory.create(customer=customer, product=product)
        SeatMonth.objects.create(
            **same,
            subscription=row,
            customer=customer,
            bought=1_200,
            assigned=700,
            blocked=3,
            peak=900,
            price=Decimal("2.50"),
            currency="EUR",
        )
        UserMonth.objects.create(
            **same, customer=customer, users=800, peak=950, added=20, deleted=7, restored=1
        )
    return Subscription.objects.get(customer=cast.contoso)


def names(response: Any) -> list[str]:
    return [group.customer.name for group in response.context["groups"]]


def rows_of(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_page_has_the_month_that_is_over(alice: Client, office: Subscription) -> None:
    response = alice.get(PAGE)
    assert names(response) == ["Contoso", "Northwind"]
    html = response.content.decode()
    assert problems(html) == []
    text = words(html)
    assert f"Known from {date_format(last_month())} on." in text
    assert "Contoso contoso.example Users: 800, peak 950, 20 added, 7 deleted, 1 restored" in text
    assert "Office 900 1,200 700 – 3 500 1,250.00 EUR" in text
    assert "All products 2,400 1,400 – 6 1,000 2,500.00 EUR" in text


def test_another_month_is_chosen(alice: Client, office: Subscription) -> None:
    now = f"{timezone.localdate():%Y-%m}"
    response = alice.get(PAGE, {"month": now})
    assert problems(response.content.decode()) == []
    assert response.context["report"].is_now
    assert [row.product for row in response.context["products"]] == ["Office"]
    assert response.context["earlier"] == f"?month={last_month():%Y-%m}"
    assert response.context["later"] == ""


@pytest.mark.parametrize("month", ["", "2026", "2026-13", "2026-1", "9999-12", "2026-11-01", "x"])
def test_a_month_that_there_is_not_is_no_page(
    alice: Client, office: Subscription, month: str
) -> None:
    assert alice.get(PAGE, {"month": month}).status_code == 404
    assert alice.get(FILE, {"month": month}).status_code == 404


def test_without_a_memory_the_report_is_as_of_now(alice: Client, cast: Cast) -> None:
    subscribe(cast, "Teams", cast.uma)
    response = alice.get(PAGE)
    html = response.content.decode()
    assert problems(html) == []
    assert "Teams 1 5 1 – 0 4" in words(html)
    assert "Known from" not in words(html)
    assert names(response) == ["Contoso", "Northwind"]
    assert [row["Assigned"] for row in rows_of(alice.get(FILE)) if row["Product"]] == ["1"]


def test_one_customer_has_a_report_of_its_own(
    alice: Client, cast: Cast, office: Subscription
) -> None:
    response = alice.get(PAGE, {"customer": cast.northwind.pk})
    assert problems(response.content.decode()) == []
    assert names(response) == ["Northwind"]
    [users, seats] = rows_of(alice.get(response.context["export_urls"]["csv"]))
    assert users["Customer"] == seats["Customer"] == "Northwind"
    event = AuditEvent.objects.get(action=Action.LIST_EXPORTED)
    assert event.customer == cast.northwind


@pytest.mark.parametrize("told", ["adatum", "none", "text"])
def test_a_customer_of_another_partner_is_no_page(alice: Client, cast: Cast, told: str) -> None:
    pk = {"adatum": str(cast.adatum.pk), "none": "999999", "text": "x"}[told]
    assert alice.get(PAGE, {"customer": pk}).status_code == 404
    assert alice.get(FILE, {"customer": pk}).status_code == 404


def test_the_file_has_the_month_in_it(alice: Client, cast: Cast, office: Subscription) -> None:
    Customer.objects.filter(pk=cast.contoso.pk).update(name="=Contoso")
    response = alice.get(alice.get(PAGE).context["export_urls"]["csv"])
    month = f"{last_month():%Y-%m}"
    assert f'filename="report-{month}-' in response.headers["Content-Disposition"]
    users, seats, *_northwind = rows_of(response)
    assert users["Customer"] == seats["Customer"] == "'=Contoso"
    assert users["Month"] == seats["Month"] == month
    assert users["As of"] == seats["As of"] == end_of(last_month()).isoformat()
    kept = {name: value for name, value in users.items() if value}
    assert {"Users": "800", "Peak of users": "950", "Users added": "20"}.items() <= kept.items()
    assert "Product" not in kept
    assert seats["Cost of unused seats"] == "1250.00"
    told = ("Seats bought", "Assigned", "Peak", "Assigned to blocked users", "Unused", "Change")
    assert [seats[name] for name in told] == ["1200", "700", "900", "3", "500", ""]
    event = AuditEvent.objects.get(action=Action.LIST_EXPORTED)
    assert (event.partner, event.customer, event.actor_id) == (cast.fabrikam, None, cast.alice.pk)
    assert event.changes == {"list": "licensing.subscription", "rows": 2, "file": "csv"}


def test_the_file_is_a_workbook_too(alice: Client, office: Subscription) -> None:
    response: Any = alice.get(FILE, {"format": "xlsx"})
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    rows = [list(row) for row in book.active.iter_rows(values_only=True)]
    assert response.headers["Content-Disposition"].endswith('.xlsx"')
    assert rows[0][:4] == ["Month", "Customer", "Primary domain", "Product"]
    assert [row[3] for row in rows[1:] if row[3]] == ["Office", "Office"]
    assert alice.get(FILE, {"format": "pdf"}).status_code == 404


def test_limited_staff_have_their_customers_alone(
    client: Client, cast: Cast, office: Subscription
) -> None:
    only = {"only": [cast.northwind], "roles": [*cast.bob.roles]}
    client.force_login(StaffFactory.create(partner=cast.fabrikam, **only))
    response = client.get(PAGE)
    assert names(response) == ["Northwind"]
    assert response.context["total"].bought == 1_200
    assert {row["Customer"] for row in rows_of(client.get(FILE))} == {"Northwind"}
    assert client.get(PAGE, {"customer": cast.contoso.pk}).status_code == 404


def test_a_customers_administrator_has_the_own_figures(
    client: Client, cast: Cast, office: Subscription
) -> None:
    client.force_login(cast.gail)
    response = client.get(PAGE)
    assert problems(response.content.decode()) == []
    assert names(response) == ["Contoso"]
    [_users, seats] = rows_of(client.get(FILE))
    assert (seats["Customer"], seats["Unused"]) == ("Contoso", "500")
    assert client.get(PAGE, {"customer": cast.northwind.pk}).status_code == 404
    assert AuditEvent.objects.get(action=Action.LIST_EXPORTED).customer == cast.contoso


def test_support_staff_have_no_report(client: Client, cast: Cast) -> None:
    client.force_login(cast.support)
    assert client.get(PAGE).status_code == client.get(FILE).status_code == 404


def test_a_partner_without_customers_is_told_so(client: Client, cast: Cast) -> None:
    cast.adatum.delete()
    client.force_login(cast.charlie)
    html = read(client, PAGE)
    assert problems(html) == []
    assert "No customers yet" in words(html)
    assert rows_of(client.get(FILE)) == []


def test_a_month_without_figures_says_so(alice: Client, cast: Cast, office: Subscription) -> None:
    UserMonth.objects.all().update(month=date(2020, 1, 1), first_day=date(2020, 1, 9))
    for month in ("2020-02", "1999-01"):
        html = read(alice, f"{PAGE}?month={month}")
        assert problems(html) == []
        assert "No figures of this month" in words(html)


def test_a_long_report_is_paged_and_its_total_is_of_all(
    alice: Client, office: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.views.month_report.PAGE", 1)
    monkeypatch.setattr("accounts.queries.reports.cells.CHUNK", 1)
    first = alice.get(PAGE)
    second = alice.get(PAGE + first.context["pager"].next_url)
    assert names(first) + names(second) == ["Contoso", "Northwind"]
    assert second.context["total"].bought == 2_400
    assert len(rows_of(alice.get(FILE))) == 4
    assert names(alice.get(PAGE, {"page": "9" * 30})) == ["Northwind"]


def test_queries_do_not_grow_with_customers(
    alice: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in (3, 30):
        for customer in CustomerFactory.create_batch(number, partner=cast.fabrikam):
            holder = UserFactory.create(customer=customer)
            SubscriptionFactory.create(customer=customer, holders=[holder])
        with django_assert_num_queries(14):
            alice.get(PAGE)
        with django_assert_num_queries(14):
            rows_of(alice.get(FILE))


def test_to_look_at_the_page_is_no_export(alice: Client, office: Subscription) -> None:
    read(alice, PAGE)
    assert not AuditEvent.objects.exists()


def test_the_customers_page_leads_to_the_report(client: Client, cast: Cast) -> None:
    client.force_login(cast.sally)
    page = client.get(reverse("customers:customer-list")).content.decode()
    assert f'href="{PAGE}"' in page
