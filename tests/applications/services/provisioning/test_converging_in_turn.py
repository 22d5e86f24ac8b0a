"""Applications of one host take turns, and no account is in the hands of two workers."""

import base64
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.db import connections
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from applications.egress.client import WHOLE
from applications.models import Application, Provision, Provisioning, ProvisionState
from applications.scim import Target
from applications.services.provisioning import asking, converging
from applications.services.provisioning.asking import LONGEST
from applications.services.provisioning.converging import (
    LEASE,
    SAID_EVERY,
    deliver_accounts,
    requeue_accounts,
)
from applications.services.provisioning.wanting import follow_for_provisioning, reckon
from applications.services.queue import send_accounts
from customers.models import Customer
from tests.accounts.verbs import delete
from tests.applications.scim_server import ScimServer
from tests.factories import ApplicationFactory, ProvisioningFactory, UserFactory
from tests.support.cast import Cast

from .runs import row_of


def keeping(customer: Customer, scim: ScimServer, *, users: int) -> Application:
    """An application of the customer's partner, which keeps accounts for so many users."""
    UserFactory.create_batch(users - customer.users.count(), customer=customer)
    application = ApplicationFactory.create(partner=customer.partner, only=[customer])
    ProvisioningFactory.create(application=application, address=scim.address)
    assert reckon(application) == users
    return application


def work(queue: redis.Redis) -> None:
    """What one worker does, until nobody is sent for any more."""
    take: Callable[[str], Any] = queue.rpop
    while message := take("celery"):
        [application], *_more = json.loads(base64.b64decode(json.loads(message)["body"]))
        deliver_accounts(application)


def served() -> list[int]:
    """Of which application each account is, in the order in which they were made."""
    done = Provision.objects.filter(state=ProvisionState.DONE).order_by("done_at")
    return list(done.values_list("application", flat=True))


def test_applications_of_one_host_take_turns_however_much_each_has_to_do(
    cast: Cast, scim: ScimServer, queue: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(converging, "TURN", 0.0)
    many = keeping(cast.contoso, scim, users=6)
    few = keeping(cast.adatum, scim, users=2)
    one = keeping(cast.northwind, scim, users=1)
    queue.delete("celery")
    # Of the one that asks again and again nothing more is done for that.
    assert requeue_accounts() == 1
    for _time in range(3):
        send_accounts(many.pk)
    work(queue)
    assert served() == [row.pk for row in (many, few, one, many, few, many, many, many, many)]
    assert len(scim.accounts()) == 9
    assert requeue_accounts() == 0


def test_an_application_that_was_served_waits_for_those_that_were_not(
    cast: Cast,
    scim: ScimServer,
    queue: redis.Redis,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """And sends for them, in case that what was sent for them is lost."""
    first = keeping(cast.contoso, scim, users=2)
    assert deliver_accounts(first.pk) == 2
    second = keeping(cast.adatum, scim, users=1)
    queue.delete("celery")
    reckon(first)
    with django_capture_on_commit_callbacks(execute=True):
        assert deliver_accounts(first.pk) == 0
    assert queue.llen("celery") == 1
    work(queue)
    assert served().count(second.pk) == 1
    assert not Provision.objects.due(timezone.now()).exists()


def test_one_that_rests_gives_its_turn_away(
    cast: Cast, scim: ScimServer, queue: redis.Redis
) -> None:
    resting, other = (
        keeping(customer, scim, users=1) for customer in (cast.northwind, cast.adatum)
    )
    scim.before = lambda _asked: ("429 Too Many Requests", []) if len(scim.asked) == 1 else None
    queue.delete("celery")
    send_accounts(resting.pk)
    work(queue)
    assert served() == [other.pk]
    # Until it is awake again nobody waits for it.
    reckon(other)
    assert deliver_accounts(other.pk) == 1


def test_one_that_asks_to_wait_for_no_time_keeps_no_worker_busy(
    cast: Cast, scim: ScimServer, wiki: Application, queue: redis.Redis
) -> None:
    scim.before = lambda _asked: ("429 Too Many Requests", [("Retry-After", "0")])
    reckon(wiki)
    queue.delete("celery")
    assert deliver_accounts(wiki.pk) == 0
    assert queue.llen("celery") == 0


def test_the_account_that_is_in_everybodys_way_comes_last_the_next_time(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    posts: list[str] = []

    def hang_over_the_first(asked: str) -> Any:
        posts.extend([asked] * asked.startswith("POST"))
        return ("502 Bad Gateway", []) if len(posts) == 1 and posts[0] == asked else None

    scim.before = hang_over_the_first
    reckon(wiki)
    first, second = Provision.objects.order_by("pk")
    assert deliver_accounts(wiki.pk) == 0
    assert list(Provision.objects.order_by("due_at")) == [second, first]
    Provisioning.objects.update(rests_until=None)
    scim.before = lambda _asked: None
    assert deliver_accounts(wiki.pk) == 2


def test_of_two_with_one_name_the_second_does_not_get_the_account_of_the_first(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    """Made, it was, and the answer lost; then its user was deleted, and another one came."""
    reckon(wiki)
    made = scim.add(cast.uma.user_name, externalId=str(cast.uma.uuid), active=True)
    delete(cast, cast.uma)
    again = UserFactory.create(customer=cast.contoso, domain=cast.uma.domain, local_part="uma")
    follow_for_provisioning()
    reckon(wiki)
    deliver_accounts(wiki.pk)
    assert [row.user_id for row in Provision.objects.filter(external_id=made)] == [cast.uma.pk]
    assert scim.accounts()[cast.uma.user_name]["active"] is False
    found = row_of(wiki, again).reason
    assert found == "The account with this user name belongs to another user."


def test_what_was_done_before_an_error_of_ours_is_known(
    cast: Cast, scim: ScimServer, wiki: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    create, told = Target.create, []

    def fail_at_the_second(target: Target, *args: Any) -> Any:
        told.append(args)
        if len(told) == 2:
            raise RuntimeError
        return create(target, *args)

    monkeypatch.setattr(Target, "create", fail_at_the_second)
    reckon(wiki)
    with pytest.raises(RuntimeError):
        deliver_accounts(wiki.pk)
    assert len(served()) == 1
    assert Provisioning.objects.get(application=wiki).claimed_at is None


def test_an_account_takes_less_time_than_the_lease() -> None:
    assert LEASE.total_seconds() - 30 > SAID_EVERY + LONGEST + WHOLE


def test_an_account_that_takes_too_long_is_put_off(
    cast: Cast, scim: ScimServer, wiki: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer comes in time, and all of them together don't."""
    monkeypatch.setattr(asking, "LONGEST", 0.1)

    def answer_late(_asked: str) -> None:
        time.sleep(0.15)

    scim.after = answer_late
    reckon(wiki)
    assert deliver_accounts(wiki.pk) == 0
    assert scim.asked == ["GET /Users"] * 2
    row = row_of(wiki, cast.uma)
    assert (row.state, row.tries) == (ProvisionState.WAITING, 1)
    assert row.reason == "The application takes too long over one account."


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_taken_for_dead_stops_and_leaves_the_host_to_the_next_one(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    reckon(wiki)
    later: list[Provisioning | None] = []

    def take_over(_asked: str) -> None:
        """In the server's thread, as another worker two minutes later."""
        if not later:
            Provisioning.objects.update(claimed_at=timezone.now() - LEASE - timedelta(seconds=1))
            later.append(converging.claim(wiki.pk))
            connections.close_all()

    scim.after = take_over
    assert deliver_accounts(wiki.pk) == 1
    assert later[0] is not None
    assert Provisioning.objects.get().claimed_at == later[0].claimed_at
    converging.release(later[0])
    assert Provisioning.objects.get().claimed_at is None
