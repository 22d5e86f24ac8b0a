"""The database goes down in the middle of an upload: the worker stays, and it is done once.

At random moments, 20 rounds in `make torture`, which prints counts.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connection

from accounts.invariants import violations
from accounts.tasks import run_batch
from licensing.models import LicenseAssignment
from tests.factories import ProductFactory, SubscriptionFactory
from tests.races.test_kills import Yard
from tests.settings import PROCESS, RUN_DIR
from tests.support.cast import Cast, make_cast
from tests.support.postgres import (
    Postgres,
    application_url,
    checkout_folder,
    migrated_template,
    with_database,
)
from tests.support.servers import Valkey
from tests.uploads.test_kills import (
    LONGEST,
    PEOPLE,
    ROUNDS,
    added,
    confirm,
    outcomes,
    received,
    wait_until_over,
)
from uploads.models import Upload, UploadState
from uploads.tasks import check_upload

__all__ = ["outcomes"]

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.long]


@pytest.fixture
def server(transactional_db: None) -> Iterator[Postgres]:
    """A PostgreSQL of the test's own, as careful as in production; the ORM talks to it."""
    folder = checkout_folder()
    server = Postgres(folder.with_name(f"{folder.name}-{PROCESS}"), durable=True).start()
    before = dict(connection.settings_dict)
    connection.close()
    name = migrated_template(server.url)
    connection.settings_dict.update(HOST=str(server.sockets), NAME=name)
    yield server
    connection.close()
    connection.settings_dict.update(before)
    server.stop()
    server.remove()


@pytest.fixture
def yard(server: Postgres) -> Iterator[Yard]:
    valkey = Valkey(RUN_DIR / f"{PROCESS}-restart.sock").start()
    name = str(connection.settings_dict["NAME"])
    made = Yard(valkey, application_url(with_database(server.url, name)), [])
    yield made
    for worker in made.workers:
        worker.stop()
    valkey.stop()


def restart_at_a_random_moment(server: Postgres) -> None:
    time.sleep(random.uniform(0, LONGEST))
    server.restart()
    connection.close()


def test_the_database_restarts_while_an_upload_is_read_and_written(
    server: Postgres, yard: Yard, outcomes: Counter[str]
) -> None:
    cast: Cast = make_cast()
    mail = SubscriptionFactory.create(
        customer=cast.contoso, product=ProductFactory.create(name="Mail"), quantity=ROUNDS * PEOPLE
    )
    yard.worker()
    for number in range(ROUNDS):
        upload = _read_over_a_restart(server, yard, cast, number)
        outcomes["read later" if upload.state == UploadState.WAITING else "read before"] += 1
        wait_until_over(yard, upload, UploadState.CHECKED)
        batch = confirm(upload, cast)
        yard.send(run_batch, batch.pk)
        restart_at_a_random_moment(server)
        there = added(number)
        assert there in (0, PEOPLE)
        outcomes["written before" if there else "written later"] += 1
        wait_until_over(yard, upload, UploadState.DONE)
        assert (added(number), batch.items.count()) == (PEOPLE, PEOPLE)
        live = LicenseAssignment.objects.live().filter(subscription=mail)
        assert live.count() == (number + 1) * PEOPLE
    assert violations() == []


def _read_over_a_restart(server: Postgres, yard: Yard, cast: Cast, number: int) -> Upload:
    upload = received(cast, number)
    yard.send(check_upload, upload.pk)
    restart_at_a_random_moment(server)
    upload.refresh_from_db()
    return upload
