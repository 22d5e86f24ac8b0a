"""What every answer says about itself: all pages, downloads, static files, and who may not."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from accounts.services.users import reset_passwords
from tests.accounts.signin.second_steps import prove
from tests.operations.processes import PRODUCTION
from tests.support.cast import Cast
from tests.support.house import BASE_DIR
from tests.support.pages import pages
from tests.uploads.uploading import upload_of

CSP = {
    "default-src 'none'",
    "object-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}
EVERYWHERE = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ALLOWED = {
    "publickey-credentials-create=(self)",
    "publickey-credentials-get=(self)",
    "clipboard-write=(self)",
}


def wrong(response: Any) -> list[str]:
    """What the answer lacks, or says too much."""
    headers = response.headers
    found = [
        f"{name}: {headers.get(name)}"
        for name, value in EVERYWHERE.items()
        if headers.get(name) != value
    ]
    if set(headers.get("Content-Security-Policy", "").split("; ")) != CSP:
        found.append(f"policy {headers.get('Content-Security-Policy')}")
    features = set(headers.get("Permissions-Policy", "").split(", "))
    if not features >= ALLOWED or any(not said.endswith("=()") for said in features - ALLOWED):
        found.append(f"features {sorted(features)}")
    if not {"no-store", "private"} <= set(headers.get("Cache-Control", "").split(", ")):
        found.append(f"kept: {headers.get('Cache-Control')}")
    return found + [name for name in headers if name in {"Server", "X-Powered-By", "Via"}]


def test_every_page_says_what_may_be_done_with_it(db: None, settings: Settings) -> None:
    settings.PAGE_SIZE = 10
    call_command("demo", "--customers", "4", "--users", "120", verbosity=0)
    clients: dict[str, Client] = {"": Client()}
    found = {}
    for one in pages():
        if one.who not in clients:
            clients[one.who] = Client()
            clients[one.who].force_login(user := User.objects.get(username=one.who))
            prove(clients[one.who], user)
        response = clients[one.who].get(one.url)
        lacks = [] if response.status_code == one.status else [f"status {response.status_code}"]
        if lacks := [*lacks, *wrong(response)]:
            found[one.slug] = lacks
    assert found == {}


def sheet_file(client: Client, cast: Cast) -> Any:
    sheet = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice).sheet
    address = reverse("accounts:sheet-download", args=[cast.contoso.pk, sheet.pk])
    return client.get(address)


def errors_file(client: Client, cast: Cast) -> Any:
    rows = [["User Name", "Display Name"], ["x@nowhere.example", "X"]]
    upload = upload_of(rows, customer=cast.contoso, actor=cast.alice)
    return client.get(reverse("uploads:upload-errors", args=[cast.contoso.pk, upload.pk]))


def file_at(name: str, query: str = "", *, of_customer: bool = True) -> Callable[..., Any]:
    def get(client: Client, cast: Cast) -> Any:
        return client.get(reverse(name, args=[cast.contoso.pk] if of_customer else []) + query)

    return get


@pytest.mark.parametrize(
    "ask",
    [
        sheet_file,
        errors_file,
        file_at("accounts:user-export"),
        file_at("accounts:user-export", "?format=xlsx"),
        file_at("uploads:upload-template"),
        file_at("customers:activity-export"),
        file_at("customers:activity-all-export", of_customer=False),
        file_at("accounts:month-report-export", of_customer=False),
    ],
)
def test_no_download_is_kept_or_shown_as_a_page(cast: Cast, ask: Callable[..., Any]) -> None:
    client = Client()
    client.force_login(cast.alice)
    response = ask(client, cast)
    response.close()
    assert response.status_code == 200
    assert wrong(response) == []
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")


def test_redirects_errors_and_refusals_say_the_same(cast: Cast) -> None:
    stranger = Client(enforce_csrf_checks=True)
    signed_in = Client()
    signed_in.force_login(cast.uma)
    answers = [
        stranger.get("/"),
        stranger.post("/accounts/login/"),
        stranger.get("/no/such/page/"),
        stranger.get("/", headers={"host": "elsewhere.example"}),
        signed_in.get("/customers/"),
        signed_in.get("/admin/"),
        signed_in.get("/theme/"),
        signed_in.get("/accounts/login/"),
    ]
    assert [answer.status_code for answer in answers] == [302, 403, 404, 400, 403, 404, 405, 302]
    assert {answer.status_code: wrong(answer) for answer in answers if wrong(answer)} == {}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "ABC"])
@pytest.mark.parametrize("address", ["/accounts/login/", "/me/", "/admin/accounts/user/", "/x/"])
def test_no_page_answers_to_a_method_that_it_does_not_need(
    cast: Cast, method: str, address: str
) -> None:
    client = Client()
    client.force_login(cast.support)
    answer = client.generic(method, address)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")
    assert wrong(answer) == []


def test_static_files_are_kept_and_loaded_by_nobody_else(client: Client, db: None) -> None:
    response = client.get("/static/css/tokens.css")
    response.close()
    assert response.status_code == 200
    said = {name: response.headers.get(name) for name in EVERYWHERE}
    assert said == EVERYWHERE
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "no-store" not in response.headers["Cache-Control"]


ASK = """
import json, django
django.setup()
from django.test import Client
client = Client(headers={"host": "portal.example"})
plain, secure = client.get("/accounts/login/"), client.get("/accounts/login/", secure=True)
print(json.dumps({
    "plain": [plain.status_code, plain.headers["Location"]],
    "hsts": secure.headers["Strict-Transport-Security"],
    "cookies": {name: value.OutputString() for name, value in secure.cookies.items()},
    "names": [django.conf.settings.SESSION_COOKIE_NAME, django.conf.settings.DEVICE_COOKIE_NAME],
}))
"""


@pytest.mark.once
def test_on_a_server_everything_goes_by_https(valkey: str) -> None:
    environment = {
        **os.environ,
        **PRODUCTION,
        "DJANGO_SETTINGS_MODULE": "partnerportal.settings",
        "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
    }
    command = [sys.executable, "-c", ASK]
    done = subprocess.run(
        command, check=True, cwd=BASE_DIR, env=environment, capture_output=True, text=True
    )
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["plain"] == [301, "https://portal.example/accounts/login/"]
    assert said["hsts"] == "max-age=31536000; includeSubDomains; preload"
    assert said["names"] == ["__Host-sessionid", "__Host-device"]
    [cookie] = said["cookies"].values()
    assert cookie.startswith("__Host-csrftoken=")
    parts = set(cookie.split("; "))
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
    assert not any(part.startswith("Domain") for part in parts)
