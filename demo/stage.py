"""People and deeds collected in memory and written in few statements, in the order of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F

from accounts.models import User
from accounts.services.users.adding import give_roles
from customers.models import Batch, BatchItem, BatchKind, BatchState, Customer
from customers.roles import Role
from customers.services import audit, batches, bulk
from licensing.models import LicenseAssignment


@dataclass(slots=True)
class DemoAction:
    """What somebody did at one moment; with a kind it is a batch of these people."""

    at: datetime
    actor: User
    customer: Customer
    entries: list[audit.Entry]
    kind: BatchKind | None = None
    people: list[User] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    batch: Batch | None = None


class Stage:
    """Call `flush` when it `is_full`, and once at the end."""

    CAPACITY = 10_000

    def __init__(self) -> None:
        self.people: list[tuple[User, tuple[Role, ...]]] = []
        self.assignments: list[tuple[User, LicenseAssignment]] = []
        self.deeds: list[DemoAction] = []
        self.written = 0

    @property
    def is_full(self) -> bool:
        return len(self.people) >= self.CAPACITY

    def flush(self) -> None:
        self.deeds.sort(key=lambda deed: deed.at)
        # A batch has its author, who may be one of these people; they have their last batch.
        authors = self._write_batches()
        self._write_people()
        for author, batch_ids in authors:
            Batch.objects.filter(pk__in=batch_ids).update(by=author)
        self._write_assignments()
        self._write_items()
        audit.write([row for deed in self.deeds for row in _events(deed)])
        self.written += len(self.people)
        self.people, self.assignments, self.deeds = [], [], []

    def _write_batches(self) -> list[tuple[User, list[int]]]:
        """Those whose author is still to be written come back by author."""
        later: dict[int, tuple[User, list[Batch]]] = {}
        rows = []
        for deed in self.deeds:
            if deed.kind is None:
                continue
            deed.batch = _batch(deed, deed.kind)
            rows.append(deed.batch)
            if deed.actor.pk is None:
                later.setdefault(id(deed.actor), (deed.actor, []))[1].append(deed.batch)
        bulk.insert(Batch, rows)
        if rows:
            # The insert itself dates every row to this moment.
            Batch.objects.filter(pk__gte=rows[0].pk).update(created_at=F("started_at"))
        return [(author, [batch.pk for batch in rows]) for author, rows in later.values()]

    def _write_people(self) -> None:
        for deed in self.deeds:
            for user in deed.people if deed.batch else ():
                user.changed_by_batch = deed.batch
        users = [user for user, _roles in self.people]
        bulk.insert(User, users)
        give_roles(users, [roles for _user, roles in self.people])

    def _write_assignments(self) -> None:
        for user, row in self.assignments:
            row.user_id = user.pk
        bulk.insert(LicenseAssignment, [row for _user, row in self.assignments])

    def _write_items(self) -> None:
        rows: Sequence[BatchItem] = [
            batches.item(deed.batch, user, before=deed.before, after=deed.after)
            for deed in self.deeds
            if deed.batch is not None
            for user in deed.people
        ]
        bulk.insert(BatchItem, rows)


def _events(deed: DemoAction) -> Iterator[audit.Row]:
    share = audit.shares(deed.batch, [entry.target for entry in deed.entries])
    for entry in deed.entries:
        event, names = audit.row(
            entry, at=deed.at, actor=deed.actor, customer=deed.customer, batch=deed.batch
        )
        event.stands_for = next(share)
        yield event, names


def _batch(deed: DemoAction, kind: BatchKind) -> Batch:
    return Batch(
        kind=kind,
        by=deed.actor if deed.actor.pk else None,
        customer=deed.customer,
        key=batches.new_key(),
        state=BatchState.DONE,
        total=len(deed.people),
        done=len(deed.people),
        started_at=deed.at,
        finished_at=deed.at,
    )
