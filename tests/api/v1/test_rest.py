"""The resources besides users, each as its page is."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from api.v1.guids import guid
from api.v1.roles import IDS
from customers.models import Batch, Customer
from customers.roles import Capability, Role
from licensing.models import LicenseAssignment, Product, Subscription
from tests.api.tokens import token_of
from tests.api.v1.caller import Script, at, of, script_of, told
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast


@pytest.fixture
def script(cast: Cast) -> Script:
    return script_of(cast.alice)


@pytest.fixture
def office(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Office", sku="OFFICE", plans=["MAIL", "CHAT"])
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=2)


def sku(product: Product) -> str:
    return guid("product", product.pk)


def test_customers_are_listed_as_far_as_the_token_sees(script: Script, cast: Cast) -> None:
    found = script.get("/customers")
    assert [row["companyProfile"]["companyName"] for row in found["items"]] == [
        "Contoso",
        "Northwind",
    ]
    named = quote('{"Field":"CompanyName","Value":"north","Operator":"starts_with"}')
    assert script.get(f"/customers?filter={named}")["totalCount"] == 1
    domain = quote('{"Field":"Domain","Value":"contoso","Operator":"starts_with"}')
    assert script.get(f"/customers?filter={domain}")["totalCount"] == 1
    narrow = Script(token_of(cast.alice, customers=[cast.northwind]).text)
    assert narrow.get("/customers")["totalCount"] == 1
    assert told(narrow("GET", at(cast.contoso)), 404)["code"] == 60_003
    assert script.get(at(cast.contoso))["customDomains"] == ["contoso.example"]
    assert script.get(f"{at(cast.contoso)}/profiles/company")["domain"] == "contoso.example"


def test_a_customer_is_added_and_changed(script: Script, cast: Cast) -> None:
    body = {
        "CompanyProfile": {"Domain": "tailspin.example"},
        "BillingProfile": {
            "CompanyName": "Tailspin",
            "Email": "it@tailspin.example",
            "DefaultAddress": {"Country": "NO"},
        },
    }
    added = told(script("POST", "/customers", body), 201)
    assert added["companyProfile"]["companyName"] == "Tailspin"
    again = told(script("POST", "/customers", body), 409)
    assert again["refusal"] == "customer-name-taken"
    path = f"/customers/{added['id']}"
    changed = told(script("PATCH", path, {"name": "Tailspin Toys"}))
    assert changed["companyProfile"]["companyName"] == "Tailspin Toys"
    assert changed["country"] == "NO"
    wrong = told(script("PATCH", path, {"country": "Norway"}), 400)
    assert wrong["data"][0].startswith("country: ")


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


def test_roles_are_given_and_taken_by_their_fixed_ids(cast: Cast) -> None:
    script = script_of(cast.alice, grave=True)
    base = at(cast.contoso)
    assert len(script.get(f"{base}/directoryroles")["items"]) == len(IDS)
    members = f"{base}/directoryroles/{IDS[Role.USER_ADMIN]}/usermembers"
    body = {"Id": str(of(cast.uma)), "DisplayName": "Uma", "UserPrincipalName": "uma"}
    assert told(script("POST", members, body), 201)["roleId"] == IDS[Role.USER_ADMIN]
    assert [row["displayName"] for row in script.get(members)["items"]] == ["Uma"]
    held = script.get(f"{base}/users/{of(cast.uma)}/directoryroles")["items"]
    assert [row["id"] for row in held] == [IDS[Role.USER_ADMIN]]
    assert script("DELETE", f"{members}/{of(cast.uma)}").status_code == HTTPStatus.NO_CONTENT
    assert told(script("DELETE", f"{members}/{of(cast.uma)}"), 404)["code"] == 1_000
    assert script.get(members)["items"] == []


def test_seats_are_bought_and_a_subscription_turned(
    script: Script, cast: Cast, office: Subscription
) -> None:
    office.refresh_from_db()
    path = at(cast.contoso, "subscriptions", office.uuid)
    whole = script.get(path)
    etag = whole["attributes"]["etag"]
    more = told(script("PATCH", path, {**whole, "quantity": 5}, If_Match=etag))
    assert more["quantity"] == 5
    late = told(script("PATCH", path, {**whole, "quantity": 6}, If_Match=etag), 400)
    assert late["code"] == 2_055
    assert told(script("PATCH", path, {"quantity": -1}), 400)["code"] in {2_002, 3_000}
    assert told(script("PATCH", path, {"status": "suspended"}))["status"] == "suspended"
    assert told(script("PATCH", path, {"quantity": 9}), 400)["code"] == 2_001
    assert told(script("PATCH", path, {"status": "active"}))["status"] == "active"
    assert told(script("PATCH", path, {"status": "deleted"}))["status"] == "deleted"
    assert told(script("PATCH", path, {"status": "active"}), 400)["code"] == 2_011
    assert [row["status"] for row in script.get(f"{at(cast.contoso)}/subscriptions")["items"]] == [
        "deleted"
    ]


def test_a_subscription_is_added(script: Script, cast: Cast) -> None:
    product = ProductFactory.create(name="Mail", sku="MAIL")
    offered = script.get("/products")["items"]
    wanted = next(row["id"] for row in offered if row["skuPartNumber"] == "MAIL")
    assert wanted == sku(product)
    body = {"skuId": wanted, "quantity": 3}
    path = f"{at(cast.contoso)}/subscriptions"
    assert told(script("POST", path, body), 201)["quantity"] == 3
    assert told(script("POST", path, body), 409)["refusal"] == "subscription-there-already"
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    late = {**body, "commitmentEndDate": yesterday}
    assert told(script("POST", path, late), 400)["code"] == 3_000


def test_the_log_is_told_as_audit_records(script: Script, cast: Cast) -> None:
    told(script("POST", f"{at(cast.contoso)}/users/{of(cast.uma)}/block"))
    [record] = script.get("/auditrecords")["items"]
    assert record["operationType"] == "update_customer_user"
    assert record["userPrincipalName"] == "alice@fabrikam.example"
    assert record["customerName"] == "Contoso"
    assert script.get(f"/auditrecords/{record['id']}")["id"] == record["id"]
    assert (
        script.get("/auditrecords?endDate=6/1/2017 12:00:00 AM&startDate=2017-05-01")["items"] == []
    )
    wanted = quote(f'{{"Field":"CustomerId","Value":"{record["customerId"]}","Operator":"equals"}}')
    assert script.get(f"/auditrecords?filter={wanted}")["totalCount"] == 1
    none = quote('{"Field":"CompanyName","Value":"north","Operator":"substring"}')
    assert script.get(f"/auditrecords?filter={none}")["totalCount"] == 0
    stranger = script_of(cast.charlie)
    assert stranger.get("/auditrecords")["items"] == []
    assert told(stranger("GET", f"/auditrecords/{record['id']}"), 404)["code"] == 1_000


def test_changes_are_told_in_order_and_by_ids_alone(script: Script, cast: Cast) -> None:
    start = script.get("/changes")["nextSince"]
    user = at(cast.contoso, "users", of(cast.uma))
    for action in ("block", "allow"):
        told(script("POST", f"{user}/{action}"))
    first = script.get(f"/changes?since={start}&size=1")
    assert first["hasMore"] is True
    assert first["items"][0]["type"] == "user.blocked"
    assert first["items"][0]["resourceUri"] == user
    rest = script.get(f"/changes?since={first['nextSince']}")
    assert [row["type"] for row in rest["items"]] == ["user.allowed"]
    assert rest["hasMore"] is False
    assert "Uma" not in str(first)
    assert told(script("GET", "/changes?since=x"), 400)["code"] == 3_000


def test_a_token_tells_what_it_may(cast: Cast) -> None:
    script = Script(token_of(cast.alice, Capability.MANAGE_LICENSES, customers=[cast.contoso]).text)
    me = script.get("/me")
    assert me["permissions"] == ["manage licenses", "see"]
    assert me["customers"] == [str(Customer.objects.get(pk=cast.contoso.pk).uuid)]
    assert me["readsThisMinute"] == 1
