"""A worker's part after Confirm: all is checked once more, and written in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.passwords import Password, hash_work, make_passwords
from accounts.services.returns import Choices
from accounts.services.users import NewUser
from accounts.services.users.inserting import rows_of, write_users
from accounts.services.users.locking import lock_users
from accounts.services.users.restoring import bring_back
from customers.errors import Refused
from customers.models import Batch, BatchItem
from customers.said import gettext as _
from customers.services import batches, bulk
from customers.services.customers import move_counters
from licensing.services.seats import lock_subscriptions

from ..models import RowOutcome, Upload, UploadRow, UploadState
from .changes import write_changes
from .checking import Judge
from .confirming import canceled_text
from .entries import Verdict
from .options import Options
from .permissions import check_licenses
from .rows import FileRow, as_confirmed, chunks_of, confirmed, drop_ignored_cells, lines_of
from .seating import Seating
from .tally import UploadCounts, missing_seats

Rows = TypeVar("Rows")
# The outcomes of existing and deleted users.
PRESENT = (RowOutcome.CHANGE, RowOutcome.RESTORE)


@dataclass(frozen=True, slots=True)
class NewUsers:
    """The new users of a file, so many at a time, and their passwords."""

    chunks: Iterable[Sequence[NewUser]]
    passwords: Sequence[Password]


class Stopped(Refused):
    """A user has canceled before the end."""


def work_of(batch: Batch) -> int:
    """Return how many rows write_upload tells of while it works (customers.progress)."""
    tally = UploadCounts.from_json(batch.upload.counts)
    new = tally.rows[RowOutcome.ADD]
    return hash_work(new) + rows_of(new, sum(tally.seats.values()))


def new_users_of(batch: Batch) -> NewUsers | None:
    """Judge new rows and hash passwords ahead of write_upload, which then has only to write.

    What changes until then write_users finds, which checks names, seats, roles and rules anew.
    """
    upload = Upload.objects.select_related("customer").filter(batch=batch).first()
    if upload is None or batch.by is None:
        return None
    total = UploadCounts.from_json(upload.counts).rows[RowOutcome.ADD]
    work = _Work(upload, Judge(upload, Options.from_json(upload.options), actor=batch.by), batch)
    return NewUsers([*work.new_users()], make_passwords(total, total))


def write_upload(batch: Batch, *, actor: User, made: NewUsers | None = None) -> Batch:
    """Add, change and restore the users of the batch's upload: all of it, or nothing.

    Inside the transaction that holds the batch; `made` was made before it. Raises Stopped, what the
    verbs raise, and Refused when a row is no longer what was confirmed.
    """
    upload = Upload.objects.select_related("customer").get(batch=batch)
    check_licenses(upload, actor)
    total = UploadCounts.from_json(upload.counts).rows[RowOutcome.ADD]
    work = _Work(upload, Judge(upload, Options.from_json(upload.options), actor=actor), batch)
    if made is None:
        # Slow hashes are made before any user is locked.
        few = make_passwords(total, total) if total <= settings.SHORT_PASSWORDS_UP_TO else ()
        made = NewUsers(work.new_users(), few)
    back = work.write_present(actor)
    if total:
        work.write_new(total, made, actor)
    # Last: what they held takes the seats that the rows leave, which Confirm has promised.
    work.restore(back, actor)
    batch.request |= {"without": dict(work.seating.lacking)}
    batches.finish_batch(batch)
    # Only what could not be used is kept, for the file of failed rows: of it, what has a meaning.
    upload.rows.exclude(outcome=RowOutcome.WRONG).delete()
    drop_ignored_cells(upload)
    upload.state, upload.refusal, upload.finished_at = UploadState.DONE, "", timezone.now()
    upload.save(update_fields=["state", "refusal", "refusal_said", "finished_at"])
    return batch


@dataclass(slots=True)
class _Work:
    upload: Upload
    judge: Judge
    batch: Batch
    seating: Seating = field(init=False)

    def __post_init__(self) -> None:
        world, tally = self.judge.world, UploadCounts.from_json(self.upload.counts)
        scarce = missing_seats(tally, world.free())
        self.seating = Seating(world, self.judge.options.short, scarce)

    def write_present(self, actor: User) -> list[User]:
        """Change users; return those to be restored. Locks users by id, then all seats by id."""
        customer = self.upload.customer
        about = self.upload.rows.filter(outcome__in=PRESENT, user__isnull=False)
        locked = lock_users(about.values_list("user_id", flat=True), customer=customer)
        rows = {row.pk: row for row in locked}
        present = self.upload.rows.filter(outcome__in=PRESENT)
        verdicts = [verdict for chunk in chunks_of(present) for verdict in self._judged(chunk)]
        back = [
            rows[each.user_id]
            for each in verdicts
            if each.outcome == RowOutcome.RESTORE and each.user_id is not None
        ]
        if back:
            lock_subscriptions(customer.subscriptions.values_list("pk", flat=True))
        changes = [self.seating.fitting_change(each.change) for each in verdicts if each.change]
        items = write_changes(changes, rows, world=self.judge.world, actor=actor, batch=self.batch)
        self._count(items)
        return back

    def restore(self, users: Sequence[User], actor: User) -> None:
        if not users:
            return
        customer = self.upload.customer
        _returns, items = bring_back(
            users, Choices(), customer=customer, actor=actor, batch=self.batch
        )
        self._count(items)
        move_counters(customer, active=len(users), deleted=-len(users))

    def _count(self, items: Sequence[BatchItem]) -> None:
        bulk.insert(BatchItem, items)
        self.batch.done += len(items)

    def new_users(self) -> Iterable[Sequence[NewUser]]:
        for rows in lines_of(self.upload, RowOutcome.ADD):
            yield [each.new for each in self._judged(rows) if each.new]

    def write_new(self, total: int, made: NewUsers, actor: User) -> None:
        sheet = write_users(
            (
                [self.seating.fitting(new) for new in self._unless_canceled(chunk)]
                for chunk in made.chunks
            ),
            total=total,
            customer=self.upload.customer,
            actor=actor,
            batch=self.batch,
            passwords=made.passwords,
        )
        if sheet:
            self.batch.request |= {"sheet": sheet.pk}

    def _unless_canceled(self, rows: Rows) -> Rows:
        confirmed_still = Upload.objects.filter(
            pk=self.upload.pk, state=UploadState.CONFIRMED, batch=self.batch, cancel_asked=False
        )
        if not confirmed_still.exists():
            raise Stopped(canceled_text(), code="canceled")
        return rows

    def _judged(self, rows: Sequence[UploadRow] | Sequence[FileRow]) -> Iterable[Verdict]:
        """Return what becomes of the rows now, unless it was canceled or became something else."""
        verdicts = self.judge.verdicts(self._unless_canceled(rows))
        if [as_confirmed(verdict) for verdict in verdicts] != [confirmed(row) for row in rows]:
            raise Refused(
                _("Something has changed since this was confirmed. Nothing was saved."),
                code="changed-since-confirmed",
            )
        return verdicts
