"""What Okta sends, as its documentation of SCIM 2.0 describes it: the whole user by PUT."""

from typing import Any

import pytest

from accounts.models import User
from accounts.services.users import change_user
from tests.api.scim.calling import PATCH, USER, Caller, caller_of
from tests.support.cast import Cast

NEW: dict[str, Any] = {
    "schemas": [USER],
    "userName": "grace@contoso.example",
    "name": {"givenName": "Grace", "familyName": "Hopper"},
    "emails": [{"primary": True, "value": "grace@elsewhere.example", "type": "work"}],
    "displayName": "Grace Hopper",
    "locale": "en-US",
    "externalId": "00ujl29u0le5T6Aj10h7",
    "groups": [],
    "password": "1mz050nq",
    "active": True,
}


@pytest.fixture
def call(cast: Cast) -> Caller:
    return caller_of(cast.contoso, cast.gail, name="Okta")


@pytest.fixture
def grace(call: Caller) -> dict[str, Any]:
    made = call("POST", "/Users", NEW)
    assert made.status == 201
    found: dict[str, Any] = made.body
    return found


def user(grace: dict[str, Any]) -> User:
    return User.objects.get(uuid=grace["id"])


def test_a_password_is_not_taken(grace: dict[str, Any]) -> None:
    assert not user(grace).has_usable_password()
    assert "password" not in grace


def test_it_lists_with_numbers(call: Caller, grace: dict[str, Any]) -> None:
    query = {"filter": 'userName eq "grace@contoso.example"', "startIndex": "1", "count": "100"}
    answer = call("GET", "/Users", query=query)
    assert answer["Resources"] == [grace]
    assert answer["itemsPerPage"] == 1


def test_a_put_sends_back_what_was_got_with_changes(call: Caller, grace: dict[str, Any]) -> None:
    sent = grace | {"title": "Rear admiral", "name": {"givenName": "Grace", "familyName": "Murray"}}
    answer = call("PUT", f"/Users/{grace['id']}", sent)
    assert (answer.status, answer["title"]) == (200, "Rear admiral")
    changed = user(grace)
    assert (changed.last_name, changed.job_title) == ("Murray", "Rear admiral")
    # The display name was told, and stays.
    assert changed.display_name == "Grace Hopper"


def test_a_put_takes_away_what_was_told_and_leaves_what_was_not(
    call: Caller, grace: dict[str, Any], cast: Cast
) -> None:
    change_user(
        user(grace),
        customer=cast.contoso,
        actor=cast.gail,
        fields={"office": "1", "department": "Navy"},
    )
    sent = {name: value for name, value in grace.items() if name != "emails"}
    assert call("PUT", f"/Users/{grace['id']}", sent).status == 200
    changed = user(grace)
    assert changed.alternate_email == ""
    assert (changed.office, changed.department) == ("1", "Navy")


def test_a_display_name_that_was_not_told_follows_the_names(call: Caller) -> None:
    names = {"givenName": "Ada", "familyName": "Byron"}
    made = call.create("ada@contoso.example", name=names)
    assert made["displayName"] == "Ada Byron"
    sent = {
        "schemas": [USER],
        "userName": "ada@contoso.example",
        "name": names | {"familyName": "Lovelace"},
    }
    assert call("PUT", f"/Users/{made['id']}", sent)["displayName"] == "Ada Lovelace"


def test_a_put_without_a_change_changes_nothing(call: Caller, grace: dict[str, Any]) -> None:
    before = user(grace).updated_at
    answer = call("PUT", f"/Users/{grace['id']}", grace)
    assert (answer.status, answer.headers["ETag"]) == (200, grace["meta"]["version"])
    assert user(grace).updated_at == before


def test_a_put_without_external_id_or_active_leaves_both(
    call: Caller, grace: dict[str, Any]
) -> None:
    sent = {key: value for key, value in grace.items() if key not in {"externalId", "active"}}
    answer = call("PUT", f"/Users/{grace['id']}", sent | {"title": "x"})
    assert answer["externalId"] == NEW["externalId"]
    assert answer["active"] is True


def test_it_deactivates_by_a_patch_without_a_path(call: Caller, grace: dict[str, Any]) -> None:
    body = {"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"active": False}}]}
    answer = call("PATCH", f"/Users/{grace['id']}", body)
    assert (answer.status, answer["active"]) == (200, False)
    assert user(grace).blocked_at is not None
    answer = call("PUT", f"/Users/{grace['id']}", grace)
    assert answer["active"] is True


def test_a_second_one_of_the_name_is_a_conflict(call: Caller, grace: dict[str, Any]) -> None:
    answer = call("POST", "/Users", NEW | {"externalId": "other"})
    assert (answer.status, answer["scimType"]) == (409, "uniqueness")
    assert "grace@contoso.example" in answer["detail"]
    answer = call("POST", "/Users", NEW | {"userName": "other@contoso.example"})
    assert (answer.status, answer["scimType"]) == (409, "uniqueness")


def test_its_media_type_with_a_character_set_is_taken(call: Caller) -> None:
    response = call.client.post(
        f"/scim/{call.customer.uuid}/v2/Users",
        NEW,
        content_type="application/scim+json; charset=utf-8",
        headers={"Authorization": f"bearer {call.token}"},
    )
    assert response.status_code == 201
