"""Customers and domains in the admin, and what leaves it as a file."""

import csv
from io import BytesIO, StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from openpyxl import load_workbook

from accounts.models import User
from customers.actions import Action
from customers.models import AuditEvent, Customer, Domain
from licensing.models import Subscription
from tests.factories import DomainFactory, SubscriptionFactory, SupportFactory, UserFactory
from tests.support.admin import act, address, errors, told, typed
from tests.support.cast import Cast

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "'kept"]


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    client.force_login(cast.support)
    return client


def test_a_customer_changes_through_the_service(support: Client, cast: Cast) -> None:
    url = address(Customer, "change", cast.contoso.pk)
    values = typed(support.get(url))
    page = support.post(url, {**values, "name": "NORTHWIND"})
    assert "You have a customer named NORTHWIND already." in str(errors(page))
    support.post(url, {**values, "name": "Contoso Ltd", "active_users": 99, "partner": 0})
    customer = Customer.objects.get(pk=cast.contoso.pk)
    assert (customer.name, customer.active_users, customer.partner) == (
        "Contoso Ltd",
        2,
        cast.fabrikam,
    )
    event = AuditEvent.objects.get(action=Action.CUSTOMER_CHANGED)
    assert event.changes == {"name": ["Contoso", "Contoso Ltd"]}


def test_domains_are_added_made_primary_and_removed(support: Client, cast: Cast) -> None:
    values = {"customer": cast.contoso.pk, "name": "contoso-shop.example"}
    support.post(address(Domain, "add"), values)
    assert errors(support.post(address(Domain, "add"), values)) != {}
    first, second = cast.contoso.domains.order_by("pk")
    act(support, "make_primary", second)
    assert cast.contoso.domains.get(is_primary=True) == second
    response = support.post(address(Domain, "delete", first.pk), {"post": "yes"})
    assert "People have user names with contoso.example." in told(response)[-1]
    act(support, "make_primary", first)
    act(support, "delete_selected", second, confirmed="yes")
    assert list(cast.contoso.domains.all()) == [first]
    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == [
        Action.DOMAIN_ADDED,
        Action.DOMAIN_PRIMARY,
        Action.DOMAIN_PRIMARY,
        Action.DOMAIN_REMOVED,
    ]


def test_a_partners_domain_stays(support: Client, cast: Cast) -> None:
    domain = DomainFactory.create(partner=cast.fabrikam, customer=None, name="fab.example")
    assert support.post(address(Domain, "delete", domain.pk), {"post": "yes"}).status_code == 403


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
    assert set(DANGEROUS) <= {cell.value for cell in cells}


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


def test_a_group_changes_in_the_log_and_the_portals_roles_stay(support: Client, cast: Cast) -> None:
    view = Permission.objects.get(codename="view_user")
    support.post(address(Group, "add"), {"name": "Readers", "permissions": [view.pk]})
    readers = Group.objects.get(name="Readers")
    assert list(readers.permissions.all()) == [view]
    assert AuditEvent.objects.get().changes["permissions"] == [[], ["view_user"]]
    page = support.post(address(Group, "add"), {"name": "readers", "permissions": []})
    assert page.status_code == 302
    role = Group.objects.get(name="Account admin")
    assert "_save" not in support.get(address(Group, "change", role.pk)).content.decode()
    assert support.post(address(Group, "delete", role.pk), {"post": "yes"}).status_code == 403
    SupportFactory.create(is_superuser=False).groups.add(readers)
    support.post(address(Group, "delete", readers.pk), {"post": "yes"})
    assert Group.objects.filter(pk=readers.pk).exists()
