"""Some accounts at the same time, and never more than a host is to be asked for."""

import json
import threading
from dataclasses import dataclass, field

import pytest
from django.utils import timezone

from applications.models import Provision, Provisioning, ProvisionState
from applications.services.provisioning.asking import LANES
from tests.applications.listener import Asked, Listener, Reply
from tests.factories import UserFactory
from tests.patience import PATIENCE
from tests.support.cast import Cast

from .runs import provisioned, run, wake

JSON = {"Content-Type": "application/scim+json"}
INVALID = b'{"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "scimType": "invalidPath"}'


@dataclass
class Together:
    """A server where the second account to be made waits until as many are asked for as may be."""

    wait: bool = True
    # Of those that came while others did: what is answered to the third.
    third: Reply | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    barrier: threading.Barrier = field(
        default_factory=lambda: threading.Barrier(LANES, timeout=PATIENCE)
    )
    posts: int = 0
    now: int = 0
    most: int = 0
    # How many were asked for at the time of each.
    beside: list[int] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Reply:
        if asked.method != "POST":
            return Reply(200, b'{"totalResults": 0}', JSON)
        with self.lock:
            self.posts += 1
            self.now += 1
            number = self.posts
            self.most = max(self.most, self.now)
            self.beside.append(self.now)
        if self.wait and 2 <= number <= LANES + 1:
            self.barrier.wait()
        with self.lock:
            self.now -= 1
        if number == 3 and self.third:
            return self.third
        return Reply(201, json.dumps({"id": str(number)}).encode(), JSON)


def test_some_are_asked_for_at_the_same_time_once_somebody_is_known_to_be_there(
    cast: Cast, listener: Listener
) -> None:
    UserFactory.create_batch(30, customer=cast.contoso)
    application = provisioned(cast, f"{listener.url}/scim")
    listener.answer = server = Together()
    assert run(application) == 32
    assert (server.beside[0], server.most) == (1, LANES)
    assert Provision.objects.filter(state=ProvisionState.DONE).count() == 32
    ids = Provision.objects.values_list("external_id", flat=True)
    assert sorted(map(int, ids)) == list(range(1, 33))


def test_few_are_not_worth_more_than_one_connection(cast: Cast, listener: Listener) -> None:
    UserFactory.create_batch(3, customer=cast.contoso)
    application = provisioned(cast, f"{listener.url}/scim")
    listener.answer = server = Together(wait=False)
    assert run(application) == 5
    assert server.most == 1


def test_one_that_asks_to_wait_is_asked_nothing_more_and_then_one_by_one(
    cast: Cast, listener: Listener
) -> None:
    UserFactory.create_batch(30, customer=cast.contoso)
    application = provisioned(cast, f"{listener.url}/scim")
    listener.answer = server = Together(third=Reply(429, b"", {"Retry-After": "77"}))
    # What was on its way at the time was made, and is written down.
    assert run(application) == LANES
    assert server.posts == LANES + 1
    assert Provision.objects.filter(state=ProvisionState.DONE).count() == LANES
    until = Provisioning.objects.get(application=application).rests_until
    assert until is not None
    assert 70 < (until - timezone.now()).total_seconds() < 80
    wake(application)
    listener.answer = afterwards = Together(wait=False)
    assert run(application) == 32 - LANES
    assert afterwards.most == 1


def test_what_one_connection_has_found_out_all_others_know(cast: Cast, listener: Listener) -> None:
    """A server without a place for names refuses them once, and is not told of them again."""
    UserFactory.create_batch(30, customer=cast.contoso)
    application = provisioned(cast, f"{listener.url}/scim")
    listener.answer = Together()
    run(application)
    Provision.objects.update(sent="older", state=ProvisionState.WAITING)
    listener.asked.clear()

    def refuse_names(asked: Asked) -> Reply:
        paths = {one["path"] for one in json.loads(asked.body)["Operations"]}
        return Reply(400, INVALID, JSON) if "name" in paths else Reply(204)

    listener.answer = refuse_names
    assert run(application) == 32
    refused = [asked for asked in listener.asked if b'"name"' in asked.body]
    # All of it, and then by itself.
    assert len(refused) == 2


@pytest.mark.parametrize("lost", ["connection", "answer"])
def test_an_application_that_goes_away_in_the_midst_is_left_alone(
    cast: Cast, listener: Listener, lost: str
) -> None:
    UserFactory.create_batch(30, customer=cast.contoso)
    application = provisioned(cast, f"{listener.url}/scim")
    whole = Together(wait=False)

    def go_away(asked: Asked) -> Reply:
        if whole.posts >= 9:
            if lost == "connection":
                raise ConnectionResetError
            return Reply(503)
        return whole(asked)

    listener.answer = go_away
    done = run(application)
    assert done == Provision.objects.filter(state=ProvisionState.DONE).count()
    assert 9 - LANES <= done <= 9 + LANES
    assert not Provision.objects.exclude(tries=0).exists(), "it is no account's fault"
    assert Provisioning.objects.get(application=application).rests_until is not None
