"""Users by the API: each call does what its page does, and says so."""

import json
from functools import partial
from http import HTTPStatus
from urllib.parse import quote

import pytest
from pytest_django import Settings

from accounts.models import CredentialSheet, User
from customers.models import AuditEvent, Batch, BatchKind, Via
from customers.roles import Capability
from tests.accounts.signin.second_steps import give_app
from tests.accounts.verbs import delete
from tests.api.caller import Script, at, of, script_of, told
from tests.api.tokens import token_of
from tests.factories import UserFactory
from tests.support.cast import Cast, make_cast
from tests.support.threads import rounds, together


def test_users_are_listed_by_name_a_page_at_a_time(script: Script, cast: Cast) -> None:
    for number in range(5):
        UserFactory.create(customer=cast.contoso, display_name=f"V {number}")
    first = script.get(f"{at(cast.contoso, 'users')}?size=3")
    assert [row["displayName"] for row in first["items"]] == ["Gail", "Uma", "V 0"]
    assert first["attributes"] == {"objectType": "Collection"}
    token = first["continuationToken"]
    link = first["links"]["next"]
    assert link["headers"] == [{"key": "MS-ContinuationToken", "value": token}]
    second = script.get(link["uri"], MS_ContinuationToken=token)
    assert [row["displayName"] for row in second["items"]] == ["V 1", "V 2", "V 3"]
    third = script.get(
        f"{at(cast.contoso, 'users')}?seekOperation=Next",
        MS_ContinuationToken=second["continuationToken"],
    )
    assert [row["displayName"] for row in third["items"]] == ["V 4"]
    assert "next" not in third["links"]
    back = script.get(
        third["links"]["previous"]["uri"], MS_ContinuationToken=third["continuationToken"]
    )
    assert [row["displayName"] for row in back["items"]] == ["V 1", "V 2", "V 3"]
    last = script.get(f"{at(cast.contoso, 'users')}?size=2&seekOperation=Last")
    assert [row["displayName"] for row in last["items"]] == ["V 3", "V 4"]


def test_the_deleted_are_asked_for_by_a_filter(script: Script, cast: Cast) -> None:
    delete(cast, cast.uma)
    wanted = quote('{"Field":"UserState","Value":"Inactive","Operator":"equals"}')
    found = script.get(f"{at(cast.contoso, 'users')}?filter={wanted}")
    assert [row["state"] for row in found["items"]] == ["inactive"]
    assert found["totalCount"] == 1
    assert found["items"][0]["softDeletionTime"]


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("UserPrincipalName", "equals", "UMA@contoso.example", ["Uma"]),
        ("userPrincipalName", "starts_with", "um", ["Uma"]),
        ("DisplayName", "substring", "AI", ["Gail"]),
        ("AccountEnabled", "equals", "false", []),
    ],
)
def test_filters(
    script: Script, cast: Cast, field: str, operator: str, value: str, expected: list[str]
) -> None:
    wanted = json.dumps({"Field": field, "Value": value, "Operator": operator})
    found = script.get(f"{at(cast.contoso, 'users')}?filter={quote(wanted)}")
    assert [row["displayName"] for row in found["items"]] == expected
    assert found["totalCount"] == len(expected)


@pytest.mark.parametrize(
    "text", ["x", "[]", '{"Field":"Shoes","Value":"1","Operator":"equals"}', "1e9999", "{" * 9_999]
)
def test_a_wrong_filter_is_told(script: Script, cast: Cast, text: str) -> None:
    answer = script("GET", f"{at(cast.contoso, 'users')}?filter={quote(text)}")
    assert told(answer, 400)["code"] == 3_000


def test_a_user_is_added_with_the_password_in_this_answer_alone(script: Script, cast: Cast) -> None:
    answer = script(
        "POST",
        f"{at(cast.contoso, 'users')}/",
        {
            "UserPrincipalName": "Nora@contoso.example",
            "DisplayName": "Nora Berg",
            "firstName": "Nora",
            "usagelocation": "no",
            "Address": {"City": "Oslo"},
        },
    )
    user = told(answer)
    assert user["userPrincipalName"] == "Nora@contoso.example"
    assert user["address"]["city"] == "Oslo"
    assert user["usageLocation"] == "NO"
    password = user["passwordProfile"]["password"]
    nora = User.objects.get(uuid=user["id"])
    assert nora.check_password(password.replace("-", ""))
    assert nora.must_change_password
    assert not CredentialSheet.objects.open().exists()
    batch = Batch.objects.get(kind=BatchKind.CREATE)
    assert (batch.via, batch.by) == (Via.API, cast.alice)
    assert "password" not in str(
        script.get(at(cast.contoso, "users", nora.uuid)).get("passwordProfile")
    )
    events = AuditEvent.objects.filter(target_id=nora.pk)
    assert password not in str(list(events.values()))


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ({"displayName": "N"}, "userPrincipalName: Field required"),
        ({"userPrincipalName": "n@contoso.example"}, "displayName: Field required"),
        ({"userPrincipalName": "n@other.example", "displayName": "N"}, "userPrincipalName: "),
        ({"userPrincipalName": "n n@contoso.example", "displayName": "N"}, "userPrincipalName: "),
        (
            {"userPrincipalName": "n@contoso.example", "displayName": "N", "usageLocation": "XX"},
            "usageLocation: ",
        ),
        (
            {
                "userPrincipalName": "n@contoso.example",
                "displayName": "N",
                "passwordProfile": {"password": "password1234"},
            },
            "passwordProfile.password: ",
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    script: Script, cast: Cast, body: dict[str, object], line: str
) -> None:
    answer = told(script("POST", at(cast.contoso, "users"), body), 400)
    assert answer["code"] == 3_000
    assert any(text.startswith(line) for text in answer["data"])
    assert not Batch.objects.exists()


def test_a_strong_password_that_is_sent_is_the_temporary_one(script: Script, cast: Cast) -> None:
    body = {
        "userPrincipalName": "n@contoso.example",
        "displayName": "N",
        "passwordProfile": {"password": "Grand-Piano-Falls-77", "forceChangePassword": True},
    }
    user = told(script("POST", at(cast.contoso, "users"), body))
    assert user["passwordProfile"]["password"] == "Grand-Piano-Falls-77"
    body["passwordProfile"] = {"password": "Grand-Piano-Falls-77", "forceChangePassword": False}
    assert told(script("POST", at(cast.contoso, "users"), body), 400)["code"] == 3_000


def test_a_user_name_is_given_once(script: Script, cast: Cast) -> None:
    body = {"userPrincipalName": "UMA@contoso.example", "displayName": "Another Uma"}
    answer = told(script("POST", at(cast.contoso, "users"), body), 409)
    assert answer["refusal"] == "user-name-taken"


def test_a_user_is_changed_and_what_is_not_sent_stays(script: Script, cast: Cast) -> None:
    User.objects.filter(pk=cast.uma.pk).update(department="Sales", job_title="Agent")
    path = at(cast.contoso, "users", of(cast.uma))
    user = told(script("PATCH", path, {"jobTitle": "Manager"}))
    assert (user["jobTitle"], user["department"]) == ("Manager", "Sales")
    etag = user["attributes"]["etag"]
    told(script("PATCH", path, {"jobTitle": "Boss"}, If_Match=f'"{etag}"'))
    answer = told(script("PATCH", path, {"jobTitle": "Late"}, If_Match=etag), 412)
    assert answer["code"] == 2_055


def test_blocked_allowed_deleted_restored_and_gone(cast: Cast) -> None:
    script = script_of(cast.alice, grave=True)
    path = at(cast.contoso, "users", of(cast.uma))
    assert told(script("PATCH", path, {"accountEnabled": False}))["accountEnabled"] is False
    assert told(script("POST", f"{path}/allow"))["accountEnabled"] is True
    assert told(script("POST", f"{path}/block"))["accountEnabled"] is False
    assert script("DELETE", path).status_code == HTTPStatus.NO_CONTENT
    assert script.get(path)["state"] == "inactive"
    assert told(script("DELETE", path), 404)["code"] == 60_002
    assert told(script("PATCH", path, {"State": "active"}))["state"] == "active"
    assert script("DELETE", path).status_code == HTTPStatus.NO_CONTENT
    assert told(script("POST", f"{path}/restore"))["state"] == "active"
    assert told(script("DELETE", f"{path}?permanent=true"), 404)["code"] == 60_002
    assert script("DELETE", path).status_code == HTTPStatus.NO_CONTENT
    assert script("DELETE", f"{path}?permanent=true").status_code == HTTPStatus.NO_CONTENT
    assert told(script("GET", path), 404)["code"] == 60_002


def test_a_password_is_reset(script: Script, cast: Cast) -> None:
    path = at(cast.contoso, "users", of(cast.uma))
    profile = {"passwordProfile": {"forceChangePassword": True}}
    for address, body in ((f"{path}/resetpassword", {}), (path, profile)):
        password = told(script("PATCH", address, body))["passwordProfile"]["password"]
        cast.uma.refresh_from_db()
        assert cast.uma.check_password(password.replace("-", ""))


def test_what_a_page_asks_a_second_step_for_needs_a_token_for_it(
    cast: Cast, settings: Settings
) -> None:
    settings.REQUIRE_MFA = True
    path = at(cast.contoso, "users", of(cast.gail))
    plain, grave = script_of(cast.alice), script_of(cast.alice, grave=True)
    assert told(plain("PATCH", f"{path}/resetpassword", {}), 403)["refusal"] == "proof-needed"
    assert told(plain("DELETE", path), 403)["refusal"] == "proof-needed"
    told(grave("PATCH", f"{path}/resetpassword", {}))
    assert grave("DELETE", path).status_code == HTTPStatus.NO_CONTENT


def test_a_token_without_the_right_is_refused(cast: Cast) -> None:
    script = Script(token_of(cast.alice, Capability.SEE).text)
    path = at(cast.contoso, "users", of(cast.uma))
    assert told(script("DELETE", path), 403)["code"] == 2_032
    assert told(script("PATCH", path, {"jobTitle": "X"}), 403)["code"] == 2_032
    assert script.get(path)["displayName"] == "Uma"


def test_anothers_data_is_a_404_whatever_is_asked(cast: Cast) -> None:
    script = script_of(cast.charlie, grave=True)
    own, foreign = at(cast.adatum, "users"), at(cast.contoso, "users", of(cast.uma))
    assert script.get(own)["totalCount"] == 0
    for method, path in (("GET", foreign), ("PATCH", foreign), ("DELETE", foreign)):
        assert told(script(method, path, {}), 404)["code"] == 60_003
    mixed = at(cast.adatum, "users", of(cast.uma))
    assert told(script("GET", mixed), 404)["code"] == 60_002
    assert told(script("GET", "/customers/nonsense/users"), 404)["code"] == 60_003


def test_a_user_is_signed_out_everywhere_and_loses_the_second_step(
    grave: Script, cast: Cast
) -> None:
    path = at(cast.contoso, "users", of(cast.uma))
    before = User.objects.get(pk=cast.uma.pk).session_epoch
    assert grave("POST", f"{path}/signout", {"reason": "Laptop lost"}).status_code == 204
    assert User.objects.get(pk=cast.uma.pk).session_epoch == before + 1
    give_app(cast.uma)
    assert grave("POST", f"{path}/resetsecondstep", {}).status_code == 204
    assert not cast.uma.authenticator_set.exists()  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
@pytest.mark.torture
def test_of_many_who_change_what_they_all_saw_one_does(settings: Settings) -> None:
    # A quick machine comes to what a token may ask for in a minute.
    settings.API_LIMITS = dict.fromkeys(settings.API_LIMITS, 10**9)
    cast = make_cast()
    script, path = script_of(cast.alice), at(cast.contoso, "users", of(cast.uma))
    for number in rounds():
        etag = script.get(path)["attributes"]["etag"]

        def change(title: str, etag: str = etag) -> int:
            answer = script("PATCH", path, {"jobTitle": title}, If_Match=etag)
            return int(answer.status_code)

        answers = together(*[partial(change, f"{number} {mine}") for mine in range(4)])
        assert sorted(answers) == [200, 412, 412, 412]
