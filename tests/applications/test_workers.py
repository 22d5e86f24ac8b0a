"""A real worker at a real server: told on commit, and killed in the midst."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from django.utils import timezone

from accounts.services.users import block_users
from applications.models import Logout, LogoutState, Provision, Provisioning, ProvisionState
from applications.services.logout_delivery import (
    CLAIM,
    GIVE_UP,
    deliver_logouts,
    requeue_logouts,
)
from applications.services.provisioning.converging import LEASE, deliver_accounts, requeue_accounts
from applications.services.provisioning.setting_up import switch_provisioning
from tests.applications.listener import Asked, Listener
from tests.applications.scim_server import ScimServer
from tests.factories import (
    ApplicationFactory,
    AppSessionFactory,
    ProvisioningFactory,
    UserFactory,
)
from tests.patience import wait_for
from tests.support.cast import Cast
from tests.support.servers import MailServer, Worker

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
MakeWorker = Callable[[str], Worker]
# In `make torture` each; a worker takes seconds to start.
KILLS = 20 if "TORTURE_SECONDS" in os.environ else 1


@pytest.fixture
def worker_for(
    database_url: str, valkey: str, mail_server: MailServer, tmp_path: Path
) -> Iterator[MakeWorker]:
    """Starts a worker that may connect to this origin."""
    made: list[Worker] = []

    def make(origin: str) -> Worker:
        log = tmp_path / f"worker-{len(made)}.log"
        worker = Worker(log, database=database_url, broker=valkey, mail=mail_server.url)
        worker.environment["EGRESS_ALLOW"] = origin
        made.append(worker)
        return worker.start()

    yield make
    for worker in made:
        worker.stop()


def test_a_block_is_told_without_waiting_for_beat(
    cast: Cast, listener: Listener, worker_for: MakeWorker
) -> None:
    application = ApplicationFactory.create(partner=cast.fabrikam, logout_uri=listener.url)
    AppSessionFactory.create(application=application, user=cast.uma)
    worker_for(listener.url)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    told = Logout.objects.filter(state=LogoutState.TOLD)
    wait_for(told.exists, "The application")
    assert [asked.method for asked in listener.asked] == ["POST"]


@pytest.mark.torture
def test_a_worker_that_is_killed_loses_nobody_and_makes_nobody_twice(
    cast: Cast, scim: ScimServer, worker_for: MakeWorker
) -> None:
    application = ApplicationFactory.create(partner=cast.fabrikam, only=[cast.contoso])
    ProvisioningFactory.create(application=application, address=scim.address, is_on=False)
    for _kill in range(KILLS):
        some = _made(scim) + 5
        UserFactory.create_batch(40, customer=cast.contoso)
        Provisioning.objects.update(is_on=False)
        worker = worker_for(scim.url)
        switch_provisioning(application, on=True, actor=cast.alice)
        wait_for(partial(_has_made, scim, some), "The first accounts")
        worker.kill()
        # What the dead worker held is free two minutes later.
        Provisioning.objects.update(claimed_at=timezone.now() - LEASE * 2)
        assert requeue_accounts() == 1
    while deliver_accounts(application.pk):
        pass
    names = set(cast.contoso.users.values_list("user_name", flat=True))
    assert scim.accounts().keys() == names
    # By its name and by its request: who is made twice is refused, or there twice.
    made = _made(scim)
    print(f" {KILLS} kills, {len(names)} accounts, {made} requests to make one", end="")
    assert len(names) <= made <= len(names) + KILLS
    assert set(Provision.objects.values_list("state", flat=True)) == {ProvisionState.DONE}
    kept = Provision.objects.values_list("external_id", flat=True)
    assert sorted(kept) == sorted(one["id"] for one in scim.accounts().values())


@pytest.mark.torture
def test_a_worker_that_is_killed_leaves_nobody_signed_in_and_repeats_nothing_that_it_wrote_down(
    cast: Cast, listener: Listener, worker_for: MakeWorker
) -> None:
    application = ApplicationFactory.create(partner=cast.fabrikam, logout_uri=listener.url)
    sids: set[str] = set()
    # What had been written down at each kill, and how much was asked by then.
    settled: list[tuple[int, set[str]]] = []
    held = 0
    for _kill in range(KILLS):
        users = UserFactory.create_batch(120, customer=cast.contoso)
        for user in users:
            sids.add(AppSessionFactory.create(application=application, user=user).sid)
        some = len(listener.asked) + 60
        worker = worker_for(listener.url)
        block_users(users, customer=cast.contoso, actor=cast.alice)
        wait_for(partial(_was_asked, listener, some), "The first sign-outs")
        worker.kill()
        told = Logout.objects.filter(state=LogoutState.TOLD).values_list("sid", flat=True)
        settled.append((len(listener.asked), set(told)))
        # What the dead worker held is free five minutes later.
        left = Logout.objects.filter(state=LogoutState.SENDING)
        held += left.update(claimed_at=timezone.now() - GIVE_UP * 2)
        requeue_logouts()
    while deliver_logouts(application.pk):
        pass
    heard = [_token_of(asked) for asked in listener.asked]
    assert {token["sid"] for token in heard} == sids
    assert not Logout.objects.exclude(state=LogoutState.TOLD).exists()
    repeated = len(heard) - len(sids)
    told_again = f"{repeated} of {held} claimed were told once more"
    print(f" {KILLS} kills, {len(sids)} sessions, {told_again}", end="")
    # What was on its way, or was not written down yet, is told with another token.
    # Where two tasks wait, each of the worker's threads has a claim of its own.
    assert repeated <= held <= KILLS * CLAIM * Worker.threads
    assert len({token["jti"] for token in heard}) == len(heard)
    for number, told_before in settled:
        assert told_before.isdisjoint(token["sid"] for token in heard[number:])


def _was_asked(listener: Listener, number: int) -> bool:
    return len(listener.asked) > number


def _token_of(asked: Asked) -> dict[str, Any]:
    [token] = parse_qs(asked.body.decode())["logout_token"]
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def _made(scim: ScimServer) -> int:
    """How many requests to make an account there were; a list of hundreds would keep it busy."""
    return scim.asked.count("POST /Users")


def _has_made(scim: ScimServer, number: int) -> bool:
    return _made(scim) > number
