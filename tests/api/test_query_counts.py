"""A list asks the database as often for three rows as for one."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.models import Webhook
from api.v1.guids import guid
from api.v1.roles import IDS
from customers.models import Batch
from customers.roles import Role
from tests.api.caller import Script, at, of, script_of, told
from tests.factories import (
    ApplicationFactory,
    CustomerFactory,
    DomainFactory,
    ProductFactory,
    SubscriptionFactory,
    UserFactory,
    WebhookDeliveryFactory,
    WebhookFactory,
)
from tests.support.cast import Cast


def one_more(cast: Cast, script: Script) -> None:
    """Add a row to each list."""
    user = UserFactory.create(customer=cast.contoso, roles=[Role.LICENSE_ADMIN])
    product = ProductFactory.create(plans=["MAIL", "CHAT"])
    SubscriptionFactory.create(customer=cast.contoso, product=product, holders=[cast.uma])
    DomainFactory.create(customer=cast.contoso)
    CustomerFactory.create(partner=cast.fabrikam)
    ApplicationFactory.create(
        partner=cast.fabrikam, opened_by=product.plans.all(), only=[cast.contoso]
    )
    WebhookFactory.create(partner=cast.fabrikam, only=[cast.contoso])
    WebhookDeliveryFactory.create(webhook=first_webhook(), customer=cast.contoso)
    customer = at(cast.contoso)
    for action in ("reset", "block"):
        body = {"action": action, "users": [str(of(user))]}
        done = told(script("POST", f"{customer}/batches", body), 202)
    told(script("POST", f"/batches/{done['id']}/undo"), 202)
    told(script("POST", f"{customer}/uploads?fileName=people.csv", "name"), 202)


def first_webhook() -> Webhook:
    return Webhook.objects.earliest("pk")


def lists(cast: Cast) -> list[str]:
    customer, uma = at(cast.contoso), of(cast.uma)
    within = ("users", "domains", "subscriptions", "subscribedskus", "batches", "uploads")
    more = ("passwordsheets", f"users/{uma}/licenses", f"users/{uma}/directoryroles")
    members = f"directoryroles/{IDS[Role.LICENSE_ADMIN]}/usermembers"
    return [
        *(f"{customer}/{name}" for name in (*within, *more, members)),
        *("/customers", "/products", "/applications", "/webhooks", "/auditrecords"),
        *("/changes", "/reports/licenses", f"/webhooks/{first_webhook().uuid}/deliveries"),
    ]


def counts(script: Script, paths: list[str]) -> dict[str, int]:
    found = {}
    for path in paths:
        with CaptureQueriesContext(connection) as captured:
            script.get(path)
        found[path] = len(captured)
    return found


def test_a_list_of_three_asks_no_more_than_a_list_of_one(cast: Cast) -> None:
    grave = script_of(cast.alice, grave=True)
    one_more(cast, grave)
    paths = lists(cast)
    # What is asked once in a process is asked now.
    counts(grave, paths)
    before = counts(grave, paths)
    sizes = {path: len(grave.get(path)["items"]) for path in paths}
    for _number in range(2):
        one_more(cast, grave)
    grown = {path for path in paths if len(grave.get(path)["items"]) > sizes[path]}
    assert set(paths) - grown == {path for path in paths if path.endswith("directoryroles")}
    assert counts(grave, paths) == before


def test_the_items_of_a_batch_are_told_by_as_many_as_one(cast: Cast) -> None:
    grave = script_of(cast.alice, grave=True)
    users = UserFactory.create_batch(3, customer=cast.contoso)
    found = []
    for some in (users[:1], users):
        body = {"action": "block", "users": [str(of(user)) for user in some]}
        told(grave("POST", f"{at(cast.contoso)}/batches", body), 202)
        path = f"/batches/{guid('batch', Batch.objects.latest('pk').pk)}/items"
        assert len(grave.get(path)["items"]) == len(some)
        found.append(counts(grave, [path])[path])
    assert found[0] == found[1]
