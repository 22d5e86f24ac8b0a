"""Whatever is sent, the answer is no 500."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from tests.api.broken.test_rights import checked
from tests.api.caller import at, of, script_of
from tests.api.scim.calling import Answer, caller_of
from tests.support.cast import Cast

HALF = "\ud800"


def test_the_last_day_of_all_is_a_day(cast: Cast) -> None:
    assert script_of(cast.alice)("GET", "/auditrecords?endDate=9999-12-31").status_code == 200


@pytest.mark.parametrize(
    ("path", "field"),
    [("/customers", "CompanyName"), ("/auditrecords", "CompanyName"), ("users", "DisplayName")],
)
def test_half_a_letter_is_no_filter(cast: Cast, path: str, field: str) -> None:
    told = json.dumps({"Field": field, "Value": HALF, "Operator": "substring"})
    there = path if path.startswith("/") else at(cast.contoso, path)
    answer = script_of(cast.alice)("GET", f"{there}?filter={quote(told)}")
    assert answer.status_code == 400


@pytest.mark.parametrize("text", [HALF, "\x00"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_what_no_database_keeps_is_no_text(cast: Cast, text: str, encoding: str) -> None:
    script = script_of(cast.alice, grave=True)
    calls: list[tuple[str, Any]] = [
        (at(cast.contoso, "batches"), {"action": "block", "users": [str(of(cast.uma))]}),
        ("/products", {"name": text, "servicePlans": {"A": text}}),
        ("/webhooks/registration", {"webhookUrl": f"https://x.example/{text}"}),
        (at(cast.contoso, "users"), {"userPrincipalName": f"a@{text}", "displayName": "A"}),
    ]
    for path, body in calls:
        answer = Client().generic(
            "POST",
            f"/v1{path}",
            json.dumps({**body, "reason": text}).encode(encoding),
            content_type="application/json",
            headers={"Authorization": f"Bearer {script.token}"},
        )
        assert answer.status_code == 400, path


def test_a_text_may_speak_of_a_nul(cast: Cast) -> None:
    body = {"displayName": "Uma \\u0000"}
    path = at(cast.contoso, "users", of(cast.uma))
    assert script_of(cast.alice)("PATCH", path, body).status_code == 200


def test_basic_authentication_in_other_letters_is_refused(cast: Cast) -> None:
    answer = Client().post(
        "/fabrikam.example/oauth2/v2.0/token",
        {"grant_type": "client_credentials"},
        headers={"Authorization": "Basic é"},
    )
    assert answer.status_code == 401


def test_an_upload_that_is_confirmed_twice_has_one_batch(cast: Cast) -> None:
    script = script_of(cast.alice, grave=True)
    own = checked(script, cast, b"User name,Display name\na@contoso.example,A\n")
    seen = {"seen": script.get(own)["fingerprint"]}
    answers = [script("POST", f"{own}/confirm", seen) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["id"] == answers[1].json()["id"]


@pytest.mark.parametrize("name", ["nothing", "x" * 100])
def test_a_column_that_there_is_not_is_refused(cast: Cast, name: str) -> None:
    script = script_of(cast.alice, grave=True)
    own = checked(script, cast, b"User name,Display name\na@contoso.example,A\n")
    answer = script("POST", f"{own}/answers", {"columns": ["user_name", name]})
    assert answer.status_code in {400, 409}


def test_a_source_is_told_of_an_external_id_that_is_too_long(cast: Cast) -> None:
    call = caller_of(cast.contoso, cast.gail)
    made = call.create()
    for answer in (
        call.create("h@contoso.example", externalId="x" * 256),
        call.patch(made["id"], {"op": "replace", "path": "externalId", "value": "x" * 256}),
    ):
        assert (answer.status, answer["scimType"]) == (400, "invalidValue")


@pytest.mark.parametrize("name", ["userName", "externalId", "displayName"])
def test_half_a_letter_is_no_filter_of_a_source(cast: Cast, name: str) -> None:
    call = caller_of(cast.contoso, cast.gail)
    assert call.search(f'{name} eq "\\ud800"').status == 400


@pytest.mark.parametrize("body", [[{"[perations": 1}], ["[perations"], "[perations", 5])
def test_a_change_that_is_no_object_is_refused(cast: Cast, body: Any) -> None:
    call = caller_of(cast.contoso, cast.gail)
    answer: Answer = call("PATCH", f"/Users/{call.create()['id']}", body)
    assert answer.status == 400
