"""Own products by the API."""

from api.v1.guids import guid
from licensing.models import Product
from tests.api.caller import Script, script_of, told
from tests.factories import ProductFactory
from tests.support.cast import Cast


def test_own_products_are_added_changed_stopped_and_deleted(grave: Script, cast: Cast) -> None:
    body = {"name": "Chat", "servicePlans": {"rooms": "Rooms", "CALLS": "Calls"}}
    added = told(grave("POST", "/products", body), 201)
    assert (added["skuPartNumber"], added["isOwn"]) == ("CHAT", True)
    own = f"/products/{added['id']}"
    changed = told(grave("PATCH", own, {"name": "Chat 2", "servicePlans": {"ROOMS": "Rooms"}}))
    assert [plan["serviceName"] for plan in changed["servicePlans"]] == ["ROOMS"]
    assert told(grave("PATCH", own, {"isOffered": False}))["isOffered"] is False
    none = told(grave("POST", "/products", {"name": "X", "servicePlans": {}}), 400)
    assert none["refusal"] == "product-without-services"
    shared = ProductFactory.create(name="Office", sku="OFFICE")
    assert told(grave("DELETE", f"/products/{guid('product', shared.pk)}"), 404)["code"] == 1_000
    stranger = script_of(cast.charlie, grave=True)
    assert told(stranger("DELETE", own), 404)["code"] == 1_000
    assert grave("DELETE", own).status_code == 204
    assert not Product.objects.filter(name="Chat 2").exists()
