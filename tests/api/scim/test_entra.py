"""What Microsoft Entra sends, as its documentation for makers of SCIM endpoints describes it."""

from typing import Any

import pytest

from accounts.models import User
from api.models import ScimLink
from tests.api.scim.calling import ENTERPRISE, USER, Caller, caller_of
from tests.support.cast import Cast

NEW: dict[str, Any] = {
    "schemas": [USER, ENTERPRISE],
    "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
    "userName": "grace@contoso.example",
    "active": True,
    "displayName": "Grace Hopper",
    "emails": [{"primary": True, "type": "work", "value": "grace@elsewhere.example"}],
    "meta": {"resourceType": "User"},
    "name": {"formatted": "Grace Hopper", "familyName": "Hopper", "givenName": "Grace"},
    "roles": [],
    "title": "Rear admiral",
    "preferredLanguage": "en-US",
    ENTERPRISE: {"department": "Navy", "employeeNumber": "7", "manager": {"value": "1"}},
}


@pytest.fixture
def call(cast: Cast) -> Caller:
    return caller_of(cast.contoso, cast.gail, name="Entra")


@pytest.fixture
def grace(call: Caller) -> str:
    made = call("POST", "/Users", NEW)
    assert made.status == 201
    return str(made["id"])


def user(uuid: str) -> User:
    return User.objects.get(uuid=uuid)


def test_the_test_of_the_connection_finds_nobody(call: Caller) -> None:
    answer = call.search('userName eq "9a6ee1bb-8f3b-4f3e-8d80-2b9d9b1f8f38"')
    assert (answer.status, answer["totalResults"]) == (200, 0)
    assert answer.body.get("Resources", []) == []


def test_a_user_is_added_as_told(call: Caller, grace: str) -> None:
    added = user(grace)
    assert (added.user_name, added.display_name) == ("grace@contoso.example", "Grace Hopper")
    assert (added.first_name, added.last_name) == ("Grace", "Hopper")
    assert (added.job_title, added.department) == ("Rear admiral", "Navy")
    assert added.alternate_email == "grace@elsewhere.example"
    assert not added.has_usable_password()
    assert not added.must_change_password
    # Where it says nothing, licenses are used where the customer is.
    assert added.usage_location == call.customer.country
    link = ScimLink.objects.get(user=added)
    assert link.external_id == NEW["externalId"]
    assert "usage_location" not in link.fields
    assert {"user_name", "first_name", "department", "alternate_email"} <= set(link.fields)


@pytest.mark.parametrize("attribute", ["userName", "externalId"])
def test_it_is_found_by_what_entra_matches_by(call: Caller, grace: str, attribute: str) -> None:
    answer = call.search(f'{attribute} eq "{NEW[attribute]}"')
    assert [one["id"] for one in answer["Resources"]] == [grace]


def test_single_attributes_are_replaced(call: Caller, grace: str) -> None:
    answer = call.patch(
        grace,
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "g@new.example"},
        {"op": "Replace", "path": "name.familyName", "value": "Murray"},
        {"op": "Add", "path": f"{ENTERPRISE}:department", "value": "Computing"},
        {"op": "Replace", "path": "userName", "value": "g.hopper@contoso.example"},
    )
    assert answer.status == 200
    changed = user(grace)
    assert changed.alternate_email == "g@new.example"
    assert changed.last_name == "Murray"
    assert changed.department == "Computing"
    assert changed.user_name == "g.hopper@contoso.example"
    assert answer["userName"] == "g.hopper@contoso.example"


def test_entries_that_are_not_there_are_made(call: Caller, grace: str) -> None:
    answer = call.patch(
        grace,
        {"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+1 555 0100"},
        {"op": "Add", "path": 'addresses[type eq "work"].locality', "value": "Arlington"},
        {
            "op": "Add",
            "path": 'addresses[type eq "work"].country',
            "value": "United States of America",
        },
        {"op": "Add", "path": 'phoneNumbers[type eq "work"].value', "value": "+1 555 0101"},
    )
    assert answer.status == 200
    changed = user(grace)
    assert (changed.mobile_phone, changed.office_phone) == ("+1 555 0100", "+1 555 0101")
    assert (changed.city, changed.country.code) == ("Arlington", "US")


def test_a_value_without_a_path_has_paths_for_names(call: Caller, grace: str) -> None:
    value = {
        "displayName": "Amazing Grace",
        "name.familyName": "Murray",
        'emails[type eq "work"].value': "g@new.example",
        f"{ENTERPRISE}:department": "Computing",
    }
    assert call.patch(grace, {"op": "Add", "value": value}).status == 200
    changed = user(grace)
    assert changed.display_name == "Amazing Grace"
    assert (changed.last_name, changed.department) == ("Murray", "Computing")
    assert changed.alternate_email == "g@new.example"


@pytest.mark.parametrize(
    ("off", "on"), [(False, True), ("False", "True"), ("false", "true")], ids=str
)
def test_active_blocks_and_allows(call: Caller, grace: str, off: Any, on: Any) -> None:
    epoch = user(grace).session_epoch
    answer = call.patch(grace, {"op": "Replace", "path": "active", "value": off})
    assert (answer.status, answer["active"]) == (200, False)
    blocked = user(grace)
    assert blocked.blocked_by == call.source.user
    assert blocked.session_epoch == epoch + 1
    answer = call.patch(grace, {"op": "Replace", "path": "active", "value": on})
    assert answer["active"] is True
    assert user(grace).blocked_at is None


def test_what_is_not_kept_changes_nothing(call: Caller, grace: str) -> None:
    before = user(grace).updated_at
    answer = call.patch(
        grace,
        {"op": "Add", "path": "nickName", "value": "Amazing"},
        {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": "1"},
    )
    assert answer.status == 200
    assert user(grace).updated_at == before


def test_values_are_removed(call: Caller, grace: str) -> None:
    answer = call.patch(
        grace,
        {"op": "Remove", "path": "title"},
        {"op": "Remove", "path": "emails", "value": [{"value": "grace@elsewhere.example"}]},
    )
    assert answer.status == 200
    changed = user(grace)
    assert (changed.job_title, changed.alternate_email) == ("", "")


def test_a_deleted_one_is_restored_by_external_id(call: Caller, grace: str) -> None:
    assert call("DELETE", f"/Users/{grace}").status == 204
    assert user(grace).deleted_at is not None
    assert call("GET", f"/Users/{grace}").status == 404
    assert call.search(f'externalId eq "{NEW["externalId"]}"')["totalResults"] == 0
    again = call("POST", "/Users", NEW | {"title": "Retired", "active": True})
    assert (again.status, again["id"]) == (201, grace)
    assert user(grace).deleted_at is None
    assert user(grace).job_title == "Retired"


def test_groups_are_found_without_their_members(call: Caller) -> None:
    query = {"excludedAttributes": "members", "filter": 'displayName eq "No such product"'}
    assert call("GET", "/Groups", query=query)["totalResults"] == 0
