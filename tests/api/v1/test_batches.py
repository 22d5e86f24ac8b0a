"""What is done to many users by the API."""

from pytest_django import Settings

from accounts.models import User
from api.v1.guids import guid
from api.v1.roles import IDS
from customers.models import Batch
from customers.roles import Role
from licensing.models import LicenseAssignment, Subscription
from tests.api.caller import Script, at, of, script_of, sku, told
from tests.api.tokens import token_of
from tests.support.cast import Cast


def test_licenses_of_many_are_a_batch(script: Script, cast: Cast, office: Subscription) -> None:
    body = {
        "users": [str(of(cast.uma)), str(of(cast.gail)), str(of(cast.uma))],
        "licensesToAssign": [{"skuId": sku(office.product)}],
    }
    batch = told(script("POST", f"{at(cast.contoso)}/licenseupdates", body), 202)
    assert (batch["state"], batch["done"], batch["via"]) == ("done", 2, "api")
    found = script.get(f"/batches/{batch['id']}")
    assert found["canUndo"] is True
    items = script.get(f"/batches/{batch['id']}/items")["items"]
    assert {item["outcome"] for item in items} == {"done"}
    undone = told(script("POST", f"/batches/{batch['id']}/undo"), 202)
    assert undone["undoOf"] == batch["id"]
    assert not LicenseAssignment.objects.live().exists()
    listed = script.get(f"{at(cast.contoso)}/batches")
    assert [row["id"] for row in listed["items"]] == [undone["id"], batch["id"]]
    stranger = Script(token_of(cast.charlie).text)
    assert told(stranger("GET", f"/batches/{batch['id']}"), 404)["code"] == 1_000


def test_many_users_are_blocked_changed_and_given_roles(
    cast: Cast, script: Script, settings: Settings
) -> None:
    settings.REQUIRE_MFA = True
    path, users = f"{at(cast.contoso)}/batches", [str(of(cast.uma))]
    told(script("POST", path, {"action": "block", "users": users, "reason": "Leave"}), 202)
    assert Batch.objects.latest("pk").reason == "Leave"
    cast.uma.refresh_from_db()
    assert cast.uma.blocked_at
    body = {"action": "change", "users": users, "department": "Sales"}
    told(script("POST", path, body), 202)
    cast.uma.refresh_from_db()
    assert cast.uma.department == "Sales"
    roles = {"action": "change", "users": users, "roles": [IDS[Role.USER_ADMIN]]}
    told(script("POST", path, {"action": "change", "users": users}), 400)
    told(script("POST", path, {"action": "block", "users": users, "department": "X"}), 400)
    grave = script_of(cast.alice, grave=True)
    told(grave("POST", path, roles), 202)
    assert User.objects.with_roles().get(pk=cast.uma.pk).roles == (Role.USER_ADMIN,)
    refused = told(script("POST", path, {"action": "delete", "users": users}), 403)
    assert refused["refusal"] == "proof-needed"
    missing = {"action": "block", "users": [guid("user", 1)]}
    assert told(script("POST", path, missing), 404)["data"] == [guid("user", 1)]
