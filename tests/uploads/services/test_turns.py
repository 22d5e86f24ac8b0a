"""One file at work of a customer, two of a partner, the oldest first; nobody waits for ever."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services.queue import nobody_sent
from customers.models import Customer
from customers.services.batches import new_key
from tests.factories import CustomerFactory
from tests.patience import PATIENCE, wait_for
from tests.support.cast import Cast
from tests.support.threads import together
from tests.uploads.uploading import upload_of
from uploads.models import Upload, UploadState
from uploads.services import Options, check_upload, receive_upload, requeue_uploads
from uploads.services.turns import next_in_line, turn

ROWS = b"User Name,Display Name\nada@contoso.example,Ada\n"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    """What is next is sent to nobody: a worker that other tests have left running would take it."""
    with nobody_sent():
        yield


def received(cast: Cast, customer: Customer) -> Upload:
    """Waiting, and sent to nobody: a worker of other tests would take it."""
    actor = cast.charlie if customer == cast.adatum else cast.alice
    with transaction.atomic():
        upload = receive_upload(
            ContentFile(ROWS, "people.csv"),
            Options(),
            customer=customer,
            actor=actor,
            key=new_key(),
        )
        connection.run_on_commit.clear()
    return upload


@contextmanager
def a_turn(asked: Upload) -> Iterator[int | None]:
    """As a worker takes it."""
    with ExitStack() as stack:
        if connection.vendor == "postgresql":
            stack.enter_context(transaction.atomic())
        yield stack.enter_context(turn(asked.pk))


@contextmanager
def at_work(*asked: Upload) -> Iterator[list[int | None]]:
    """Other workers, each with the turn that it got; they are at work until the end."""
    got: list[int | None] = []
    over = threading.Event()
    threads = []
    for upload in asked:
        begun = threading.Event()

        def work(upload: Upload = upload, begun: threading.Event = begun) -> None:
            try:
                with a_turn(upload) as pk:
                    got.append(pk)
                    begun.set()
                    over.wait()
            finally:
                begun.set()
                connection.close()

        threads.append(threading.Thread(target=work))
        threads[-1].start()
        assert begun.wait(PATIENCE)
    try:
        yield got
    finally:
        over.set()
        for thread in threads:
            thread.join(PATIENCE)


def killed(asked: Upload) -> None:
    """A worker takes a turn, and is no more before its end."""
    worker = os.fork()
    if worker == 0:
        try:
            # The parent's, which must not be ended from here.
            connection.connection = None
            connection.in_atomic_block, connection.atomic_blocks = False, []
            with a_turn(asked):
                os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(worker, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    # PostgreSQL hears of it a moment later.
    wait_for(lambda: is_free(asked), "The place of the killed worker")


def is_free(asked: Upload) -> bool:
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        return bool(cursor.fetchone()[0] == 0)


def state(upload: Upload) -> str:
    return Upload.objects.values_list("state", flat=True).get(pk=upload.pk)


def test_one_file_of_a_customer_is_at_work(cast: Cast) -> None:
    first, second = received(cast, cast.contoso), received(cast, cast.contoso)
    with at_work(first) as got:
        assert got == [first.pk]
        assert not check_upload(second.pk)
        assert state(second) == UploadState.WAITING
    assert check_upload(second.pk)
    assert check_upload(second.pk)
    assert (state(first), state(second)) == (UploadState.CHECKED, UploadState.CHECKED)


def test_a_file_that_is_sent_again_while_its_worker_is_at_it_is_read_once(cast: Cast) -> None:
    """Beat has heard nothing of it for a minute, and can't know that it is being read."""
    upload = received(cast, cast.contoso)
    Upload.objects.update(waiting_since=timezone.now() - timedelta(minutes=2))
    with at_work(upload) as got:
        assert got == [upload.pk]
        assert requeue_uploads() == 1
        assert not check_upload(upload.pk)
        assert (state(upload), upload.rows.count()) == (UploadState.WAITING, 0)
    assert check_upload(upload.pk)
    assert not check_upload(upload.pk)
    assert (state(upload), upload.rows.count()) == (UploadState.CHECKED, 1)


def test_two_files_of_a_partner_are_at_work_and_any_number_of_the_others(cast: Cast) -> None:
    third = CustomerFactory.create(partner=cast.fabrikam)
    uploads = [received(cast, customer) for customer in (cast.contoso, cast.northwind, third)]
    others = received(cast, cast.adatum)
    with at_work(*uploads, others) as got:
        assert got == [uploads[0].pk, uploads[1].pk, None, others.pk]
    assert check_upload(uploads[2].pk)


def test_files_are_taken_in_the_order_of_their_coming_whichever_is_asked_for(cast: Cast) -> None:
    uploads = [received(cast, cast.contoso) for _each in range(3)]
    taken = []
    for _each in uploads:
        assert check_upload(uploads[-1].pk)
        taken.append([state(upload) for upload in uploads].count(UploadState.CHECKED))
        assert state(uploads[len(taken) - 1]) == UploadState.CHECKED
    assert taken == [1, 2, 3]
    assert not check_upload(uploads[-1].pk)


def test_a_customer_with_many_files_keeps_no_other_customer_waiting(cast: Cast) -> None:
    many = [received(cast, cast.contoso) for _each in range(3)]
    one = received(cast, cast.northwind)
    with at_work(many[0], many[1]) as got:
        assert got == [many[0].pk, one.pk]


def test_whoever_ends_sends_the_next_one(cast: Cast) -> None:
    first, second = received(cast, cast.contoso), received(cast, cast.northwind)
    received(cast, cast.adatum)
    assert next_in_line(first.pk) == second.pk
    assert check_upload(first.pk)
    assert next_in_line(second.pk) is None


def test_a_place_goes_with_the_worker_that_held_it(cast: Cast) -> None:
    upload = received(cast, cast.contoso)
    with pytest.raises(RuntimeError), a_turn(upload):
        raise RuntimeError("killed")
    assert check_upload(upload.pk)
    assert state(upload) == UploadState.CHECKED


def test_a_file_that_kills_its_worker_is_asked_for_after_the_others(cast: Cast) -> None:
    deadly, other = received(cast, cast.contoso), received(cast, cast.contoso)
    with pytest.raises(RuntimeError), a_turn(deadly):
        raise RuntimeError("killed")
    with a_turn(deadly) as pk:
        assert pk == other.pk


def test_a_file_that_has_killed_three_workers_is_refused_and_the_others_go_on(
    cast: Cast, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    deadly = received(cast, cast.contoso)
    for _each in range(3):
        assert state(deadly) == UploadState.WAITING
        killed(deadly)
    other = received(cast, cast.contoso)
    assert check_upload(deadly.pk)
    assert (state(deadly), state(other)) == (UploadState.WAITING, UploadState.CHECKED)
    name, storage = str(deadly.file.name), deadly.file.storage
    assert storage.exists(name)
    assert check_upload(deadly.pk)
    assert "upload_ends_workers" in caplog.text
    deadly.refresh_from_db()
    assert (deadly.state, deadly.rows.count()) == (UploadState.REFUSED, 0)
    assert (deadly.file.name, storage.exists(name)) == ("", False)
    client.force_login(cast.alice)
    page = client.get(reverse("uploads:upload-detail", args=[cast.contoso.pk, deadly.pk]))
    assert "Save it again as .csv and upload that." in page.content.decode()
    after = received(cast, cast.contoso)
    assert check_upload(after.pk)
    assert state(after) == UploadState.CHECKED


@pytest.mark.parametrize("stopped", [SystemExit, OperationalError, KeyboardInterrupt])
def test_workers_that_are_stopped_in_order_do_not_count(
    cast: Cast, stopped: type[BaseException]
) -> None:
    upload = received(cast, cast.contoso)
    killed(upload)
    for _each in range(4):
        with pytest.raises(stopped), a_turn(upload):
            raise stopped
    killed(upload)
    assert check_upload(upload.pk)
    assert state(upload) == UploadState.CHECKED


def test_what_a_file_has_ended_before_is_over_once_it_was_read(cast: Cast) -> None:
    upload = received(cast, cast.contoso)
    for _round in range(2):
        Upload.objects.filter(pk=upload.pk).update(state=UploadState.WAITING)
        killed(upload)
        killed(upload)
        assert check_upload(upload.pk)
        assert state(upload) == UploadState.CHECKED


def test_many_workers_at_once_read_each_file_once(cast: Cast) -> None:
    customers = (cast.contoso, cast.northwind, cast.adatum)
    uploads = [received(cast, customer) for customer in customers for _each in range(2)]
    jobs = [partial(check_upload, upload.pk) for upload in uploads]
    for _round in range(len(uploads)):
        together(*jobs)
    assert {state(upload) for upload in uploads} == {UploadState.CHECKED}
    assert {upload.rows.count() for upload in uploads} == {1}


def test_the_page_says_that_another_file_is_read_first(cast: Cast, client: Client) -> None:
    client.force_login(cast.alice)
    first, second = received(cast, cast.contoso), received(cast, cast.contoso)

    def says_so(upload: Upload) -> bool:
        page = client.get(reverse("uploads:upload-detail", args=[cast.contoso.pk, upload.pk]))
        return "Another file is being read first" in page.content.decode()

    assert (says_so(first), says_so(second)) == (False, True)
    northwinds, third = (
        received(cast, cast.northwind),
        CustomerFactory.create(partner=cast.fabrikam),
    )
    with at_work(northwinds, received(cast, third)):
        # The file is the first of its customer; others of the partner are at work.
        assert not check_upload(first.pk)
        assert says_so(first)
    cache.clear()
    assert not says_so(first)


def test_a_file_is_not_read_while_sqlites_writer_is_held(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workbook that takes long would keep every sign-in waiting."""
    held: list[bool] = []

    class Seen(ContentFile):  # type: ignore[type-arg]
        def read(self, *args: int) -> bytes:
            held.append(connection.in_atomic_block)
            return bytes(super().read(*args))

    upload = received(cast, cast.contoso)
    monkeypatch.setattr(upload.file.storage, "open", lambda name, _mode: Seen(ROWS, name))
    assert check_upload(upload.pk)
    assert held
    assert any(held) == (connection.vendor == "postgresql")


def test_a_file_that_cannot_be_read_ends_and_keeps_no_other_waiting(cast: Cast) -> None:
    old = timezone.now() - timedelta(hours=1)
    stuck = received(cast, cast.contoso)
    Upload.objects.filter(pk=stuck.pk).update(created_at=old, file="uploads/not-there.csv")
    after = received(cast, cast.contoso)
    with pytest.raises(FileNotFoundError):
        check_upload(after.pk)
    assert state(stuck) == UploadState.REFUSED
    assert check_upload(after.pk)
    assert upload_of(ROWS, customer=cast.contoso, actor=cast.alice).state == UploadState.CHECKED
