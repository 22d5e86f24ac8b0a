"""Webhooks are looked after by their partner's account admins, and nothing of them is in the log
that would let somebody speak in their place.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User
from api.authentication import let_in
from api.models import DeliveryState, Webhook, WebhookDelivery
from api.services.webhook_secrets import signing_secrets, unseal_secret
from api.services.webhooks import (
    MOST,
    OVERLAP,
    TESTS,
    WebhookFacts,
    add_webhook,
    change_webhook,
    drop_old_secret,
    remove_webhook,
    resend,
    resend_failed,
    rotate_secret,
    send_test,
    switch_webhook,
)
from customers import scope
from customers.errors import Refused
from customers.models import AuditEvent
from customers.roles import Capability
from tests.api.hooks import states
from tests.api.tokens import token_of
from tests.factories import StaffFactory, WebhookDeliveryFactory, WebhookFactory
from tests.support.cast import Cast
from tests.support.log import log

ADDRESS = "https://hooks.example/catch/4711"
FACTS = WebhookFacts(name="Billing", address=ADDRESS, events=["users.*", "license.assigned"])

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code, caught.value.field


def added(cast: Cast, **facts: Any) -> Webhook:
    return add_webhook(replace(FACTS, **facts), actor=cast.alice).webhook


def test_a_webhook_is_added_with_a_secret_that_is_told_once(cast: Cast) -> None:
    made = add_webhook(FACTS, actor=cast.alice)
    webhook = Webhook.objects.get()
    assert (webhook.partner, webhook.made_by, webhook.is_on) == (cast.fabrikam, cast.alice, True)
    assert (webhook.address, webhook.host) == (ADDRESS, "hooks.example:443")
    assert webhook.events == ["users.*", "license.assigned"]
    assert (webhook.all_customers, webhook.with_team) == (True, True)
    assert made.secret.startswith("whsec_")
    assert signing_secrets(webhook) == [made.secret]
    assert made.secret not in str(Webhook.objects.values().get()) + repr(made)
    # What was before is not told to it.
    assert webhook.since_event == AuditEvent.objects.latest("pk").pk


def test_the_log_has_neither_the_secret_nor_where_it_leads_in_full(cast: Cast) -> None:
    made = add_webhook(FACTS, actor=cast.alice)
    webhook = made.webhook
    change_webhook(webhook, replace(FACTS, address=f"{ADDRESS}-new"), actor=cast.alice)
    change_webhook(
        webhook, replace(FACTS, name="Bills", customers=[cast.contoso]), actor=cast.alice
    )
    new = rotate_secret(webhook, actor=cast.alice)
    assert [(line.action, line.changes) for line in log()] == [
        (
            "webhook.added",
            {
                "name": "Billing",
                "address": "https://hooks.example",
                "events": "users.*, license.assigned",
                "customers": "all",
            },
        ),
        ("webhook.changed", {"path": ["", "renewed"]}),
        (
            "webhook.changed",
            {
                "name": ["Billing", "Bills"],
                "customers": ["all", "Contoso"],
                "path": ["", "renewed"],
            },
        ),
        ("webhook.changed", {"secret": ["", "renewed"]}),
    ]
    said = str([line.changes for line in log()])
    assert "4711" not in said
    assert made.secret not in said
    assert new not in said
    assert {event.customer for event in AuditEvent.objects.all()} == {None}


def test_what_no_webhook_can_be_is_refused_at_its_field(cast: Cast) -> None:
    wrong: dict[tuple[str, Any], tuple[str, str]] = {
        ("name", "  "): ("webhook-name-missing", "name"),
        ("address", "http://hooks.example/"): ("address-not-encrypted", "address"),
        ("address", "https://localhost/"): ("address-not-public", "address"),
        ("address", "https://10.0.0.1/"): ("address-not-public", "address"),
        ("address", "https://me:it@hooks.example/"): ("address-unreadable", "address"),
        ("events", ()): ("webhook-events-missing", "events"),
        ("events", ("user.added", "user.dreamed")): ("webhook-events-missing", "events"),
        ("customers", ()): ("no-customer-chosen", "customers"),
        ("customers", (cast.adatum,)): ("customer-not-yours", "customers"),
    }
    for (name, value), told in wrong.items():
        changed = replace(FACTS, **{name: value})
        assert refused(lambda: add_webhook(changed, actor=cast.alice)) == told  # noqa: B023
    assert not Webhook.objects.exists()


def test_a_name_is_had_once_and_there_are_not_too_many(cast: Cast) -> None:
    webhook = added(cast)
    code = "webhook-name-taken"
    assert refused(lambda: added(cast, name="BILLING")) == (code, "name")
    other = added(cast, name="Other")
    assert refused(lambda: change_webhook(other, FACTS, actor=cast.alice)) == (code, "name")
    assert add_webhook(FACTS, actor=cast.charlie).webhook.name == webhook.name
    WebhookFactory.create_batch(MOST - 2, partner=cast.fabrikam)
    assert refused(lambda: added(cast, name="One more"))[0] == "webhooks-too-many"


def test_two_who_edit_at_once_do_not_overwrite_each_other(cast: Cast) -> None:
    webhook = added(cast)
    seen = webhook.version
    facts = replace(FACTS, name="Bills")
    assert change_webhook(webhook, facts, actor=cast.alice, seen=seen).keys() == {"name"}
    again = replace(FACTS, name="Invoices")
    assert refused(lambda: change_webhook(webhook, again, actor=cast.alice, seen=seen)) == (
        "webhook-changed",
        "",
    )
    assert Webhook.objects.get().name == "Bills"


def test_a_group_that_is_chosen_whole_holds_its_events(cast: Cast) -> None:
    webhook = added(cast, events=["user.added", "users.*", "license.revoked", "license.assigned"])
    assert webhook.events == ["users.*", "license.assigned", "license.revoked"]


def test_what_waits_for_a_customer_that_was_taken_from_it_is_never_sent(cast: Cast) -> None:
    webhook = added(cast)
    kept, gone, team = (
        WebhookDeliveryFactory.create(webhook=webhook, customer=customer)
        for customer in (cast.contoso, cast.northwind, None)
    )
    change_webhook(webhook, replace(FACTS, customers=[cast.contoso]), actor=cast.alice)
    assert states([kept, gone, team]) == ["waiting", "failed", "failed"]
    assert refused(lambda: resend(gone, actor=cast.alice))[0] == "webhook-not-for-customer"
    assert resend_failed(webhook, actor=cast.alice) == 0


def test_two_secrets_sign_until_the_old_one_is_taken_away_or_a_day_has_passed(cast: Cast) -> None:
    made = add_webhook(FACTS, actor=cast.alice)
    webhook = made.webhook

    def signing() -> list[str]:
        return signing_secrets(Webhook.objects.get())

    second = rotate_secret(webhook, actor=cast.alice)
    assert signing() == [second, made.secret]
    until = Webhook.objects.get().old_secret_until
    assert until is not None
    assert timedelta(0) <= timezone.now() + OVERLAP - until < timedelta(minutes=1)
    # A third would leave the receiver without the one that it has.
    assert refused(lambda: rotate_secret(webhook, actor=cast.alice))[0] == "webhook-secrets-two"
    assert drop_old_secret(webhook, actor=cast.alice)
    assert not drop_old_secret(webhook, actor=cast.alice)
    assert signing() == [second]
    third = rotate_secret(webhook, actor=cast.alice)
    Webhook.objects.update(old_secret_until=timezone.now())
    assert signing() == [third]
    assert len({made.secret, second, third}) == 3
    assert unseal_secret("nonsense") == ""


def test_one_that_is_off_is_told_nothing_and_begins_anew(cast: Cast) -> None:
    webhook = added(cast)
    waiting = WebhookDeliveryFactory.create(webhook=webhook, customer=cast.contoso)
    assert switch_webhook(webhook, on=False, actor=cast.alice)
    assert not switch_webhook(webhook, on=False, actor=cast.alice)
    assert states([waiting]) == ["failed"]
    assert refused(lambda: send_test(webhook, actor=cast.alice)) == ("webhook-off", "")
    assert refused(lambda: resend(waiting, actor=cast.alice)) == ("webhook-off", "")
    assert refused(lambda: resend_failed(webhook, actor=cast.alice)) == ("webhook-off", "")
    now = timezone.now()
    Webhook.objects.update(
        problem="Gone.", problem_said=None, failing_since=now, tries=7, rests_until=now
    )
    assert switch_webhook(webhook, on=True, actor=cast.alice)
    fresh = Webhook.objects.get()
    assert (fresh.problem, fresh.failing_since, fresh.tries, fresh.rests_until) == (
        "",
        None,
        0,
        None,
    )
    assert fresh.since_event == AuditEvent.objects.latest("pk").pk
    assert [line.changes for line in log()[1:]] == [
        {"is_on": [True, False]},
        {"is_on": [False, True]},
    ]
    assert resend_failed(webhook, actor=cast.alice) == 1
    assert states([waiting]) == ["waiting"]


def test_one_or_all_that_failed_are_sent_again_as_the_same_message(cast: Cast) -> None:
    webhook = added(cast)
    settled = {"webhook": webhook, "customer": cast.contoso, "settled_at": timezone.now()}
    done = WebhookDeliveryFactory.create(state=DeliveryState.DELIVERED, tries=1, **settled)
    failed = WebhookDeliveryFactory.create_batch(3, state=DeliveryState.FAILED, tries=11, **settled)
    assert resend(done, actor=cast.alice)
    assert not resend(done, actor=cast.alice)
    assert states([done, *failed]) == ["waiting", "failed", "failed", "failed"]
    assert resend_failed(webhook, actor=cast.alice) == 3
    again = WebhookDelivery.objects.get(pk=failed[0].pk)
    assert (again.state, again.tries, again.settled_at) == ("waiting", 0, None)
    assert (again.message_id, again.body) == (failed[0].message_id, failed[0].body)


def test_so_many_tests_are_sent_in_a_minute_and_no_more(cast: Cast) -> None:
    webhook = added(cast)
    for _time in range(TESTS):
        assert send_test(webhook, actor=cast.alice).kind == "webhook.test"
    assert refused(lambda: send_test(webhook, actor=cast.alice))[0] == "webhook-tests-too-many"


def test_a_webhook_is_removed_with_its_deliveries(cast: Cast) -> None:
    webhook = added(cast, customers=[cast.contoso])
    WebhookDeliveryFactory.create(webhook=webhook, customer=cast.contoso)
    remove_webhook(webhook, actor=cast.alice)
    assert (Webhook.objects.count(), WebhookDelivery.objects.count()) == (0, 0)
    assert log()[-1].action == "webhook.removed"
    assert refused(lambda: remove_webhook(webhook, actor=cast.alice))[0] == "webhook-gone"


def test_what_a_token_adds_is_not_told_of_the_team(cast: Cast) -> None:
    """A token never sees the team in the log, and nothing is sent that it could not see."""
    made = token_of(cast.alice, Capability.MANAGE_APPLICATIONS)
    request = RequestFactory().get("/v1/", headers={"Authorization": f"Bearer {made.text}"})
    with scope.within(scope.NOBODY):
        webhook = add_webhook(FACTS, actor=let_in(request).user).webhook
    assert (webhook.all_customers, webhook.with_team) == (True, False)
    # An account admin who saves it on the page has it told of the team as well.
    change_webhook(webhook, FACTS, actor=cast.alice)
    assert Webhook.objects.get().with_team


def test_others_may_do_nothing_to_it(cast: Cast) -> None:
    webhook = added(cast)
    delivery = WebhookDeliveryFactory.create(webhook=webhook, state=DeliveryState.FAILED)
    limited = StaffFactory.create(partner=cast.fabrikam, roles=cast.alice.roles)
    User.objects.filter(pk=limited.pk).update(limited_to_customers=True)
    for actor, code in (
        (cast.charlie, "webhook-of-others"),
        (cast.bob, "role-lacks-it"),
        (cast.gail, "role-lacks-it"),
        (limited, "role-lacks-it"),
    ):
        for act in (
            lambda by: change_webhook(webhook, FACTS, actor=by),
            lambda by: rotate_secret(webhook, actor=by),
            lambda by: drop_old_secret(webhook, actor=by),
            lambda by: switch_webhook(webhook, on=False, actor=by),
            lambda by: remove_webhook(webhook, actor=by),
            lambda by: send_test(webhook, actor=by),
            lambda by: resend(delivery, actor=by),
            lambda by: resend_failed(webhook, actor=by),
        ):
            assert refused(lambda: act(actor))[0] == code  # noqa: B023
    assert refused(lambda: add_webhook(FACTS, actor=cast.bob))[0] == "role-lacks-it"
    assert refused(lambda: add_webhook(FACTS, actor=cast.support))[0] == "staff-only"
    assert add_webhook(FACTS, actor=cast.support, partner=cast.litware).webhook.with_team
