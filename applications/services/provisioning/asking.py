"""What is asked of an application for one account, over some connections at the same time.

Threads ask the application, and no database: what an answer means, and what is written down of it,
is left to `converging`.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from customers.actions import Action

from ...models import Provision
from ...scim import Account, Setback, Target

# Connections to a host at most: each account takes the way there and back at least twice.
LANES = 4
# Seconds for one account, and for the answer that is under way then.
LONGEST = 45.0


@dataclass(frozen=True, slots=True)
class Job:
    """An account to be made what it should be.

    `told` is what the application should know of the user, and None where there should be no
    account; `sent` is its hash. `found` is an account of the user name that is to be taken over.
    """

    row: Provision
    user: User | None
    told: Mapping[str, Any] | None = None
    sent: str = ""
    deletes: bool = False
    found: Account | None = None

    @property
    def is_done(self) -> bool:
        """Whether the application knows it all already."""
        return self.told is not None and bool(self.row.external_id) and self.row.sent == self.sent


@dataclass(frozen=True, slots=True)
class Kept:
    """An account as it is in the application now; `action` is what the log says of it, if that."""

    external_id: str = ""
    sent: str = ""
    action: Action | None = None


Answer = Kept | Account | BaseException


def ask(target: Target, job: Job) -> Kept | Account:
    """Make the account what it should be. An account of that user name that was there before is
    returned instead, and left as it is: it may be another user's.
    """
    return _take(target, job) if job.told is None or job.user is None else _keep(target, job)


def _keep(target: Target, job: Job) -> Kept | Account:
    told, user, known = job.told, job.user, job.row.external_id
    assert told is not None  # noqa: S101 - of the account of a user
    assert user is not None  # noqa: S101
    if job.found is not None:
        target.change(job.found.id, told)
        return Kept(job.found.id, job.sent, Action.PROVISIONED)
    if known:
        try:
            target.change(known, told)
        except Setback as setback:
            if setback.status != 404:
                raise
        else:
            return Kept(known, job.sent, None if job.row.sent else Action.PROVISIONED)
    # There is none, or somebody took it away there.
    account = target.find(user.user_name)
    return account or Kept(target.create(told).id, job.sent, Action.PROVISIONED)


def _take(target: Target, job: Job) -> Kept:
    row, user, deletes = job.row, job.user, job.deletes
    pk = row.external_id
    if not pk and user:
        # Made, it may be, by a worker that died before it could write down the id.
        account = target.find(user.user_name)
        pk = account.id if account and account.external_id == str(user.uuid) else ""
    if not pk:
        return Kept()
    try:
        if deletes:
            target.delete(pk)
        else:
            target.deactivate(pk)
    except Setback as setback:
        if setback.status != 404:
            raise
        deletes = True
    action = Action.DEPROVISIONED if row.sent or not row.external_id else None
    return Kept("" if deletes else pk, "", action)


@dataclass(slots=True)
class Lanes(AbstractContextManager["Lanes"]):
    """Connections to an application, opened as there is something to ask over them."""

    connect: Callable[[], AbstractContextManager[Target]]
    running: dict["Future[Kept | Account]", tuple[Job, Target]] = field(default_factory=dict)
    free: list[Target] = field(default_factory=list)
    # What one connection has found the application to have no place for, all others know.
    without: set[str] = field(default_factory=set)
    stack: ExitStack = field(default_factory=ExitStack)
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(LANES))

    def __exit__(self, *_error: object) -> None:
        # What is on its way is waited for: it ends in seconds, and its connection with it.
        self.threads.shutdown()
        self.stack.close()

    def give(self, job: Job) -> None:
        """Have it asked for by a connection that is free, or by a new one."""
        target = self.free.pop() if self.free else self.stack.enter_context(self.connect())
        target.without = self.without
        target.ends = time.monotonic() + LONGEST
        self.running[self.threads.submit(ask, target, job)] = job, target

    def answers(self, seconds: float) -> list[tuple[Job, Answer]]:
        """Wait for the next answer, so long at most; return those that there are.

        An error that is no Setback comes last, so that the others are heard.
        """
        heard: list[tuple[Job, Answer]] = []
        for future in wait(self.running, seconds, FIRST_COMPLETED).done:
            job, target = self.running.pop(future)
            self.free.append(target)
            heard.append((job, future.exception() or future.result()))
        return sorted(heard, key=lambda one: isinstance(one[1], BaseException))
