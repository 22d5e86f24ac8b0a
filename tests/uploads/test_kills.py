"""An upload whose worker, queue or click is lost: in the end everybody is there once, or nobody.

Some rounds each, at random moments: 3 in `make test`, 20 in `make torture`, which prints counts.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
import redis
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.invariants import violations
from accounts.models import User
from accounts.tasks import requeue_batches, run_batch
from customers.errors import AlreadyDone
from customers.models import AuditEvent, Batch, BatchState
from customers.services.batches import new_key
from licensing.models import LicenseAssignment, Subscription
from tests.factories import ProductFactory, SubscriptionFactory
from tests.patience import wait_for
from tests.races.test_kills import Minutes, Yard, yard
from tests.support.cast import Cast
from tests.uploads.uploading import HEADINGS, csv
from uploads.models import Upload, UploadState
from uploads.services import (
    Options,
    Short,
    confirm_upload,
    fingerprint,
    receive_upload,
    stop_upload,
)
from uploads.services.rows import CHUNK
from uploads.tasks import check_upload, requeue_uploads

__all__ = ["yard"]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.torture,
]

# As many as a file may have on SQLite.
ROUNDS, PEOPLE = (20, 5_000) if "TORTURE_SECONDS" in os.environ else (3, 1_000)
# Within so many seconds a worker reads or writes so many people; later it has ended.
LONGEST = 0.2 + PEOPLE / 5_000


@pytest.fixture
def mail(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Mail")
    return SubscriptionFactory.create(
        customer=cast.contoso, product=product, quantity=ROUNDS * PEOPLE
    )


def received(cast: Cast, number: int, users: int = PEOPLE) -> Upload:
    names = [f"r{number}-{at}" for at in range(users)]
    rows = [[f"{name}@contoso.example", name, "X", "Mail"] for name in names]
    return receive_upload(
        ContentFile(csv([HEADINGS, *rows]), "people.csv"),
        Options(),
        customer=cast.contoso,
        actor=cast.alice,
        key=new_key(),
    )


def added(number: int) -> int:
    return User.objects.filter(user_name__startswith=f"r{number}-").count()


def state(upload: Upload) -> str:
    return Upload.objects.values_list("state", flat=True).get(pk=upload.pk)


def flush(yard: Yard) -> None:
    with redis.Redis.from_url(yard.valkey.url) as client:
        client.flushall()


def a_minute_later(yard: Yard) -> None:
    """Nothing was heard of it for so long that beat sends it again."""
    with redis.Redis.from_url(yard.valkey.url) as client:
        if told := yard.progress():
            client.delete(*told)
    ago = timezone.now() - timedelta(minutes=2)
    Upload.objects.filter(state=UploadState.WAITING).update(waiting_since=ago)
    Batch.objects.filter(state="waiting").update(created_at=ago)


def wait_until_over(yard: Yard, upload: Upload, over: str) -> None:
    """As beat does: the database may not have let go of the dead worker's locks before."""
    minute = Minutes()

    def is_over() -> bool:
        if state(upload) == over:
            return True
        if minute.is_over():
            a_minute_later(yard)
            yard.send(requeue_uploads)
            yard.send(requeue_batches)
        return False

    wait_for(is_over, f"The upload, {over}")


def read(yard: Yard, cast: Cast, number: int, users: int = PEOPLE) -> Upload:
    upload = received(cast, number, users)
    yard.send(check_upload, upload.pk)
    wait_until_over(yard, upload, UploadState.CHECKED)
    upload.refresh_from_db()
    return upload


def confirm(upload: Upload, cast: Cast) -> Batch:
    upload.refresh_from_db()
    return confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=cast.alice)


def kill_at_a_random_moment(yard: Yard) -> None:
    time.sleep(random.uniform(0, LONGEST))
    yard.workers[-1].kill()
    if random.random() < 0.5:
        flush(yard)
    yard.worker()


@pytest.fixture
def outcomes(capsys: pytest.CaptureFixture[str]) -> Iterator[Counter[str]]:
    """What had come of the work when its worker was killed; told at the end."""
    found: Counter[str] = Counter()
    yield found
    with capsys.disabled():
        print(f"\n{ROUNDS} rounds, {PEOPLE} people each: {dict(found)}")


def test_killed_while_reading_it_is_read_once(
    cast: Cast, yard: Yard, mail: Subscription, outcomes: Counter[str]
) -> None:
    yard.worker()
    for number in range(ROUNDS):
        upload = received(cast, number)
        yard.send(check_upload, upload.pk)
        kill_at_a_random_moment(yard)
        outcomes[state(upload)] += 1
        wait_until_over(yard, upload, UploadState.CHECKED)
        upload.refresh_from_db()
        assert upload.rows.count() == PEOPLE
        counts = upload.counts["rows"], upload.counts["seats"]
        assert counts == ({"add": PEOPLE}, {str(mail.pk): PEOPLE})
        assert str(upload.file.name) == ""
    assert not User.objects.filter(last_name="X").exists()
    assert violations() == []


def test_killed_while_writing_everybody_is_there_once(
    cast: Cast, yard: Yard, mail: Subscription, outcomes: Counter[str]
) -> None:
    yard.worker()
    for number in range(ROUNDS):
        upload = read(yard, cast, number)
        events = AuditEvent.objects.count()
        batch = confirm(upload, cast)
        yard.send(run_batch, batch.pk)
        kill_at_a_random_moment(yard)
        there = added(number)
        assert there in (0, PEOPLE)
        outcomes["all" if there else "none"] += 1
        wait_until_over(yard, upload, UploadState.DONE)
        assert added(number) == PEOPLE
        assert batch.items.count() == PEOPLE
        assert AuditEvent.objects.count() == events + 2 * PEOPLE
        live = LicenseAssignment.objects.live().filter(subscription=mail)
        assert live.count() == (number + 1) * PEOPLE
    assert violations() == []


def test_sent_twice_and_confirmed_twice_it_is_done_once(
    cast: Cast, yard: Yard, mail: Subscription
) -> None:
    yard.worker()
    yard.worker()
    for number in range(ROUNDS):
        upload = received(cast, number)
        for _again in range(2):
            yard.send(check_upload, upload.pk)
        wait_until_over(yard, upload, UploadState.CHECKED)
        upload.refresh_from_db()
        assert upload.rows.count() == PEOPLE
        seen = fingerprint(upload)
        batch = confirm(upload, cast)
        with pytest.raises(AlreadyDone):
            confirm_upload(upload, short=Short.STOP, seen=seen, actor=cast.alice)
        for _again in range(3):
            yard.send(run_batch, batch.pk)
        flush_later = random.random() < 0.5
        time.sleep(random.uniform(0, LONGEST))
        if flush_later:
            flush(yard)
        wait_until_over(yard, upload, UploadState.DONE)
        assert added(number) == PEOPLE
        assert batch.items.count() == PEOPLE
    assert LicenseAssignment.objects.live().count() == ROUNDS * PEOPLE
    assert violations() == []


@pytest.mark.long
@pytest.mark.postgres  # More rows than a file may have on SQLite, whose writer is not held so long.
def test_canceled_while_a_worker_writes_it_leaves_nothing_and_can_be_confirmed_again(
    cast: Cast, yard: Yard, mail: Subscription
) -> None:
    yard.worker()
    many = 2 * CHUNK + 1
    Subscription.objects.filter(pk=mail.pk).update(quantity=many)
    upload = read(yard, cast, 0, many)
    events = AuditEvent.objects.count()
    batch = confirm(upload, cast)
    yard.send(run_batch, batch.pk)
    wait_for(yard.progress, "The worker's first step")
    upload.refresh_from_db()
    stop_upload(upload, actor=cast.alice)
    wait_for(lambda: state(upload) == UploadState.CHECKED, "The end of the upload")
    batch.refresh_from_db()
    assert (batch.state, batch.refusal) == (BatchState.FAILED, "Canceled. Nothing was saved.")
    assert (added(0), AuditEvent.objects.count(), batch.items.count()) == (0, events, 0)
    assert violations() == []
    yard.send(run_batch, confirm(upload, cast).pk)
    wait_until_over(yard, upload, UploadState.DONE)
    assert added(0) == many
