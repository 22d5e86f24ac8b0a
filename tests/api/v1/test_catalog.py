"""Domains, own products, applications and a user's sign-in by the API."""

import pytest

from accounts.models import User
from api.v1.guids import guid
from applications.models import Application
from licensing.models import Product
from tests.accounts.signin.second_steps import give_app
from tests.api.v1.caller import Script, at, of, script_of, told
from tests.factories import ProductFactory
from tests.support.cast import Cast


@pytest.fixture
def script(cast: Cast) -> Script:
    return script_of(cast.alice, grave=True)


def test_domains_are_added_made_primary_and_removed(script: Script, cast: Cast) -> None:
    path = f"{at(cast.contoso)}/domains"
    assert told(script("POST", path, {"name": "More.Example"}), 201)["name"] == "more.example"
    assert told(script("POST", path, {"name": "more.example"}), 409)["refusal"] == "domain-taken"
    assert told(script("POST", path, {"name": "x"}), 400)["code"] == 3_000
    taken = told(script("POST", path, {"name": "adatum.example"}), 409)
    assert taken["description"] == "This domain cannot be used here."
    told(script("POST", f"{path}/more.example/primary"))
    assert [row["isPrimary"] for row in script.get(path)["items"]] == [True, False]
    in_use = told(script("DELETE", f"{path}/contoso.example"), 409)
    assert in_use["refusal"] == "domain-in-use"
    assert script("DELETE", f"{path}/nothing.example").status_code == 404


def test_own_products_are_added_changed_stopped_and_deleted(script: Script, cast: Cast) -> None:
    body = {"name": "Chat", "servicePlans": {"rooms": "Rooms", "CALLS": "Calls"}}
    added = told(script("POST", "/products", body), 201)
    assert (added["skuPartNumber"], added["isOwn"]) == ("CHAT", True)
    own = f"/products/{added['id']}"
    changed = told(script("PATCH", own, {"name": "Chat 2", "servicePlans": {"ROOMS": "Rooms"}}))
    assert [plan["serviceName"] for plan in changed["servicePlans"]] == ["ROOMS"]
    assert told(script("PATCH", own, {"isOffered": False}))["isOffered"] is False
    none = told(script("POST", "/products", {"name": "X", "servicePlans": {}}), 400)
    assert none["refusal"] == "product-without-services"
    shared = ProductFactory.create(name="Office", sku="OFFICE")
    assert told(script("DELETE", f"/products/{guid('product', shared.pk)}"), 404)["code"] == 1_000
    stranger = script_of(cast.charlie, grave=True)
    assert told(stranger("DELETE", own), 404)["code"] == 1_000
    assert script("DELETE", own).status_code == 204
    assert not Product.objects.filter(name="Chat 2").exists()


def test_an_application_is_registered_and_changed(script: Script, cast: Cast) -> None:
    plan = told(
        script("POST", "/products", {"name": "Chat", "servicePlans": {"ROOMS": "Rooms"}}), 201
    )["servicePlans"][0]["id"]
    body = {
        "name": "Team Chat",
        "startUrl": "https://chat.example/",
        "servicePlans": [plan],
        "redirectUris": ["https://chat.example/callback"],
        "allCustomers": False,
        "customers": [at(cast.contoso).rpartition("/")[2]],
    }
    added = told(script("POST", "/applications", body), 201)
    assert added["password"]
    own = f"/applications/{added['id']}"
    assert script.get(own).get("password") is None
    changed = told(script("PUT", own, {**body, "name": "Chat", "allCustomers": True}))
    assert (changed["name"], changed["customers"]) == ("Chat", [])
    foreign = {**body, "customers": [at(cast.adatum).rpartition("/")[2]]}
    assert told(script("PUT", own, foreign), 404)["code"] == 1_000
    wrong = {**body, "redirectUris": ["javascript:alert(1)"]}
    assert told(script("PUT", own, wrong), 400)["refusal"] == "address-wrong"
    nothing = {**body, "servicePlans": []}
    assert told(script("PUT", own, nothing), 400)["refusal"] == "application-opened-by-nothing"
    assert Application.objects.get().name == "Chat"


def test_a_user_is_signed_out_everywhere_and_loses_the_second_step(
    script: Script, cast: Cast
) -> None:
    path = at(cast.contoso, "users", of(cast.uma))
    before = User.objects.get(pk=cast.uma.pk).session_epoch
    assert script("POST", f"{path}/signout", {"reason": "Laptop lost"}).status_code == 204
    assert User.objects.get(pk=cast.uma.pk).session_epoch == before + 1
    give_app(cast.uma)
    assert script("POST", f"{path}/resetsecondstep", {}).status_code == 204
    assert not cast.uma.authenticator_set.exists()  # type: ignore[attr-defined]
