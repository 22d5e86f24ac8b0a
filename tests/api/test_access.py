"""Every call of the API by every kind of token: who is let in, who is refused, whose data it is."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.http import HttpResponse

from accounts.models import CredentialSheet, User
from api.models import TokenKind, Webhook
from api.services.webhooks import WebhookFacts, add_webhook
from api.v1.guids import guid
from api.v1.roles import IDS
from api.v1.urls import described
from applications.models import Application
from customers.models import AuditEvent, Batch, Customer, CustomerQuerySet
from customers.roles import OF_PARTNER, Capability, Role
from licensing.models import Subscription
from tests.accounts.sheets import add
from tests.api.caller import Script
from tests.api.tokens import integration, token_of
from tests.factories import ApplicationFactory, ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from uploads.models import Upload
from uploads.services import Options, receive_upload

# What each call needs, by its name in the document; a new one is added here.
NEEDS = {
    "list_customers": Capability.SEE,
    "get_customer": Capability.SEE,
    "get_company": Capability.SEE,
    "post_customer": Capability.MANAGE_CUSTOMERS,
    "patch_customer": Capability.MANAGE_CUSTOMERS,
    "list_users": Capability.SEE,
    "get_user": Capability.SEE,
    "post_user": Capability.MANAGE_USERS,
    "patch_user": Capability.MANAGE_USERS,
    "reset_password": Capability.RESET_PASSWORDS,
    "delete_user": Capability.MANAGE_USERS,
    "restore_user": Capability.MANAGE_USERS,
    "block_user": Capability.MANAGE_USERS,
    "allow_user": Capability.MANAGE_USERS,
    "list_licenses": Capability.SEE,
    "update_licenses": Capability.MANAGE_LICENSES,
    "update_many": Capability.MANAGE_LICENSES,
    "list_skus": Capability.SEE_SUBSCRIPTIONS,
    "list_products": Capability.SEE_SUBSCRIPTIONS,
    "post_product": Capability.MANAGE_CATALOG,
    "patch_product": Capability.MANAGE_CATALOG,
    "delete_product": Capability.MANAGE_CATALOG,
    "list_domains": Capability.SEE,
    "post_domain": Capability.MANAGE_CUSTOMERS,
    "post_primary": Capability.MANAGE_CUSTOMERS,
    "delete_domain": Capability.MANAGE_CUSTOMERS,
    "sign_out": Capability.MANAGE_USERS,
    "reset_step": Capability.RESET_PASSWORDS,
    "list_subscriptions": Capability.SEE_SUBSCRIPTIONS,
    "post_subscription": Capability.MANAGE_SUBSCRIPTIONS,
    "get_subscription": Capability.SEE_SUBSCRIPTIONS,
    "patch_subscription": Capability.MANAGE_SUBSCRIPTIONS,
    "list_roles": Capability.SEE,
    "list_roles_of": Capability.SEE,
    "list_members": Capability.SEE,
    "post_member": Capability.MANAGE_USERS,
    "delete_member": Capability.MANAGE_USERS,
    "post_batch": Capability.MANAGE_USERS,
    "list_batches": Capability.SEE,
    "get_batch": Capability.SEE,
    "list_items": Capability.SEE,
    "cancel_batch": Capability.MANAGE_USERS,
    "undo": Capability.MANAGE_USERS,
    "post_upload": Capability.MANAGE_USERS,
    "list_uploads": Capability.MANAGE_USERS,
    "get_upload": Capability.MANAGE_USERS,
    "post_answers": Capability.MANAGE_USERS,
    "post_confirm": Capability.MANAGE_USERS,
    "post_cancel": Capability.MANAGE_USERS,
    "list_sheets": Capability.RESET_PASSWORDS,
    "get_sheet": Capability.RESET_PASSWORDS,
    "delete_sheet": Capability.RESET_PASSWORDS,
    "list_records": Capability.SEE_ACTIVITY,
    "get_record": Capability.SEE_ACTIVITY,
    "list_changes": Capability.SEE_ACTIVITY,
    "list_licensed": Capability.SEE_SUBSCRIPTIONS,
    "list_applications": Capability.MANAGE_APPLICATIONS,
    "get_application": Capability.MANAGE_APPLICATIONS,
    "post_application": Capability.MANAGE_APPLICATIONS,
    "put_application": Capability.MANAGE_APPLICATIONS,
    "patch_application": Capability.MANAGE_APPLICATIONS,
    "post_secret": Capability.MANAGE_APPLICATIONS,
    "delete_application": Capability.MANAGE_APPLICATIONS,
    "list_webhooks": Capability.MANAGE_APPLICATIONS,
    "get_registration": Capability.MANAGE_APPLICATIONS,
    "post_registration": Capability.MANAGE_APPLICATIONS,
    "put_registration": Capability.MANAGE_APPLICATIONS,
    "list_events": Capability.MANAGE_APPLICATIONS,
    "post_validation": Capability.MANAGE_APPLICATIONS,
    "get_validation": Capability.MANAGE_APPLICATIONS,
    "list_deliveries": Capability.MANAGE_APPLICATIONS,
    "post_resend": Capability.MANAGE_APPLICATIONS,
    "delete_webhook": Capability.MANAGE_APPLICATIONS,
    # What a token may do, it may always ask.
    "get_me": None,
}
# Of these a role shows those alone that one has made, or that the own role could have: others are
# a 404 to a caller who would be let in.
OWN_ALONE = {
    "get_batch",
    "list_items",
    "cancel_batch",
    "undo",
    "get_record",
    "get_sheet",
    "delete_sheet",
}


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    method: str
    path: str

    @property
    def is_of_customer(self) -> bool:
        return "{customer}" in self.path


def calls() -> list[Call]:
    document: Any = described()
    return [
        Call(named(operation["operationId"]), method.upper(), path.removeprefix("/v1"))
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]


def named(operation_id: str) -> str:
    """Return the name of the function that answers: the id begins with its module."""
    rest = operation_id.removeprefix("api_v1_")
    module = rest.split("_", maxsplit=1)[0]
    return rest.removeprefix(f"{module}_")


@dataclass(slots=True)
class Stage:
    """Contoso with something of everything, and what its addresses are made of."""

    cast: Cast
    ids: dict[str, str]
    bodies: dict[str, Any]

    def path(self, call: Call) -> str:
        path = call.path
        for name, told in self.ids.items():
            path = path.replace(f"{{{name}}}", told)
        assert "{" not in path
        return path

    def ask(self, script: Script, call: Call) -> HttpResponse:
        """Call, and take back whatever was done."""
        body = self.bodies.get(call.name, {})
        with transaction.atomic():
            response = script(call.method, self.path(call), None if call.method == "GET" else body)
            transaction.set_rollback(True)
        answer: HttpResponse = response
        return answer


@pytest.fixture
def stage(cast: Cast) -> Stage:
    product = ProductFactory.create(name="Office", sku="OFFICE", plans=["MAIL"])
    pool = SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=5)
    own = ProductFactory.create(name="Chat", sku="CHAT", plans=["ROOMS"], partner=cast.fabrikam)
    chat = ApplicationFactory.create(partner=cast.fabrikam, name="Team Chat")
    gone = UserFactory.create(customer=cast.contoso, local_part="gone")
    register_webhook = {"webhookUrl": "https://hooks.example/", "webhookEvents": ["user.added"]}
    facts = WebhookFacts("Hooks", "https://hooks.example/", ["user.added"])
    add_webhook(facts, actor=cast.alice)
    sheet = add(cast, "Nora")
    file = ContentFile(b"User Name,Display Name\nn@contoso.example,N\n", "n.csv")
    upload = receive_upload(
        file, Options(), customer=cast.contoso, actor=cast.alice, key=uuid4().hex
    )
    batch, event = Batch.objects.latest("pk"), AuditEvent.objects.latest("pk")
    user, subscription = User.objects.get(pk=cast.uma.pk), Subscription.objects.get(pk=pool.pk)
    sku = guid("product", product.pk)
    register = {"name": "Team Chat", "startUrl": "https://chat.example/", "everyone": True}
    assert gone.pk
    return Stage(
        cast,
        {
            "customer": str(Customer.objects.get(pk=cast.contoso.pk).uuid),
            "user": str(user.uuid),
            "subscription": str(subscription.uuid),
            "role": IDS[Role.USER_ADMIN],
            "batch": guid("batch", batch.pk),
            "record": guid("event", event.pk),
            "upload": guid("upload", upload.pk),
            "sheet": guid("sheet", sheet.pk),
            "product": guid("product", own.pk),
            "webhook": str(Webhook.objects.get().uuid),
            "correlation": guid("delivery", 1),
            "name": "contoso.example",
            "application": str(Application.objects.get(pk=chat.pk).uuid),
        },
        {
            "post_customer": {"companyProfile": {"domain": "new.example", "companyName": "New"}},
            "patch_customer": {"name": "Other"},
            "post_user": {"userPrincipalName": "x@contoso.example", "displayName": "X"},
            "patch_user": {"jobTitle": "X"},
            "update_licenses": {"licensesToAssign": [{"skuId": sku}]},
            "update_many": {"users": [str(user.uuid)], "licensesToAssign": [{"skuId": sku}]},
            "post_subscription": {"skuId": sku, "quantity": 1},
            "patch_subscription": {"quantity": 7},
            "post_member": {"id": str(user.uuid)},
            "post_batch": {"action": "block", "users": [str(user.uuid)]},
            "post_answers": {"encoding": "utf-8"},
            "post_confirm": {"seen": "x"},
            "patch_application": {"isOn": False},
            "post_registration": register_webhook,
            "put_registration": register_webhook,
            "post_domain": {"name": "more.example"},
            "post_product": {"name": "Wiki", "servicePlans": {"WIKI": "Wiki"}},
            "patch_product": {"name": "Chat 2"},
            "post_application": {**register, "name": "Wiki"},
            "put_application": register,
        },
    )


def scripts(cast: Cast) -> Iterator[tuple[str, Script, User, frozenset[Capability] | None, bool]]:
    """Yield tokens of every kind, each with its user, what it was narrowed to, and whether Contoso
    is open to it.
    """
    for name in ("alice", "bob", "sally", "gail"):
        user: User = getattr(cast, name)
        yield name, Script(token_of(user, grave=True).text), user, None, True
    seeing = frozenset([Capability.SEE])
    yield "alice, who may see", Script(token_of(cast.alice, *seeing).text), cast.alice, seeing, True
    other = token_of(cast.alice, customers=[cast.northwind], grave=True)
    # Others than those chosen it doesn't add either.
    rest = frozenset(Capability) - frozenset(OF_PARTNER) - {Capability.MANAGE_CUSTOMERS}
    yield "alice, for Northwind", Script(other.text), cast.alice, rest, False
    sync = integration(cast.alice, Role.HELPDESK_AGENT)
    made = token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice, grave=True)
    yield "integration", Script(made.text), sync, None, True
    limited = integration(cast.alice, Role.ADMIN_AGENT, name="Two", customers=[cast.northwind])
    made = token_of(limited, kind=TokenKind.INTEGRATION, actor=cast.alice, grave=True)
    yield "limited integration", Script(made.text), limited, None, False
    yield "charlie", Script(token_of(cast.charlie, grave=True).text), cast.charlie, None, False


def test_every_call_says_what_it_needs() -> None:
    assert {call.name for call in calls()} == set(NEEDS)


def test_every_call_with_every_kind_of_token(stage: Stage) -> None:
    wrong = []
    for name, script, user, narrowed, is_open in scripts(stage.cast):
        fresh = User.objects.with_roles().get(pk=user.pk)
        for call in calls():
            response = stage.ask(script, call)
            told = json.loads(response.content) if response.content else {}
            needed = NEEDS[call.name]
            may = needed is None or (
                fresh.can(needed) and (narrowed is None or needed in narrowed | {Capability.SEE})
            )
            if problem := _problem(call, response.status_code, told, may=may, is_open=is_open):
                wrong.append(f"{name}: {call.method} {call.path}: {problem} {told}"[:300])
    assert not wrong, "\n".join(wrong)


def _problem(call: Call, status: int, told: Any, *, may: bool, is_open: bool) -> str:
    """Return what is wrong with an answer, or ""."""
    if status >= 500:
        return "an error of ours"
    is_foreign = not is_open and ("{" in call.path)
    if is_foreign:
        return "" if status in {404, 403} and "Uma" not in json.dumps(told) else "not closed"
    if not may:
        return "" if status in {403, 404} else f"{status} without the right"
    if call.name in OWN_ALONE and status in {403, 404}:
        return ""
    code = told.get("code") if isinstance(told, dict) else None
    return "refused" if status in {401, 403} or code == 60_003 else ""


def test_a_stranger_learns_of_nothing(stage: Stage) -> None:
    script = Script(token_of(stage.cast.charlie, grave=True).text)
    names = ("Contoso", "Uma", "Nora", "Team Chat", "fabrikam", stage.ids["customer"])
    for call in calls():
        response = stage.ask(script, call)
        text = response.content.decode()
        shown = text.replace(stage.path(call), "")
        if "{" in call.path:
            assert response.status_code == 404, (call, text)
        assert not any(name in shown for name in names), (call, text)


def test_nobody_learns_whether_there_is_another_customer(stage: Stage) -> None:
    """Theirs and none at all are answered alike, to the letter."""
    script = Script(token_of(stage.cast.charlie, grave=True).text)
    nowhere = Stage(stage.cast, stage.ids | {"customer": str(UUID(int=7))}, stage.bodies)
    for call in calls():
        if call.is_of_customer:
            theirs, none = stage.ask(script, call), nowhere.ask(script, call)
            assert (theirs.status_code, theirs.content) == (none.status_code, none.content), call


@pytest.mark.postgres
def test_the_database_keeps_what_the_code_forgot(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all that the code asks of customers taken away, row-level security is left."""

    def everything(customers: CustomerQuerySet, user: User) -> CustomerQuerySet:
        return customers.all()

    monkeypatch.setattr(CustomerQuerySet, "visible_to", everything)

    def is_open(customer: Customer, user: User) -> bool:
        return True

    monkeypatch.setattr(Customer, "is_open_to", is_open)
    assert connection.vendor == "postgresql"
    script = Script(token_of(stage.cast.charlie, grave=True).text)
    for call in calls():
        response = stage.ask(script, call)
        if call.is_of_customer:
            assert response.status_code == 404, (call, response.content)
        assert b"Uma" not in response.content
        assert b"Contoso" not in response.content


def test_no_sheet_is_read_by_a_token_that_may_not(stage: Stage) -> None:
    assert CredentialSheet.objects.open().exists()
    script = Script(token_of(stage.cast.alice, Capability.SEE).text)
    path = f"/customers/{stage.ids['customer']}/passwordsheets/{stage.ids['sheet']}"
    assert script("GET", path).status_code == 403
    assert Upload.objects.exists()
