"""SQLite has one writer, for whom all others wait: no phase of a file keeps another's Save long."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from accounts.invariants import violations
from accounts.models import User
from accounts.services.queue import nobody_sent
from accounts.services.running import run_batch
from accounts.services.undo import undo_batch
from accounts.services.users import change_user
from customers.models import Batch
from customers.services.batches import new_key
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.patience import PATIENCE
from tests.support.cast import Cast
from tests.uploads.uploading import csv
from uploads.models import Upload
from uploads.services import (
    Existing,
    Options,
    Short,
    check_upload,
    choose_options,
    confirm_upload,
    fingerprint,
    receive_upload,
)

# More than an undo does at once.
PEOPLE = 5_000 if "TORTURE_SECONDS" in os.environ else 1_100
# Seconds of a processor's time, which other programs on the machine hardly make longer.
LONGEST = 3.0
# Rows are checked beforehand, and only written while the writer is held: that is about a third of
# the time of both, which a busy machine makes longer alike.
LONGEST_SHARE_OF_CHECK = 0.6


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    with nobody_sent():
        yield


class Writer:
    """For how long a transaction holds the writer at most, in seconds of its thread's processor."""

    def __init__(self) -> None:
        self.begun = 0.0
        self.longest = 0.0

    def __call__(self, execute: Any, sql: str, params: Any, *rest: Any) -> Any:
        done = execute(sql, params, *rest)
        if sql.startswith("BEGIN"):
            self.begun = time.thread_time()
        elif connection.in_atomic_block:
            self.longest = max(self.longest, time.thread_time() - self.begun)
        return done


@dataclass
class Phase:
    """What a phase took, and how long it held the writer at most; and how long a Save waited."""

    name: str
    whole: float
    held: float
    waited: float = 0.0

    @property
    def limit(self) -> float:
        return LONGEST_SHARE_OF_CHECK * self.whole if "check" in self.name else LONGEST


@contextmanager
def somebody_saves(cast: Cast) -> Iterator[list[float]]:
    """Another partner's user changes one of theirs again and again; yield each one's wait."""
    user = User.objects.get(customer=cast.adatum)
    over, waits = threading.Event(), list[float]()

    def save() -> None:
        try:
            while not (waits and over.is_set()):
                begun = time.monotonic()
                city = {"city": f"City {len(waits)}"}
                change_user(user, customer=cast.adatum, actor=cast.charlie, fields=city)
                waits.append(time.monotonic() - begun)
                over.wait(0.02)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        saving = pool.submit(save)
        try:
            yield waits
        finally:
            over.set()
            saving.result(PATIENCE)


def rows(city: str) -> list[list[str]]:
    return [
        [f"n{number}@contoso.example", f"Ännö {number}", "Straße", city, "Mail"]
        for number in range(PEOPLE)
    ]


def received(cast: Cast, city: str) -> Upload:
    headings = ["User Name", "First Name", "Last Name", "City", "Subscriptions"]
    return receive_upload(
        ContentFile(csv([headings, *rows(city)]), "people.csv"),
        Options(),
        customer=cast.contoso,
        actor=cast.alice,
        key=new_key(),
    )


def confirm(upload: Upload, cast: Cast) -> Batch:
    upload.refresh_from_db()
    return confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=cast.alice)


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
@pytest.mark.torture
def test_another_users_save_waits_for_no_phase_of_a_file(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    UserFactory.create(customer=cast.adatum)
    product = ProductFactory.create(name="Mail")
    SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=PEOPLE)
    phases: list[Phase] = []

    def phase(name: str, act: Callable[[], Any]) -> Any:
        writer = Writer()
        with somebody_saves(cast) as waits, connection.execute_wrapper(writer):
            begun = time.thread_time()
            done = act()
            phases.append(Phase(name, time.thread_time() - begun, writer.longest))
        phases[-1].waited = max(waits)
        return done

    def undone(of: Batch, name: str) -> None:
        of.refresh_from_db()
        undo = phase(f"ask to {name}", lambda: undo_batch(of, actor=cast.alice))
        assert phase(name, lambda: run_batch(undo.pk))

    def added(city: str) -> Batch:
        upload = phase("receive", lambda: received(cast, city))
        assert phase("check", lambda: check_upload(upload.pk))
        batch: Batch = phase("confirm", lambda: confirm(upload, cast))
        assert phase("add", lambda: run_batch(batch.pk))
        assert User.objects.filter(city=city).count() == PEOPLE
        return batch

    undone(added("Ulm"), "undo the addition")
    added("Bonn")
    upload = phase("receive again", lambda: received(cast, "Kiel"))
    assert phase("check again", lambda: check_upload(upload.pk))
    existing = Existing(details=True)
    phase("choose", lambda: choose_options(upload, existing=existing, actor=cast.alice))
    assert phase("check what was chosen", lambda: check_upload(upload.pk))
    changes = phase("confirm changes", lambda: confirm(upload, cast))
    assert phase("change", lambda: run_batch(changes.pk))
    assert User.objects.filter(city="Kiel").count() == PEOPLE
    undone(changes, "undo the changes")
    assert User.objects.filter(city="Bonn").count() == PEOPLE
    assert violations() == []
    with capsys.disabled():
        print(f"\n{PEOPLE} rows on SQLite: seconds in all, of the writer, and of the longest Save")
        for each in phases:
            print(f"{each.name:24} {each.whole:6.2f} {each.held:6.2f} {each.waited:6.2f}")
    assert [each for each in phases if each.held > each.limit] == []
