"""What an attacker writes where others will read it: addresses, hosts, names of files, cells."""

import csv
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services.users import change_users, reset_passwords
from customers.models import Customer
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.uploads.uploading import upload_of
from uploads.models import Upload
from uploads.services import check_upload

ELSEWHERE = [
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "///elsewhere.example/",
    "/\\elsewhere.example/",
    "\\\\elsewhere.example/",
    "https:elsewhere.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://testserver@elsewhere.example/",
    "https://testserver.elsewhere.example/",
    "/\t/elsewhere.example/",
    " //elsewhere.example/",
    "//elsewhere.example\r\nSet-Cookie: a=b",
]


# Of this site, but no path: names of views, or relative to a page that nobody knows.
NO_PATH = ["default", "home", "accounts:me", "..", "?a=b", "#x", "customers/"]


def is_here(location: str) -> bool:
    parts = urlsplit(location)
    return (
        not parts.scheme and not parts.netloc and location.startswith("/") and "\\" not in location
    )


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_page_leads_to_another_site(cast: Cast, address: str) -> None:
    password = cast.gives_password(cast.alice, cast.support)
    client = Client()
    login = {"login": cast.alice.user_name, "password": password, "next": address}
    led = [client.post("/accounts/login/", login)]
    led += [
        client.get("/accounts/login/", {"next": address}),
        client.post("/theme/", {"theme": "dark", "next": address}),
        client.post("/accounts/logout/", {"next": address}),
    ]
    client.force_login(cast.alice)
    again = {"password": password, "next": address}
    led.append(client.post("/accounts/reauthenticate/", again))
    assert [answer.status_code for answer in led] == [302] * len(led)
    assert [answer["Location"] for answer in led if not is_here(answer["Location"])] == []


@pytest.mark.parametrize("address", [*NO_PATH, *ELSEWHERE])
def test_pages_that_lead_back_lead_home_instead(cast: Cast, address: str) -> None:
    client = Client()
    client.force_login(cast.alice)
    subscription = SubscriptionFactory.create(customer=cast.contoso, quantity=3)
    seats = reverse("licensing:subscription-detail", args=[cast.contoso.pk, subscription.pk])
    answers = [
        client.post("/theme/", {"theme": "dark", "next": address}),
        client.post(seats, {"quantity": "3", "seen": "3", "next": address}),
    ]
    subscriptions = reverse("licensing:subscription-list", args=[cast.contoso.pk])
    assert [answer["Location"] for answer in answers] == ["/", subscriptions]


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "testserver.elsewhere.example", "a b", "[::1"]
)
@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host"])
def test_a_forged_host_name_is_on_no_page(cast: Cast, host: str, header: str) -> None:
    client = Client()
    client.force_login(cast.alice)
    sheet = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice).sheet
    address = reverse("accounts:sheet-print", args=[cast.contoso.pk, sheet.pk])
    answer = client.get(address, headers={header: host})
    assert answer.status_code == (400 if header == "Host" else 200)
    assert host not in answer.content.decode()
    assert ("http://testserver/accounts/login/" in answer.content.decode()) == (header != "Host")


@pytest.mark.parametrize(
    "name",
    ['x"; filename="y.exe', "x\r\nSet-Cookie: a=b\r\n.csv", "../../x.csv", "ü\u202e.csv", ""],
)
def test_no_name_breaks_out_of_the_header_of_a_download(cast: Cast, name: str) -> None:
    Customer.objects.filter(pk=cast.contoso.pk).update(name=name)
    client = Client()
    client.force_login(cast.alice)
    sheet = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice).sheet
    rows = [["User Name", "Display Name"], ["x@nowhere.example", "X"]]
    upload = upload_of(rows, customer=cast.contoso, actor=cast.alice)
    Upload.objects.filter(pk=upload.pk).update(file_name=name)
    for address in (
        reverse("accounts:sheet-download", args=[cast.contoso.pk, sheet.pk]),
        reverse("uploads:upload-errors", args=[cast.contoso.pk, upload.pk]),
    ):
        answer = client.get(address)
        said = answer.headers["Content-Disposition"]
        # What is not ASCII is written in percents, without quotation marks.
        quotes = 0 if "filename*=utf-8''" in said else 2
        assert (said.count('"'), said.isascii()) == (quotes, True), said
        assert not set(said) & set("\r\n/\\"), said
        assert "a" not in answer.cookies


def test_no_name_of_an_uploaded_file_names_a_place_on_the_disk(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.support)
    names = ("../../../etc/passwd", "..\\..\\x.csv", "/etc/cron.d/x", "a" * 400, "%2e%2e%2fx.csv")
    for name in names:
        # By hand: Django's client would tidy the name up.
        parts = [
            f'Content-Disposition: form-data; name="customer"\r\n\r\n{cast.contoso.pk}',
            f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\nUser Name',
        ]
        body = "".join(f"--limit\r\n{part}\r\n" for part in parts) + "--limit--\r\n"
        client.generic(
            "POST",
            reverse("admin:uploads_upload_add"),
            body,
            "multipart/form-data; boundary=limit",
        )
    kept = list(Upload.objects.values_list("file", flat=True))
    assert len(kept) == len(names)
    assert [name for name in kept if not name.startswith("uploads/") or name.count("/") > 1] == []
    assert ".." not in "".join(kept)


@pytest.mark.parametrize(
    "data",
    [
        {"login": "x" * (3 * 2**20), "password": "x"},
        {f"field-{number}": "x" for number in range(5_001)},
        {"one": SimpleUploadedFile("1.csv", b"x"), "two": SimpleUploadedFile("2.csv", b"x")},
    ],
    ids=["much text", "many fields", "many files"],
)
def test_a_form_that_is_too_much_is_refused_by_a_page(cast: Cast, data: dict[str, Any]) -> None:
    answer = Client().post("/accounts/login/", data)
    assert answer.status_code == 400
    assert "<title>" in answer.content.decode()


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", '=cmd|" /C calc"!A0']
Ask = Callable[[Client, Cast], Any]


def of_sheet(client: Client, cast: Cast) -> Any:
    users = list(cast.contoso.users.filter(last_name="hostile"))
    sheet = reset_passwords(users, customer=cast.contoso, actor=cast.alice).sheet
    return client.get(reverse("accounts:sheet-download", args=[cast.contoso.pk, sheet.pk]))


def of_errors(client: Client, cast: Cast) -> Any:
    rows = [["User Name", "Display Name"], *([f"{n}@nowhere.example", n] for n in HOSTILE)]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    upload = upload_of(text.getvalue().encode(), customer=cast.contoso, actor=cast.alice)
    check_upload(upload.pk)
    return client.get(reverse("uploads:upload-errors", args=[cast.contoso.pk, upload.pk]))


def of_activity(client: Client, cast: Cast) -> Any:
    users = cast.contoso.users.filter(last_name="hostile")
    change_users(
        list(users), customer=cast.contoso, actor=cast.alice, fields={"department": "=2+2"}
    )
    return client.get(reverse("customers:activity-export", args=[cast.contoso.pk]))


def of_all_activity(client: Client, cast: Cast) -> Any:
    of_activity(client, cast)
    return client.get(reverse("customers:activity-all-export"))


def of_users(client: Client, cast: Cast) -> Any:
    return client.get(reverse("accounts:user-export", args=[cast.contoso.pk]))


def of_report(client: Client, cast: Cast) -> Any:
    product = ProductFactory.create(name="=3+3")
    users = list(cast.contoso.users.filter(last_name="hostile"))
    SubscriptionFactory.create(customer=cast.contoso, product=product, holders=users)
    return client.get(reverse("accounts:month-report-export"))


def in_admin(client: Client, cast: Cast) -> Any:
    client.force_login(cast.support)
    return client.post(reverse("admin:accounts_user_export"), {"format": "0"})


ASKS = [of_users, of_sheet, of_errors, of_activity, of_all_activity, of_report, in_admin]


@pytest.mark.parametrize("ask", ASKS)
def test_no_cell_of_any_csv_file_is_a_formula(cast: Cast, ask: Ask) -> None:
    for number, text in enumerate(HOSTILE):
        UserFactory.create(
            customer=cast.contoso, local_part=f"h{number}", last_name="hostile", display_name=text
        )
    Customer.objects.filter(pk=cast.contoso.pk).update(name="=Contoso")
    User.objects.filter(pk=cast.alice.pk).update(display_name="@Alice")
    client = Client()
    client.force_login(cast.alice)
    answer = ask(client, cast)
    content = answer.getvalue().decode("utf-8-sig")
    assert answer.headers["Content-Type"].startswith("text/csv")
    cells = [cell for row in csv.reader(io.StringIO(content, newline="")) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert any(cell.startswith(("'=", "'@")) for cell in cells)
