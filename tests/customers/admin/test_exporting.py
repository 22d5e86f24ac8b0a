"""Lists that leave the admin: no cell is a formula, and the log says who took how many rows."""

import csv
from io import BytesIO, StringIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.models import User
from customers.actions import Action
from customers.admin import exporting
from customers.models import AuditEvent, Customer
from licensing.models import Subscription
from tests.factories import SubscriptionFactory, SupportFactory, UserFactory
from tests.support.admin import address
from tests.support.cast import Cast

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "'kept"]


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    client.force_login(cast.support)
    return client


def test_no_cell_of_a_csv_is_a_formula(support: Client, cast: Cast) -> None:
    for name in DANGEROUS:
        UserFactory.create(customer=cast.northwind, display_name=name, department=name)
    response = support.post(
        f"{address(User, 'export')}?kind=user", {"format": "0", "resource": "0"}
    )
    text = response.content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    found = {row["Display Name"] for row in rows}
    assert {"'=1+1", "'+1", "'-1", "'@SUM(A1)", "''=1", "'kept"} <= found
    assert not any(cell[:1] in {"=", "+", "-", "@"} for row in rows for cell in row.values())
    assert "alice@fabrikam.example" not in text, "the list's filter holds for the file"
    event = AuditEvent.objects.get()
    assert (event.action, event.changes) == (
        Action.LIST_EXPORTED,
        {"list": "accounts.user", "rows": 8},
    )


def test_every_cell_of_an_xlsx_is_text(support: Client, cast: Cast) -> None:
    for name in DANGEROUS:
        UserFactory.create(customer=cast.northwind, display_name=name)
    response = support.post(address(User, "export"), {"format": "1", "resource": "0"})
    sheet = load_workbook(BytesIO(response.content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    values = {cell.value for cell in cells}
    assert {"''=1", *DANGEROUS} - {"'=1"} <= values


@pytest.mark.parametrize("query", ["no_such_filter=1", "added_at__gte=never"])
def test_an_export_by_a_filter_that_there_is_none_of_is_no_page(
    support: Client, query: str
) -> None:
    assert support.get(f"{address(User, 'export')}?{query}").status_code == 404


@pytest.mark.parametrize("model", [User, Customer, Subscription])
def test_lists_export_in_both_formats_without_a_password(
    model: type[User | Customer | Subscription], support: Client, cast: Cast
) -> None:
    cast.gives_password(cast.uma)
    SubscriptionFactory.create(customer=cast.contoso, holders=[cast.uma])
    url = address(model, "export")
    assert "style=" not in support.get(url).content.decode()
    for chosen, kind in (("0", "text/csv"), ("1", "application/vnd.openxmlformats")):
        response = support.post(url, {"format": chosen, "resource": "0"})
        assert response.headers["Content-Type"].startswith(kind)
        assert b"argon2" not in response.content


def test_the_log_says_how_many_rows_the_filter_left(support: Client, cast: Cast) -> None:
    url = f"{address(Customer, 'export')}?partner__id__exact={cast.fabrikam.pk}"
    response = support.post(url, {"format": "0", "resource": "0"})
    text = response.content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["Name"] for row in rows] == ["Contoso", "Northwind"]
    assert {row["Primary domain"] for row in rows} == {"contoso.example", "northwind.example"}
    event = AuditEvent.objects.get()
    assert event.changes == {"list": "customers.customer", "rows": 2}
    assert (event.actor_id, event.customer, event.partner) == (cast.support.pk, None, None)


def test_a_list_too_long_is_told_to_be_narrowed_and_is_not_taken(
    support: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "ROW_LIMIT", 2)
    response = support.post(address(Customer, "export"), {"format": "0", "resource": "0"})
    assert "Narrow the list down first" in response.content.decode()
    assert "text/html" in response.headers["Content-Type"]
    assert not AuditEvent.objects.exists()


def test_a_user_who_may_not_look_at_a_list_takes_none(client: Client, cast: Cast) -> None:
    client.force_login(SupportFactory.create(is_superuser=False))
    url = address(Customer, "export")
    assert client.get(url).status_code == 403
    assert client.post(url, {"format": "0", "resource": "0"}).status_code == 403
    assert not AuditEvent.objects.exists()


def test_there_are_two_formats_and_no_choice_of_rows(support: Client, cast: Cast) -> None:
    page = support.get(address(Customer, "export"))
    formats = [label for _value, label in page.context["form"].fields["format"].choices]
    assert [label for label in formats if label != "---"] == ["csv", "xlsx"]
