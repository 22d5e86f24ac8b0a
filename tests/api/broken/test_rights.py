"""What a narrow token must not do."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.running import run_batch
from api.services.integrations import change_integration
from customers.models import Batch, Customer
from customers.roles import Capability, Role
from licensing.models import LicenseAssignment
from tests.api.caller import Script, at, script_of, told
from tests.api.tokens import integration, token_of
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast
from uploads.models import Upload
from uploads.services import check_upload

FILE = b"User name,Name,Licenses\na@contoso.example,A,OFFICE\numa@contoso.example,Uma,OFFICE\n"
NORA = {"userPrincipalName": "nora@contoso.example", "displayName": "Nora"}


def fresh(user: User) -> User:
    return User.objects.with_roles().get(pk=user.pk)


def checked(script: Script, cast: Cast, body: bytes, query: str = "") -> str:
    """Upload a file, have it checked, and return where it is."""
    response = Client().post(
        f"/v1{at(cast.contoso, 'uploads')}?fileName=a.csv{query}",
        body,
        content_type="text/csv",
        headers={"Authorization": f"Bearer {script.token}"},
    )
    upload = told(response, 202)["id"]
    check_upload(Upload.objects.get().pk)
    return at(cast.contoso, "uploads", upload)


@pytest.mark.parametrize("lost", ["before", "later"])
def test_a_token_without_the_right_assigns_no_licenses_by_a_file(cast: Cast, lost: str) -> None:
    product = ProductFactory.create(name="Office", sku="OFFICE")
    SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=5)
    made = token_of(cast.alice, Capability.SEE, Capability.MANAGE_USERS, grave=True)
    script = Script(made.text)
    own = checked(script, cast, FILE, "&existing=addLicenses")
    seen = {"seen": script.get(own)["fingerprint"]}
    if lost == "later":
        # The right is lost while the batch waits.
        other = script_of(cast.alice, grave=True)
        assert other("POST", f"{own}/confirm", seen).status_code == 202
        Batch.objects.update(token_id=made.token.pk)
        assert not run_batch(Batch.objects.get().pk)
    else:
        assert told(script("POST", f"{own}/confirm", seen), 403)["refusal"] == "role-lacks-it"
    assert not LicenseAssignment.objects.exists()


def test_a_file_without_licenses_needs_no_right_to_them(cast: Cast) -> None:
    script = Script(token_of(cast.alice, Capability.MANAGE_USERS, grave=True).text)
    own = checked(script, cast, b"User name,Display name\na@contoso.example,A\n")
    seen = {"seen": script.get(own)["fingerprint"]}
    assert script("POST", f"{own}/confirm", seen).status_code == 202
    assert run_batch(Batch.objects.get().pk)


def test_a_token_for_one_customer_adds_no_others(cast: Cast) -> None:
    script = script_of(cast.alice, customers=[cast.contoso])
    body = {"companyProfile": {"companyName": "New", "domain": "new.example"}}
    assert script("POST", "/customers", body).status_code == 403
    assert not Customer.objects.filter(name="New").exists()


@pytest.mark.parametrize("lost", ["customer", "role"])
def test_a_repeat_is_no_way_around_what_was_lost(cast: Cast, lost: str) -> None:
    owner = integration(fresh(cast.alice), Role.ADMIN_AGENT)
    script = Script(token_of(owner, actor=fresh(cast.alice)).text)
    path = at(cast.contoso, "users")
    assert script("POST", path, NORA, Idempotency_Key="1").status_code == 200
    again = script("POST", path, NORA, Idempotency_Key="1")
    assert told(again)["userPrincipalName"] == NORA["userPrincipalName"]
    roles = [Role.SALES_AGENT if lost == "role" else Role.ADMIN_AGENT]
    customers = [cast.northwind] if lost == "customer" else None
    change_integration(owner, "Sync", roles=roles, customers=customers, actor=fresh(cast.alice))
    again = script("POST", path, NORA, Idempotency_Key="1")
    assert again.status_code == (404 if lost == "customer" else 409)
    assert "nora" not in again.content.decode()
