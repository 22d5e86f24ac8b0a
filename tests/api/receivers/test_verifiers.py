"""Receivers by others take our messages, and refuse what is not ours: Node's and Python's."""

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.services.users import block_users
from api.models import Webhook
from api.services.webhook_delivery import deliver_webhooks
from api.services.webhook_following import follow_for_webhooks
from api.services.webhook_secrets import headers_for, new_secret
from api.services.webhooks import drop_old_secret, rotate_secret
from tests.api.clients.programs import client_python
from tests.api.hooks import webhook_at
from tests.applications.clients.npm import NODE, with_packages
from tests.applications.listener import Listener
from tests.factories.webhooks import SECRET
from tests.support.cast import Cast

pytestmark = pytest.mark.slow

HERE = Path(__file__).resolve().parent
Sent = Mapping[str, Any]
Verify = Callable[[Sequence[Sent]], list[dict[str, Any]]]


def _command(name: str) -> list[str]:
    if name == "standardwebhooks of npm":
        return [str(NODE), str(with_packages(HERE) / "verify.mjs")]
    return [str(client_python()), "-I", str(HERE / "verify.py")]


@pytest.fixture(params=["standardwebhooks of npm", "svix of PyPI"])
def verify(request: pytest.FixtureRequest) -> Verify:
    command = _command(request.param)

    def run(sent: Sequence[Sent]) -> list[dict[str, Any]]:
        text = "".join(f"{json.dumps(one)}\n" for one in sent)
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run


def test_a_receiver_takes_what_was_sent_and_refuses_what_was_changed(
    cast: Cast, listener: Listener, verify: Verify
) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    follow_for_webhooks()
    deliver_webhooks(webhook.pk)
    [asked] = listener.asked
    headers = {name.lower(): value for name, value in asked.headers.items()}
    body = asked.body.decode()
    sent = {"secret": SECRET, "body": body, "headers": headers}
    old = timezone.now() - timedelta(minutes=10)
    stale = headers_for(headers["webhook-id"], body, [SECRET], now=old)
    ours, changed, another, of_another_id, replayed, unsigned = verify(
        [
            sent,
            {**sent, "body": body.replace("blocked", "allowed")},
            {**sent, "secret": new_secret()},
            {**sent, "headers": {**headers, "webhook-id": "msg_of_another"}},
            {**sent, "headers": stale},
            {**sent, "headers": {**headers, "webhook-signature": "v1,bm90aGluZw=="}},
        ]
    )
    assert ours["message"] == json.loads(asked.body)
    assert ours["message"]["data"]["resourceId"] == str(cast.uma.uuid)
    for refused in (changed, another, of_another_id, unsigned):
        assert refused["refused"] == "No matching signature found"
    assert replayed["refused"] == "Message timestamp too old"


def test_a_receiver_takes_messages_by_either_secret_while_one_is_replaced(
    cast: Cast, listener: Listener, verify: Verify
) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    new = rotate_secret(webhook, actor=cast.alice)

    def taken_by() -> list[bool]:
        block_users([cast.uma, cast.gail], customer=cast.contoso, actor=cast.alice)
        follow_for_webhooks()
        deliver_webhooks(webhook.pk)
        asked = listener.asked[-1]
        headers = {name.lower(): value for name, value in asked.headers.items()}
        sent = {"body": asked.body.decode(), "headers": headers}
        told = verify([{**sent, "secret": secret} for secret in (SECRET, new, new_secret())])
        return ["message" in one for one in told]

    assert taken_by() == [True, True, False]
    drop_old_secret(Webhook.objects.get(), actor=cast.alice)
    assert taken_by() == [False, True, False]
