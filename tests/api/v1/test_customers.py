"""Customers by the API: found, added, changed."""

from urllib.parse import quote

from tests.api.caller import Script, at, told
from tests.api.tokens import token_of
from tests.support.cast import Cast


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
