"""What webhooks are to be told: what was chosen, once, and nothing of others' customers."""

import json
from typing import Any

import pytest
import redis
from django.db import transaction
from django.test import Client

from accounts.services.users import block_users, delete_users, remove_users
from api.models import WebhookDelivery
from api.services.webhook_following import FOLLOWER, follow_for_webhooks
from api.v1.guids import guid
from customers.actions import Action
from customers.log.following import Follower
from customers.models import AuditEvent
from customers.services import audit
from licensing.services.subscriptions import change_seats
from tests.accounts.verbs import subscribe
from tests.api.hooks import happens, told_of
from tests.api.tokens import token_of
from tests.factories import UserFactory, WebhookFactory
from tests.support.cast import Cast
from tests.support.threads import together


def kinds(**filters: Any) -> list[str]:
    rows = WebhookDelivery.objects.filter(**filters).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def body_of_last() -> dict[str, Any]:
    message: dict[str, Any] = json.loads(WebhookDelivery.objects.latest("pk").body)
    return message


def test_a_webhook_is_told_of_what_was_chosen_and_of_nothing_else(cast: Cast) -> None:
    WebhookFactory.create(partner=cast.fabrikam, events=["user.blocked", "licenses.*"])
    happens(cast.uma, customer=cast.contoso)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    subscribe(cast, "Teams", cast.uma)
    happens(cast.uma, customer=cast.contoso, action=Action.LICENSE_SERVICES)
    follow_for_webhooks()
    assert kinds() == ["user.blocked", "license.services"]


def test_a_message_has_ids_and_addresses_and_nobodys_name(cast: Cast) -> None:
    WebhookFactory.create(partner=cast.fabrikam)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice, reason="Uma has left")
    follow_for_webhooks()
    event = AuditEvent.objects.get(action="user.blocked")
    moment = event.at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    assert body_of_last() == {
        "type": "user.blocked",
        "timestamp": moment,
        "data": {
            "eventId": event.pk,
            "customerId": str(cast.contoso.uuid),
            "actorId": str(cast.alice.uuid),
            "resourceType": "user",
            "resourceId": str(cast.uma.uuid),
            "EventName": "user-blocked",
            "ResourceName": "user",
            "ResourceUri": f"/v1/customers/{cast.contoso.uuid}/users/{cast.uma.uuid}",
            "AuditUri": f"/v1/auditrecords/{guid('event', event.pk)}",
            "ResourceChangeUtcDate": moment,
        },
    }


def test_no_message_of_any_verb_names_anybody(cast: Cast) -> None:
    """Whatever the log holds: names, user names, customers and products stay in the portal."""
    WebhookFactory.create(partner=cast.fabrikam)
    names = {"display_name": ["Uma", "Zebulon"], "customers": ["Contoso", ""]}
    for action in Action:
        entry = audit.Entry(action, cast.uma, {**names, "product": "Teams"}, names)
        audit.record([entry], actor=cast.alice, customer=cast.contoso, reason="Zebulon asked")
    follow_for_webhooks()
    assert kinds() == list(Action)
    said = " ".join(WebhookDelivery.objects.values_list("body", flat=True)).lower()
    for name in ("uma@", "zebulon", "contoso", "alice", "fabrikam", "teams"):
        assert name not in said, name


def test_a_subscription_is_called_as_partner_center_calls_it(cast: Cast) -> None:
    WebhookFactory.create(partner=cast.fabrikam)
    teams = subscribe(cast, "Teams")
    change_seats(teams, 9, seen=teams.quantity, actor=cast.alice)
    follow_for_webhooks()
    data = body_of_last()["data"]
    assert data["EventName"] == "subscription-updated"
    assert data["ResourceUri"] == f"/v1/customers/{cast.contoso.uuid}/subscriptions/{teams.uuid}"


def test_what_has_no_address_of_its_own_is_found_by_its_customer(cast: Cast) -> None:
    WebhookFactory.create(partner=cast.fabrikam)
    # Of which the API has no record either.
    domain = audit.Entry(Action.DOMAIN_PRIMARY, cast.contoso.domains.get())
    audit.record([domain], actor=cast.alice, customer=cast.contoso)
    follow_for_webhooks()
    data = body_of_last()["data"]
    assert (data["resourceId"], data["ResourceUri"], data["AuditUri"]) == (
        None,
        f"/v1/customers/{cast.contoso.uuid}",
        "",
    )


def test_who_is_deleted_for_good_is_still_called_by_the_id_that_the_receiver_knows(
    cast: Cast,
) -> None:
    WebhookFactory.create(partner=cast.fabrikam)
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    remove_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    follow_for_webhooks()
    message = body_of_last()
    assert message["type"] == "user.removed"
    assert message["data"]["resourceId"] == str(cast.uma.uuid)


def test_a_webhook_for_chosen_customers_is_told_of_no_other_and_not_of_the_team(
    cast: Cast,
) -> None:
    some = WebhookFactory.create(partner=cast.fabrikam, only=[cast.contoso])
    every = WebhookFactory.create(partner=cast.fabrikam)
    modest = WebhookFactory.create(partner=cast.fabrikam, with_team=False)
    other = UserFactory.create(customer=cast.northwind)
    happens(cast.uma, customer=cast.contoso)
    happens(other, customer=cast.northwind, action=Action.USER_ADDED)
    happens(cast.bob, partner=cast.fabrikam, action=Action.STAFF_CHANGED)
    happens(cast.bob, action=Action.SIGNED_IN)
    follow_for_webhooks()
    assert kinds(webhook=some) == ["user.changed"]
    assert kinds(webhook=every) == ["user.changed", "user.added", "staff.changed"]
    assert kinds(webhook=modest) == ["user.changed", "user.added"]


def test_a_neighbors_webhook_is_told_of_nothing(cast: Cast) -> None:
    WebhookFactory.create(partner=cast.litware)
    happens(cast.uma, customer=cast.contoso)
    happens(cast.bob, partner=cast.fabrikam, action=Action.STAFF_CHANGED)
    follow_for_webhooks()
    assert kinds() == []


def test_nothing_is_written_down_for_a_webhook_that_is_off_or_was_not_there(cast: Cast) -> None:
    WebhookFactory.create(partner=cast.fabrikam, is_on=False)
    [event] = happens(cast.uma, customer=cast.contoso)
    WebhookFactory.create(partner=cast.fabrikam, since_event=event)
    follow_for_webhooks()
    assert kinds() == []


def test_what_was_rolled_back_is_told_to_nobody(cast: Cast) -> None:
    WebhookFactory.create(partner=cast.fabrikam)
    with transaction.atomic():
        block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
        transaction.set_rollback(True)
    happens(cast.gail, customer=cast.contoso)
    follow_for_webhooks()
    assert kinds() == ["user.changed"]


def test_each_event_is_told_once_however_often_the_log_is_followed(cast: Cast) -> None:
    webhook = WebhookFactory.create(partner=cast.fabrikam)
    rows = told_of(cast.uma, cast.gail, customer=cast.contoso)
    assert follow_for_webhooks() == 0
    assert [row.webhook_id for row in rows] == [webhook.pk] * 2
    # Even if the position were lost.
    Follower.objects.filter(name=FOLLOWER).update(position=0)
    with pytest.raises(Exception, match=r"event_once_per_webhook|UNIQUE"), transaction.atomic():
        follow_for_webhooks()
    assert WebhookDelivery.objects.count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_follow_at_once_write_each_event_once(cast: Cast) -> None:
    WebhookFactory.create(partner=cast.fabrikam)
    users = UserFactory.create_batch(300, customer=cast.contoso)
    events = happens(*users, customer=cast.contoso)
    together(*[follow_for_webhooks] * 4)
    rows = WebhookDelivery.objects.order_by("pk")
    assert list(rows.values_list("event_id", flat=True)) == events


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_sent_for_once_it_is_written_down(cast: Cast, queue: redis.Redis) -> None:
    WebhookFactory.create(partner=cast.fabrikam)
    told_of(cast.uma, cast.gail, customer=cast.contoso)
    assert queue.llen("celery") == 1


def test_the_addresses_of_a_message_are_answered_by_the_api(cast: Cast) -> None:
    WebhookFactory.create(partner=cast.fabrikam)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    follow_for_webhooks()
    data, made = body_of_last()["data"], token_of(cast.alice)
    by = {"authorization": f"Bearer {made.text}"}
    user = Client().get(data["ResourceUri"], headers=by).json()
    assert user["id"] == data["resourceId"]
    record = Client().get(data["AuditUri"], headers=by).json()
    assert record["operationType"] == "update_customer_user"
    since = data["eventId"] - 1
    changes = Client().get(f"/v1/changes?since={since}", headers=by).json()
    assert changes["items"][0]["id"] == data["eventId"]
