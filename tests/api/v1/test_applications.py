"""Applications by the API."""

from applications.models import Application
from tests.api.caller import Script, at, script_of, told
from tests.factories import ApplicationFactory
from tests.support.cast import Cast


def test_applications_are_listed_switched_and_removed(grave: Script, cast: Cast) -> None:
    ApplicationFactory.create(partner=cast.fabrikam, name="Team Chat")
    ApplicationFactory.create(partner=cast.litware, name="Theirs")
    [row] = grave.get("/applications")["items"]
    own = f"/applications/{row['id']}"
    assert row["name"] == "Team Chat"
    assert told(grave("PATCH", own, {"isOn": False}))["isOn"] is False
    assert told(grave("POST", f"{own}/secret"))["password"]
    assert told(script_of(cast.charlie)("GET", own), 404)["code"] == 1_000
    assert told(script_of(cast.bob)("GET", "/applications"), 403)["code"] == 2_032
    assert grave("DELETE", own).status_code == 204
    assert not Application.objects.filter(name="Team Chat").exists()


def test_an_application_is_registered_and_changed(grave: Script, cast: Cast) -> None:
    plan = told(
        grave("POST", "/products", {"name": "Chat", "servicePlans": {"ROOMS": "Rooms"}}), 201
    )["servicePlans"][0]["id"]
    body = {
        "name": "Team Chat",
        "startUrl": "https://chat.example/",
        "servicePlans": [plan],
        "redirectUris": ["https://chat.example/callback"],
        "allCustomers": False,
        "customers": [at(cast.contoso).rpartition("/")[2]],
    }
    added = told(grave("POST", "/applications", body), 201)
    assert added["password"]
    own = f"/applications/{added['id']}"
    assert grave.get(own).get("password") is None
    changed = told(grave("PUT", own, {**body, "name": "Chat", "allCustomers": True}))
    assert (changed["name"], changed["customers"]) == ("Chat", [])
    foreign = {**body, "customers": [at(cast.adatum).rpartition("/")[2]]}
    assert told(grave("PUT", own, foreign), 404)["code"] == 1_000
    wrong = {**body, "redirectUris": ["javascript:alert(1)"]}
    assert told(grave("PUT", own, wrong), 400)["refusal"] == "address-wrong"
    nothing = {**body, "servicePlans": []}
    assert told(grave("PUT", own, nothing), 400)["refusal"] == "application-opened-by-nothing"
    assert Application.objects.get().name == "Chat"
