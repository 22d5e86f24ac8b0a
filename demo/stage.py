"""Users and actions, collected in memory and written in few statements, in the order of time."""

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
    """An action of one moment; with a kind it is a batch of these users."""

    at: datetime
    actor: User
    customer: Customer
    entries: list[audit.Entry]
    kind: BatchKind | None = None
    users: list[User] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    batch: Batch | None = None


class Stage:
    """The rows that are still to be written. Call `flush` when it `is_full`, and at the end."""

    CAPACITY = 10_000

    def __init__(self) -> None:
        self.users: list[tuple[User, tuple[Role, ...]]] = []
        self.assignments: list[tuple[User, LicenseAssignment]] = []
        self.actions: list[DemoAction] = []
        self.written = 0

    @property
    def is_full(self) -> bool:
        return len(self.users) >= self.CAPACITY

    def flush(self) -> None:
        self.actions.sort(key=lambda action: action.at)
        # A batch has its author, who may be one of these users; they have their last batch.
        authors = self._write_batches()
        for action in self.actions:
            for user in action.users if action.batch else ():
                user.changed_by_batch = action.batch
        users = [user for user, _roles in self.users]
        bulk.insert(User, users)
        give_roles(users, [roles for _user, roles in self.users])
        for author, batch_ids in authors:
            Batch.objects.filter(pk__in=batch_ids).update(by=author)
        for user, row in self.assignments:
            row.user_id = user.pk
        bulk.insert(LicenseAssignment, [row for _user, row in self.assignments])
        items: Sequence[BatchItem] = [
            batches.item(action.batch, user, before=action.before, after=action.after)
            for action in self.actions
            if action.batch is not None
            for user in action.users
        ]
        bulk.insert(BatchItem, items)
        audit.write([row for action in self.actions for row in _events(action)])
        self.written += len(self.users)
        self.users, self.assignments, self.actions = [], [], []

    def _write_batches(self) -> list[tuple[User, list[int]]]:
        """Write the batches; return those whose author is still to be written, by author."""
        later: dict[int, tuple[User, list[Batch]]] = {}
        rows = []
        for action in self.actions:
            if action.kind is None:
                continue
            action.batch = Batch(
                kind=action.kind,
                by=action.actor if action.actor.pk else None,
                customer=action.customer,
                key=batches.new_key(),
                state=BatchState.DONE,
                total=len(action.users),
                done=len(action.users),
                started_at=action.at,
                finished_at=action.at,
            )
            rows.append(action.batch)
            if action.actor.pk is None:
                later.setdefault(id(action.actor), (action.actor, []))[1].append(action.batch)
        bulk.insert(Batch, rows)
        if rows:
            # The insert itself dates every row to this moment.
            Batch.objects.filter(pk__gte=rows[0].pk).update(created_at=F("started_at"))
        return [(author, [batch.pk for batch in rows]) for author, rows in later.values()]


def _events(action: DemoAction) -> Iterator[audit.Row]:
    share = audit.shares(action.batch, [entry.target for entry in action.entries])
    for entry in action.entries:
        event, names = audit.row(
            entry, at=action.at, actor=action.actor, customer=action.customer, batch=action.batch
        )
        event.stands_for = next(share)
        yield event, names
