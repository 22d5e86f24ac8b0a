"""Webhooks by the API: Partner Center's registration, and what was sent."""

import json
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier

from api.models import RememberedCall, Webhook
from api.services.webhook_delivery import deliver_webhooks
from api.services.webhook_following import follow_for_webhooks
from tests.api.caller import Script, at, of, script_of, told
from tests.applications.listener import Listener
from tests.support.cast import Cast

REGISTRATION = "/webhooks/v1/registration"


def ask(script: Script, method: str, rest: str = "", body: Any = None, **headers: str) -> Any:
    """Call where Partner Center's clients do, outside of /v1."""
    return script.at(method, f"{REGISTRATION}{rest}", body, **headers)


def test_a_webhook_is_registered_tested_and_told(
    grave: Script, cast: Cast, listener: Listener
) -> None:
    assert told(ask(grave, "GET"), 404)["code"] == 1_000
    body = {
        "WebhookUrl": f"{listener.url}/hook",
        "WebhookEvents": ["subscription-updated", "user.blocked"],
    }
    made = told(ask(grave, "POST", "", body, MS_RequestId="1"))
    assert {"user.blocked", "subscription.seats"} <= set(made["webhookEvents"])
    assert told(ask(grave, "POST", "", body), 409)["refusal"] == "webhook-name-taken"
    assert "secret" not in told(ask(grave, "POST", "", body, MS_RequestId="1"))
    assert made["secret"] not in RememberedCall.objects.get().sealed_answer
    correlation = told(ask(grave, "POST", "/validationEvents"))["correlationId"]
    assert told(ask(grave, "GET", f"/validationEvents/{correlation}"))["status"] == "pending"
    webhook = Webhook.objects.get()
    deliver_webhooks(webhook.pk)
    came = told(ask(grave, "GET", f"/validationEvents/{correlation}"))
    assert (came["status"], came["results"][0]["responseCode"]) == ("completed", "200")
    told(grave("POST", f"{at(cast.contoso)}/users/{of(cast.uma)}/block"))
    follow_for_webhooks()
    deliver_webhooks(webhook.pk)
    asked = listener.asked[-1]
    Verifier(made["secret"]).verify(asked.body, dict(asked.headers))
    event = json.loads(asked.body)
    assert event["type"] == "user.blocked"
    assert "Uma" not in asked.body.decode()
    rows = grave.get(f"/webhooks/{made['subscriberId']}/deliveries")["items"]
    assert [row["type"] for row in rows] == ["user.blocked", "webhook.test"]
    assert grave.get("/webhooks")["items"][0]["id"] == made["subscriberId"]


def test_a_registration_is_changed_and_removed(grave: Script, cast: Cast) -> None:
    body = {"webhookUrl": "https://hooks.example/a", "webhookEvents": ["user.added"]}
    made = told(ask(grave, "POST", "", body))
    changed = told(ask(grave, "PUT", "", {**body, "webhookUrl": "https://hooks.example/b"}))
    assert changed["webhookUrl"].endswith("/b")
    assert told(grave("POST", f"/webhooks/{made['subscriberId']}/resend"))["count"] == 0
    stranger = script_of(cast.charlie, grave=True)
    assert told(stranger("DELETE", f"/webhooks/{made['subscriberId']}"), 404)["code"] == 1_000
    assert grave("DELETE", f"/webhooks/{made['subscriberId']}").status_code == 204
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"webhookUrl": "http://10.0.0.1/", "webhookEvents": ["user.added"]},
        {"webhookUrl": "https://hooks.example/", "webhookEvents": ["user.danced"]},
    ],
)
def test_what_is_wrong_is_told(grave: Script, cast: Cast, body: dict[str, object]) -> None:
    assert told(ask(grave, "POST", "", body), 400)["code"] == 3_000
    assert not Webhook.objects.exists()


def test_events_have_the_names_that_clients_know(grave: Script) -> None:
    events = told(ask(grave, "GET", "/events"))
    assert {"subscription-updated", "test-created", "user-added"} <= set(events)


def test_audit_records_are_where_clients_ask_for_them_too(grave: Script, cast: Cast) -> None:
    told(grave("POST", f"{at(cast.contoso)}/users/{of(cast.uma)}/block"))
    there = told(grave.at("GET", "/auditactivity/v1/auditrecords"))
    assert there["totalCount"] == grave.get("/auditrecords")["totalCount"] == 1
    own = told(grave.at("GET", f"/auditactivity/v1/auditrecords/{there['items'][0]['id']}"))
    assert own["operationType"] == "update_customer_user"
