"""What Confirm writes: all of a file or nothing, and how long others wait to write."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.invariants import violations
from accounts.models import User
from accounts.passwords import PersonalPasswordHasher
from accounts.services.running import run_batch
from customers import progress
from customers.models import Batch, BatchState
from licensing.models import LicenseAssignment, Subscription
from tests.factories import SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.support.threads import seen_meanwhile
from tests.uploads.uploading import HEADINGS, confirmed, outcomes, problems, upload_of
from uploads.models import RowOutcome, Upload, UploadState
from uploads.services import (
    Short,
    UploadCounts,
    confirm_upload,
    fingerprint,
    new_users_of,
    stop_upload,
    write_upload,
)


def test_file_becomes_people_with_licenses(cast: Cast) -> None:
    office = SubscriptionFactory.create(customer=cast.contoso, quantity=5)
    upload = upload_of(
        [
            HEADINGS,
            ["ada@contoso.example", "Ada", "Lovelace", office.product.name.lower()],
            ["", "", "", ""],
            ["grace@contoso.example", "Grace", "Hopper", ""],
        ],
        customer=cast.contoso,
        actor=cast.alice,
    )
    assert upload.state == UploadState.CHECKED, upload.refusal
    assert outcomes(upload) == {2: "add", 4: "add"}
    assert UploadCounts.from_json(upload.counts).seats == {office.pk: 1}
    assert not User.objects.filter(username="ada@contoso.example").exists()

    batch = confirmed(upload, actor=cast.alice)

    assert batch.state == BatchState.DONE, batch.refusal
    assert upload.state == UploadState.DONE
    ada = User.objects.get(username="ada@contoso.example")
    assert (ada.display_name, ada.must_change_password) == ("Ada Lovelace", True)
    assert LicenseAssignment.objects.live().get().user == ada
    assert (batch.done, batch.failed) == (2, 0)


def test_every_problem_of_every_row_is_told_at_once(cast: Cast) -> None:
    upload = upload_of(
        [
            ["User Name", "Display Name", "Country or Region", "Permissions"],
            ["ada@contoso.exampel", "Ada", "Atlantis", "Emperor"],
            ["gr ace@contoso.example", "", "", ""],
            ["uma@contoso.example", "Somebody else", "", ""],
            ["joan@contoso.example", "Joan", "", ""],
            ["JOAN@contoso.example", "Joan again", "", ""],
        ],
        customer=cast.contoso,
        actor=cast.alice,
    )

    assert outcomes(upload) == {2: "wrong", 3: "wrong", 4: "leave", 5: "add", 6: "wrong"}
    found = problems(upload)
    assert [column for column, _text in found[2]] == ["user_name", "country", "permissions"]
    assert [column for column, _text in found[3]] == ["user_name", "display_name"]
    assert found[6] == [("user_name", "Row 5 has the same user name.")]


def left(cast: Cast, *names: str, product: str = "") -> Batch:
    """A confirmed file of these names, which no worker has begun."""
    rows = [[f"{name}@contoso.example", name, "X", product] for name in names]
    upload = upload_of([HEADINGS, *rows], customer=cast.contoso, actor=cast.alice)
    seen = fingerprint(upload)
    return confirm_upload(upload, short=Short.STOP, seen=seen, actor=cast.alice)


def take_a_name(cast: Cast, office: Subscription, batch: Batch) -> None:
    UserFactory.create(customer=cast.contoso, local_part="ada")


def take_a_seat(cast: Cast, office: Subscription, batch: Batch) -> None:
    Subscription.objects.filter(pk=office.pk).update(quantity=1)


def suspend(cast: Cast, office: Subscription, batch: Batch) -> None:
    Subscription.objects.filter(pk=office.pk).update(status="suspended")


def stop(cast: Cast, office: Subscription, batch: Batch) -> None:
    stop_upload(batch.upload, actor=cast.alice)


@pytest.mark.parametrize("happens", [take_a_name, take_a_seat, suspend, stop])
def test_what_happens_after_users_were_made_ahead_stops_all_of_them(
    cast: Cast, happens: Callable[[Cast, Subscription, Batch], None]
) -> None:
    office = SubscriptionFactory.create(customer=cast.contoso, quantity=5)
    batch = left(cast, "ada", "grace", product=office.product.name)
    made = new_users_of(batch)
    assert made is not None
    happens(cast, office, batch)
    before = User.objects.count()

    with pytest.raises(Exception) as refusal, transaction.atomic():  # noqa: PT011 - each its own
        write_upload(batch, actor=cast.alice, made=made)

    assert getattr(refusal.value, "code", "")
    assert User.objects.count() == before
    assert not LicenseAssignment.objects.exists()


def test_users_made_ahead_are_written_as_others_are(cast: Cast) -> None:
    office = SubscriptionFactory.create(customer=cast.contoso, quantity=5)
    batch = left(cast, "ada", "grace", product=office.product.name)
    made = new_users_of(batch)
    with transaction.atomic():
        done = write_upload(batch, actor=cast.alice, made=made)
    assert (done.state, done.done) == (BatchState.DONE, 2)
    assert LicenseAssignment.objects.live().count() == 2
    assert violations() == []


@pytest.mark.django_db(transaction=True)
def test_passwords_are_told_of_while_they_are_made(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY", 0)
    # Some milliseconds each, so that there is time to look between two of them.
    monkeypatch.setattr(PersonalPasswordHasher, "memory_cost", 2_048)
    batch = left(cast, *(f"u{number}" for number in range(30)))
    with seen_meanwhile(lambda: progress.told_of_each([batch.pk])) as seen:
        assert run_batch(batch.pk)
    told = [one[batch.pk] for one in seen if one]
    hashing = [share for share, stage in told if stage == progress.Stage.PASSWORDS]
    assert len(hashing) > 3
    shares = [share for share, _stage in told]
    assert shares == sorted(shares)


class Held:
    """What SQLite's one writer was held for: the processor's time at most, and the statements."""

    def __init__(self) -> None:
        self.begun = self.seconds = 0.0
        self.statements: list[tuple[str, Any]] = []

    def __call__(self, execute: Any, sql: str, params: Any, *rest: Any) -> Any:
        done = execute(sql, params, *rest)
        if sql.startswith("BEGIN"):
            self.begun = time.process_time()
        elif connection.in_atomic_block:
            self.seconds = max(self.seconds, time.process_time() - self.begun)
            self.statements.append((sql, params))
        return done


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_sqlites_one_writer_is_held_no_longer_than_for_bare_users(cast: Cast, held: Held) -> None:
    """With licenses, passwords and log it takes less than Django's own insert of the users."""
    names = [f"u{place}" for place in range(1_000)]
    office = SubscriptionFactory.create(customer=cast.contoso, quantity=len(names))
    batch = left(cast, *names, product=office.product.name)

    with connection.execute_wrapper(held):
        assert run_batch(batch.pk)

    assert Upload.objects.get(batch=batch).state == UploadState.DONE
    begun = time.process_time()
    bare = [{"user_name": f"b{name}", "username": f"b{name}"} for name in names]
    domain = cast.contoso.domains.get(is_primary=True)
    User._base_manager.bulk_create(
        User(**one, customer=cast.contoso, domain=domain, display_name="B") for one in bare
    )
    assert 0 < held.seconds < time.process_time() - begun


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_rows_are_judged_and_passwords_made_before_sqlites_one_writer_is_held(
    cast: Cast, held: Held
) -> None:
    batch = left(cast, "ada", "grace")
    with connection.execute_wrapper(held):
        assert run_batch(batch.pk)
    reads = [params for sql, params in held.statements if '"uploads_uploadrow"."cells"' in sql]
    assert reads
    assert not any(RowOutcome.ADD in params for params in reads)
