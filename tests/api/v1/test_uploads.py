"""Uploads by the API."""

from typing import Any

from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.services.running import run_batch
from customers.models import AuditEvent, Batch
from tests.api.caller import Script, at, told
from tests.support.cast import Cast
from uploads.models import Upload
from uploads.services import check_upload

FILE = b"User Name,Display Name\nnora@contoso.example,Nora\numa@contoso.example,Uma\n,Nobody\n"


def send(script: Script, path: str, body: bytes, **headers: str) -> Any:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client().post(
        f"/v1{path}",
        body,
        content_type="text/csv",
        headers={"Authorization": f"Bearer {script.token}", **sent},
    )


def test_a_file_comes_in_is_checked_confirmed_and_handed_over(grave: Script, cast: Cast) -> None:
    path = f"{at(cast.contoso)}/uploads"
    upload = told(send(grave, f"{path}?fileName=new.csv", FILE), 202)
    assert (upload["state"], upload["fileName"]) == ("waiting", "new.csv")
    assert check_upload(Upload.objects.get().pk)
    own = f"{path}/{upload['id']}"
    found = grave.get(own)
    assert found["rows"] == {"add": 1, "leave": 1, "wrong": 1}
    assert found["problems"][0]["row"] == 4
    late = {"seen": "another", "short": ""}
    assert told(grave("POST", f"{own}/confirm", late), 409)["refusal"] == "rows-changed-meanwhile"
    batch = told(grave("POST", f"{own}/confirm", {"seen": found["fingerprint"]}), 202)
    assert (batch["via"], batch["state"]) == ("api", "waiting")
    assert run_batch(Batch.objects.get().pk)
    assert grave.get(own)["state"] == "done"
    [sheet] = grave.get(f"{at(cast.contoso)}/passwordsheets")["items"]
    assert sheet["batchId"] == batch["id"]
    whole = grave.get(f"{at(cast.contoso)}/passwordsheets/{sheet['id']}")
    [user] = whole["users"]
    nora = User.objects.get(username="nora@contoso.example")
    assert nora.check_password(user["password"].replace("-", ""))
    assert user["password"] not in str(list(AuditEvent.objects.values()))
    assert grave("DELETE", f"{at(cast.contoso)}/passwordsheets/{sheet['id']}").status_code == 204
    assert told(grave("GET", f"{at(cast.contoso)}/passwordsheets/{sheet['id']}"), 404)
    assert [row["id"] for row in grave.get(path)["items"]] == [upload["id"]]


def test_a_file_that_is_sent_twice_is_one_upload(grave: Script, cast: Cast) -> None:
    path = f"{at(cast.contoso)}/uploads"
    answers = [told(send(grave, path, FILE, MS_RequestId="1"), 202) for _time in range(2)]
    assert answers[0]["id"] == answers[1]["id"]
    assert Upload.objects.count() == 1


def test_what_is_no_file_is_told(grave: Script, cast: Cast, settings: Settings) -> None:
    path = f"{at(cast.contoso)}/uploads"
    assert told(send(grave, path, b""), 400)["code"] == 3_000
    assert told(send(grave, f"{path}?existing=all", FILE), 400)["code"] == 3_000
    assert told(send(grave, f"{path}?usageLocation=XX", FILE), 400)["code"] == 3_000
    settings.UPLOAD_MB = 1
    assert told(send(grave, path, b"x" * (2**20 + 1)), 413)["code"] == 413
    assert not Upload.objects.exists()


def test_a_file_that_asks_is_answered(grave: Script, cast: Cast) -> None:
    path = f"{at(cast.contoso)}/uploads"
    upload = told(send(grave, path, b"Who,Name\nnora@contoso.example,Nora\n"), 202)
    check_upload(Upload.objects.get().pk)
    own = f"{path}/{upload['id']}"
    found = grave.get(own)
    assert (found["state"], found["question"]) == ("asking", "columns")
    told(grave("POST", f"{own}/answers", {"columns": ["user_name", "display_name"]}), 202)
    check_upload(Upload.objects.get().pk)
    assert grave.get(own)["rows"] == {"add": 1}
    told(grave("POST", f"{own}/answers", {}), 400)
    assert told(grave("POST", f"{own}/cancel"))["state"] == "canceled"
