"""Licenses by the API, of one user and with their seats."""

from typing import Any

from api.v1.guids import guid
from licensing.models import LicenseAssignment, Subscription
from tests.api.caller import Script, at, of, sku, told
from tests.support.cast import Cast


def test_licenses_are_assigned_listed_and_removed(
    script: Script, cast: Cast, office: Subscription
) -> None:
    path = at(cast.contoso, "users", of(cast.uma))
    plans = {
        plan["serviceName"]: plan["id"]
        for plan in script.get(f"{at(cast.contoso)}/subscribedskus")["items"][0]["servicePlans"]
    }
    wanted: dict[str, Any] = {
        "LicensesToAssign": [{"SkuId": sku(office.product), "ExcludedPlans": [plans["CHAT"]]}],
        "LicensesToRemove": None,
    }
    answer = told(script("POST", f"{path}/licenseupdates", wanted), 201)
    assert answer["licenseWarnings"] == []
    [held] = script.get(f"{path}/licenses?licenseGroupIds=Group1")["items"]
    assert {plan["serviceName"]: plan["capabilityStatus"] for plan in held["servicePlans"]} == {
        "CHAT": "Disabled",
        "MAIL": "Assigned",
    }
    assert script.get(f"{path}/licenses?licenseGroupIds=Group2")["items"] == []
    wanted = {"licensesToAssign": [{"skuId": sku(office.product), "excludedPlans": []}]}
    told(script("POST", f"{path}/licenseupdates", wanted), 201)
    assert LicenseAssignment.objects.get(user=cast.uma).services_off == []
    [pool] = script.get(f"{at(cast.contoso)}/subscribedskus")["items"]
    assert (pool["availableUnits"], pool["consumedUnits"], pool["totalUnits"]) == (1, 1, 2)
    wanted = {"licensesToRemove": [sku(office.product)]}
    told(script("POST", f"{path}/licenseupdates", wanted), 201)
    assert script.get(f"{path}/licenses")["items"] == []


def test_without_a_seat_it_is_out_of_licenses(
    script: Script, cast: Cast, office: Subscription
) -> None:
    Subscription.objects.filter(pk=office.pk).update(quantity=0)
    path = at(cast.contoso, "users", of(cast.uma), "licenseupdates")
    wanted = {"licensesToAssign": [{"skuId": sku(office.product)}]}
    answer = told(script("POST", path, wanted), 400)
    assert (answer["code"], answer["refusal"]) == (60_012, "seats-short")
    nothing = told(script("POST", path, {}), 400)
    assert nothing["refusal"] == "choice-wrong"
    other = {"licensesToAssign": [{"skuId": guid("product", 10**9)}]}
    assert told(script("POST", path, other), 404)["code"] == 20_003
