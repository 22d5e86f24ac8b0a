"""Uploads, password sheets, applications and the month report by the API."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import CredentialSheet, User
from accounts.services.running import run_batch
from applications.models import Application
from customers.models import AuditEvent, Batch
from licensing.models import Subscription
from tests.accounts.sheets import add
from tests.api.v1.caller import Script, at, script_of, told
from tests.factories import ApplicationFactory, ProductFactory, SubscriptionFactory
from tests.support.cast import Cast
from uploads.models import Upload
from uploads.services import check_upload

FILE = b"User Name,Display Name\nnora@contoso.example,Nora\numa@contoso.example,Uma\n,Nobody\n"


@pytest.fixture
def script(cast: Cast) -> Script:
    return script_of(cast.alice, grave=True)


def send(script: Script, path: str, body: bytes, **headers: str) -> Any:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client().post(
        f"/v1{path}",
        body,
        content_type="text/csv",
        headers={"Authorization": f"Bearer {script.token}", **sent},
    )


def test_a_file_comes_in_is_checked_confirmed_and_handed_over(script: Script, cast: Cast) -> None:
    path = f"{at(cast.contoso)}/uploads"
    upload = told(send(script, f"{path}?fileName=new.csv", FILE), 202)
    assert (upload["state"], upload["fileName"]) == ("waiting", "new.csv")
    assert check_upload(Upload.objects.get().pk)
    own = f"{path}/{upload['id']}"
    found = script.get(own)
    assert found["rows"] == {"add": 1, "leave": 1, "wrong": 1}
    assert found["problems"][0]["row"] == 4
    late = {"seen": "another", "short": ""}
    assert told(script("POST", f"{own}/confirm", late), 409)["refusal"] == "rows-changed-meanwhile"
    batch = told(script("POST", f"{own}/confirm", {"seen": found["fingerprint"]}), 202)
    assert (batch["via"], batch["state"]) == ("api", "waiting")
    assert run_batch(Batch.objects.get().pk)
    assert script.get(own)["state"] == "done"
    [sheet] = script.get(f"{at(cast.contoso)}/passwordsheets")["items"]
    assert sheet["batchId"] == batch["id"]
    whole = script.get(f"{at(cast.contoso)}/passwordsheets/{sheet['id']}")
    [user] = whole["users"]
    nora = User.objects.get(username="nora@contoso.example")
    assert nora.check_password(user["password"].replace("-", ""))
    assert user["password"] not in str(list(AuditEvent.objects.values()))
    assert script("DELETE", f"{at(cast.contoso)}/passwordsheets/{sheet['id']}").status_code == 204
    assert told(script("GET", f"{at(cast.contoso)}/passwordsheets/{sheet['id']}"), 404)
    assert [row["id"] for row in script.get(path)["items"]] == [upload["id"]]


def test_a_file_that_is_sent_twice_is_one_upload(script: Script, cast: Cast) -> None:
    path = f"{at(cast.contoso)}/uploads"
    answers = [told(send(script, path, FILE, MS_RequestId="1"), 202) for _time in range(2)]
    assert answers[0]["id"] == answers[1]["id"]
    assert Upload.objects.count() == 1


def test_what_is_no_file_is_told(script: Script, cast: Cast, settings: Settings) -> None:
    path = f"{at(cast.contoso)}/uploads"
    assert told(send(script, path, b""), 400)["code"] == 3_000
    assert told(send(script, f"{path}?existing=all", FILE), 400)["code"] == 3_000
    settings.UPLOAD_MB = 1
    assert told(send(script, path, b"x" * (2**20 + 1)), 413)["code"] == 413
    assert not Upload.objects.exists()


def test_a_file_that_asks_is_answered(script: Script, cast: Cast) -> None:
    path = f"{at(cast.contoso)}/uploads"
    upload = told(send(script, path, b"Who,Name\nnora@contoso.example,Nora\n"), 202)
    check_upload(Upload.objects.get().pk)
    own = f"{path}/{upload['id']}"
    found = script.get(own)
    if found["state"] == "asking":
        assert found["question"] == "columns"
        told(script("POST", f"{own}/answers", {"columns": ["user_name", "display_name"]}), 202)
        check_upload(Upload.objects.get().pk)
    assert script.get(own)["rows"] == {"add": 1}
    told(script("POST", f"{own}/answers", {}), 400)
    assert told(script("POST", f"{own}/cancel"))["state"] == "canceled"


def test_sheets_are_their_makers(cast: Cast, settings: Settings) -> None:
    settings.REQUIRE_MFA = True
    sheet = add(cast, "Nora")
    assert CredentialSheet.objects.open().get() == sheet
    path = f"{at(cast.contoso)}/passwordsheets"
    [row] = script_of(cast.alice).get(path)["items"]
    refused = told(script_of(cast.alice)("GET", f"{path}/{row['id']}"), 403)
    assert refused["refusal"] == "proof-needed"
    bob = script_of(cast.bob, grave=True)
    assert bob.get(path)["items"] == []
    assert told(bob("GET", f"{path}/{row['id']}"), 404)["code"] == 1_000


def test_applications_are_listed_switched_and_removed(script: Script, cast: Cast) -> None:
    chat = ApplicationFactory.create(partner=cast.fabrikam, name="Team Chat")
    ApplicationFactory.create(partner=cast.litware, name="Theirs")
    [row] = script.get("/applications")["items"]
    own = f"/applications/{row['id']}"
    assert row["name"] == "Team Chat"
    assert told(script("PATCH", own, {"isOn": False}))["isOn"] is False
    if chat.client_id:
        assert told(script("POST", f"{own}/secret"))["password"]
    assert told(script_of(cast.charlie)("GET", own), 404)["code"] == 1_000
    assert told(script_of(cast.bob)("GET", "/applications"), 403)["code"] == 2_032
    assert script("DELETE", own).status_code == 204
    assert not Application.objects.filter(name="Team Chat").exists()


def test_the_month_report_has_a_row_for_each_subscription(script: Script, cast: Cast) -> None:
    product = ProductFactory.create(name="Office", sku="OFFICE")
    for customer in (cast.contoso, cast.northwind, cast.adatum):
        SubscriptionFactory.create(customer=customer, product=product, quantity=4)
    found = script.get("/reports/licenses?size=1")
    assert found["totalCount"] == 2
    assert found["items"][0]["customerName"] == "Contoso"
    assert found["items"][0]["available"] == 4
    assert Subscription.objects.count() == 3
