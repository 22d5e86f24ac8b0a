"""The user list as a file: what it has, to whom, and that it can be read back whole."""

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from accounts.columns import COLUMNS
from accounts.resources import CustomerUserResource
from accounts.services.users import delete_users
from customers.actions import Action
from customers.models import AuditEvent
from customers.roles import Role
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.factories.licensing import assign
from tests.support.cast import Cast
from tests.support.html import problems
from uploads.spreadsheets import flaw_of, kept_text, open_table

HEADINGS = [
    "User Name",
    "First Name",
    "Last Name",
    "Display Name",
    "Job Title",
    "Department",
    "Office Number",
    "Office Phone",
    "Mobile Phone",
    "Fax",
    "Alternate email address",
    "Address",
    "City",
    "State or Province",
    "ZIP or Postal Code",
    "Country or Region",
    "Usage location",
    "Permissions",
    "Subscriptions",
    "Services off",
    "Start date",
]
DANGEROUS = [
    "=1+1",
    "+47 1",
    "-1",
    "@x",
    "\tx",
    "'=1",
    "'kept",
    "a;b,c",
    'say "no"',
    "line\nbreak",
    "#N/A",
]


@pytest.fixture
def url(cast: Cast) -> str:
    return reverse("accounts:user-export", args=[cast.contoso.pk])


def read_csv(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    rows = list(reader)
    assert reader.fieldnames == HEADINGS
    return rows


def read_xlsx(response: Any) -> list[list[Any]]:
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def uploaded(response: Any, heading: str) -> list[str]:
    """The column as the upload reads it."""
    file = io.BytesIO(b"".join(response.streaming_content))
    with open_table(file, name="users", row_limit=100) as table:
        at = table.headings.index(heading)
        return [kept_text(row.cells[at]) for row in table.rows]


def names(rows: list[dict[str, str]]) -> list[str]:
    return [row["Display Name"] for row in rows]


def test_the_file_has_the_columns_of_the_upload(alice: Client, url: str, cast: Cast) -> None:
    office = ProductFactory.create(name="Office", plans=["MAIL", "TEAMS"])
    phone = ProductFactory.create(name="Phone", plans=["CALLS"])
    held = [SubscriptionFactory.create(customer=cast.contoso, product=p) for p in (phone, office)]
    ada = UserFactory.create(
        customer=cast.contoso,
        first_name="Ada",
        last_name="Byron",
        local_part="ada",
        job_title="Analyst",
        country="GB",
        street="12 St James's Square",
        roles=[Role.USER_ADMIN, Role.LICENSE_ADMIN],
    )
    assign(held[0], ada)
    assign(held[1], ada, services_off=["TEAMS", "MAIL"])
    response = alice.get(url, {"q": "byron"})
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    disposition = response.headers["Content-Disposition"]
    assert re.search(r'"users-contoso-\d{4}-\d\d-\d\d\.csv"', disposition)
    (row,) = read_csv(response)
    assert {heading: value for heading, value in row.items() if value} == {
        "User Name": "ada@contoso.example",
        "First Name": "Ada",
        "Last Name": "Byron",
        "Display Name": "Ada Byron",
        "Job Title": "Analyst",
        "Address": "12 St James's Square",
        "Country or Region": "GB",
        "Usage location": "US",
        "Permissions": "License administrator; User administrator",
        "Subscriptions": "Office; Phone",
        "Services off": "MAIL; TEAMS",
    }


def test_the_columns_of_the_upload_are_those_of_the_file(cast: Cast) -> None:
    resource = CustomerUserResource(cast.contoso)
    names = resource.get_export_order()
    assert [COLUMNS[name].heading for name in names] == resource.get_export_headers() == HEADINGS
    assert COLUMNS.keys() - {*names} == {"status_update"}


def test_who_has_no_role_and_no_license_is_a_plain_user(
    alice: Client, url: str, cast: Cast
) -> None:
    (row,) = read_csv(alice.get(url, {"q": "uma"}))
    assert (row["Permissions"], row["Subscriptions"], row["Services off"]) == ("User", "", "")


def test_a_name_that_would_not_be_found_again_gives_way_to_the_sku(
    alice: Client, url: str, cast: Cast
) -> None:
    products = [
        ProductFactory.create(name="Mail; more", sku="SEMI", plans=["MAIL"]),
        ProductFactory.create(name="Twin", sku="TWIN-1", plans=["mail"]),
        ProductFactory.create(name="twin", sku="TWIN-2", plans=["CALLS"]),
    ]
    for product in products:
        subscription = SubscriptionFactory.create(customer=cast.contoso, product=product)
        off = [plan.code for plan in product.plans.all()]
        assign(subscription, cast.uma, services_off=off)
    (row,) = read_csv(alice.get(url, {"q": "uma"}))
    assert set(row["Subscriptions"].split("; ")) == {"SEMI", "TWIN-1", "TWIN-2"}
    assert set(row["Services off"].split("; ")) == {"SEMI: MAIL", "TWIN-1: mail", "CALLS"}


def test_the_file_follows_search_and_order_and_no_page(alice: Client, url: str, cast: Cast) -> None:
    users = [UserFactory.create(customer=cast.contoso, last_name="Lund") for _ in range(4)]
    gone = UserFactory.create(customer=cast.contoso, last_name="Lund")
    delete_users([gone], customer=cast.contoso, actor=cast.alice)
    UserFactory.create(customer=cast.northwind, last_name="Lund")
    expected = [user.display_name for user in users]
    assert names(read_csv(alice.get(url, {"q": "lund", "sort": "added"}))) == expected
    turned = alice.get(url, {"q": "lund", "sort": "-added", "after": str(users[1].pk)})
    assert names(read_csv(turned)) == expected[::-1]
    assert names(read_csv(alice.get(url, {"q": "nobody"}))) == []


def test_no_cell_of_the_csv_is_a_formula_and_all_come_back(
    alice: Client, url: str, cast: Cast
) -> None:
    for text in DANGEROUS:
        UserFactory.create(customer=cast.contoso, display_name="Danger", department=text)
    query = {"q": "danger", "sort": "added"}
    cells = [row["Department"] for row in read_csv(alice.get(url, query))]
    assert not [cell for cell in cells if cell[0] in "=+-@\t\r"]
    assert uploaded(alice.get(url, query), "Department") == DANGEROUS


def test_the_xlsx_has_text_as_it_is(alice: Client, url: str, cast: Cast) -> None:
    for text in DANGEROUS:
        UserFactory.create(customer=cast.contoso, display_name="Danger", department=text)
    response = alice.get(url, {"format": "xlsx", "q": "danger", "sort": "added"})
    assert response.headers["Content-Disposition"].endswith('.xlsx"')
    heading, *rows = read_xlsx(response)
    assert heading == HEADINGS
    cells = [row[HEADINGS.index("Department")] for row in rows]
    marked = {text for text in DANGEROUS if text == "'=1" or flaw_of(text)}
    assert cells == [f"'{text}" if text in marked else text for text in DANGEROUS]
    response = alice.get(url, {"format": "xlsx", "q": "danger", "sort": "added"})
    assert uploaded(response, "Department") == DANGEROUS


def test_an_export_is_logged_with_its_size(alice: Client, url: str, cast: Cast) -> None:
    read_csv(alice.get(url))
    read_xlsx(alice.get(url, {"format": "xlsx", "q": "uma"}))
    events = AuditEvent.objects.filter(action=Action.LIST_EXPORTED).order_by("pk")
    assert [(event.customer, event.actor_id) for event in events] == [
        (cast.contoso, cast.alice.pk)
    ] * 2
    assert [event.changes for event in events] == [
        {"list": "accounts.user", "rows": 2, "file": "csv"},
        {"list": "accounts.user", "rows": 1, "file": "xlsx"},
    ]


def test_a_kind_of_file_that_there_is_not_is_not_found(alice: Client, url: str) -> None:
    assert alice.get(url, {"format": "pdf"}).status_code == 404
    assert not AuditEvent.objects.exists()


def test_queries_grow_with_chunks_and_not_with_users(
    alice: Client,
    url: str,
    cast: Cast,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    users = UserFactory.create_batch(30, customer=cast.contoso)
    subscription = SubscriptionFactory.create(customer=cast.contoso, quantity=50)
    assign(subscription, *users)
    for number in (3, 30):
        query = {"q": users[0].display_name} if number == 3 else {}
        with django_assert_num_queries(13):
            assert len(read_csv(alice.get(url, query))) == (1 if number == 3 else 32)
    monkeypatch.setattr("accounts.views.export.CHUNK", 8)
    rows = read_csv(alice.get(url))
    assert len({row["User Name"] for row in rows}) == 32
    assert sum(bool(row["Subscriptions"]) for row in rows) == 30


def test_the_list_leads_to_its_file_in_either_kind(alice: Client, url: str, cast: Cast) -> None:
    page = alice.get(
        reverse("accounts:user-list", args=[cast.contoso.pk]), {"q": "uma", "after": "1"}
    ).content.decode()
    assert problems(page) == []
    for kind in ("csv", "xlsx"):
        assert f'href="{url}?q=uma&amp;format={kind}"' in page


@pytest.mark.parametrize("role", [Role.SERVICE_ADMIN, Role.PASSWORD_ADMIN])
def test_a_user_who_sees_the_list_may_take_it(
    client: Client, url: str, cast: Cast, role: Role
) -> None:
    client.force_login(UserFactory.create(customer=cast.contoso, roles=[role]))
    assert len(read_csv(client.get(url))) == 3
    client.force_login(cast.uma)
    assert client.get(url).status_code == 403
