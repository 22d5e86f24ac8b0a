"""Making accounts in an application what they should be, a few at the same time.

A host is asked by one worker at a time, for all partners together. Their applications take turns:
whose last one began first has the next, and each turn ends by sending for it. So nobody waits for
another's ten thousand accounts, but for a turn of each.

Whatever a worker had done when it died is found again: by the id that the application gave, or else
by the user name. So nothing is lost, and nobody is made twice.
"""

import hashlib
import json
import math
import time
from collections import deque
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

import structlog
from cryptography.fernet import InvalidToken
from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from customers.actions import Action
from customers.errors import Refused
from customers.models import Customer
from customers.said import columns_of
from customers.said import gettext as _
from customers.services import audit, bulk
from customers.services.transactions import transactional

from ...models import (
    Leaving,
    Provision,
    Provisioning,
    ProvisioningQuerySet,
    ProvisionState,
)
from ...models.provisioning import REASON_LENGTH
from ...scim import Account, Setback, Target, open_target, representation
from ..queue import send_accounts
from .asking import LANES, Answer, Job, Kept, Lanes
from .tokens import unseal_token

logger = structlog.get_logger(__name__)

# Rows read at a time, and written down together. A connection more is worth it for so many.
PORTION, TOGETHER, WORTH_ONE = 50, 10, 5
# A worker that has said nothing for so long is dead; it says something after so many seconds, while
# no answer is awaited. One takes `asking.LONGEST` and the answer under way then at most: together
# less than the lease, so that no account is ever in the hands of two.
LEASE, SAID_EVERY = timedelta(minutes=2), 20.0
# Seconds of a turn, after which another application of the same host has its own.
TURN = 60.0
# Accounts in a row that are answered by an error of the server: then it is not about them.
STUMBLES = 5
# Seconds until one account is tried again; after the last of them staff have to look at it.
PAUSES = (30, 300, 3_600)
# Seconds until the whole application is, the last of them again and again.
RESTS = (15, 60, 300, 900, 3_600)


def connect(provisioning: Provisioning) -> AbstractContextManager[Target]:
    """Open a connection to the application's accounts, with the token that was typed."""
    try:
        token = unseal_token(provisioning.sealed_token)
    except InvalidToken:
        text = _("The token can no longer be read: its key is missing. Enter it again.")
        raise Setback(text, everywhere=True) from None
    return open_target(provisioning.address, token)


def deliver_accounts(application_id: int) -> int:
    """Work off what is due in the application; return how many accounts are as they should be now.

    Nothing is done while a worker is at it, or at another of the same host, while it rests, and
    while another of the host has waited for longer: for that one a worker is sent.
    """
    provisioning = claim(application_id)
    if provisioning is None:
        return 0
    with Lanes(partial(connect, provisioning)) as lanes:
        turn = _Turn(provisioning, lanes, time.monotonic() + TURN)
        try:
            while turn.work_off():
                pass
        except Setback as setback:
            rest(provisioning, setback, after_some=turn.done > 0)
        except Exception:
            # As when a worker dies, but what the application has answered is known.
            with suppress(DatabaseError, Refused):
                turn.write_down()
                release(provisioning)
            raise
        else:
            release(provisioning)
    if (following := next_at(provisioning.host)) is not None:
        send_accounts(following)
    return turn.done


@transactional
def claim(application_id: int) -> Provisioning | None:
    """Take the application and its host for this worker alone; None where that can't be, or it is
    another's turn.
    """
    own = Provisioning.objects.working().filter(application=application_id)
    host = own.values("host")
    locked = Provisioning.objects.select_for_update(no_key=True, of=("self",))
    rows = list(locked.filter(host__in=host).select_related("application").order_by("pk"))
    now = timezone.now()
    if any(row.claimed_at and row.claimed_at > now - LEASE for row in rows):
        return None
    found = next((row for row in rows if row.application_id == application_id), None)
    following = next_at(found.host) if found else None
    if found is None or following is None:
        return None
    if following != application_id:
        transaction.on_commit(partial(send_accounts, following))
        return None
    found.claimed_at = found.turn_at = now
    found.save(update_fields=["claimed_at", "turn_at"])
    return found


def next_at(host: str) -> int | None:
    """Return the application of the host whose turn it is, of those of which something is due."""
    due = Provisioning.objects.due(timezone.now()).filter(host=host)
    return due.values_list("application", flat=True).first()


def held(provisioning: Provisioning) -> ProvisioningQuerySet:
    """Return its row while this worker has it: one that was taken for dead has it no longer."""
    return Provisioning.objects.filter(pk=provisioning.pk, claimed_at=provisioning.claimed_at)


@transactional
def release(provisioning: Provisioning) -> None:
    """Give the host to others; what kept it from being reached is over."""
    held(provisioning).update(
        claimed_at=None, rests_until=None, tries=0, problem="", problem_said=None
    )


@transactional
def rest(provisioning: Provisioning, setback: Setback, *, after_some: bool) -> None:
    """Leave the application alone for as long as it asks for, or longer each time that nothing was
    done before.
    """
    tries = 0 if after_some else provisioning.tries
    seconds: float = RESTS[min(tries, len(RESTS) - 1)]
    if setback.rest is not None:
        # "At once" is a server's clock that is slow, or a way to keep all workers busy.
        seconds = max(setback.rest, 1)
    logger.warning(
        "accounts_not_kept", application=provisioning.application_id, status=setback.status
    )
    held(provisioning).update(
        claimed_at=None,
        rests_until=timezone.now() + timedelta(seconds=seconds),
        tries=min(tries + 1, len(RESTS)),
        **columns_of("problem", setback.reason, REASON_LENGTH),
    )


@dataclass(slots=True)
class _Turn:
    """A while of one worker at one application."""

    provisioning: Provisioning
    lanes: Lanes
    ends: float
    done: int = 0
    # Done or not, they have had their try.
    over: int = 0
    # It was asked for an account, and answered.
    answers: bool = False
    # Accounts one after the other over which the application has stumbled.
    stumbled: int = 0
    # What would meet all others, too.
    obstacle: Setback | None = None
    kept: list[tuple[Job, Kept]] = field(default_factory=list)
    said_at: float = field(default_factory=time.monotonic)

    def work_off(self) -> bool:
        """Work off some rows; return whether there may be more to do.

        Raises the Setback that would meet all others, too. What was asked by then is waited for and
        written down before.
        """
        jobs = deque(self.due())
        number = len(jobs)
        while self.hand_out(jobs):
            for job, answer in self.lanes.answers(SAID_EVERY):
                if (next_step := self.hear(job, answer)) is not None:
                    jobs.appendleft(next_step)
            if len(self.kept) >= TOGETHER:
                self.write_down()
        self.write_down()
        if self.obstacle is not None:
            raise self.obstacle
        return bool(number) and not jobs

    def due(self) -> list[Job]:
        due = Provision.objects.due(timezone.now()).filter(
            application=self.provisioning.application_id
        )
        # Whoever was in everybody's way the last time comes after all others.
        rows = list(due.order_by("due_at", "pk")[:PORTION])
        users = User.objects.select_related("customer").in_bulk([row.user_id for row in rows])
        # Of those with one user name, such as one who is deleted and one who came after, the second
        # has to wait until it is written down whose the account is.
        by_name: dict[str | int, Job] = {}
        for row in rows:
            user = users.get(row.user_id)
            by_name.setdefault(user.user_name.casefold() if user else row.pk, self.job(row, user))
        return list(by_name.values())

    def hand_out(self, jobs: deque[Job]) -> bool:
        """Have as many asked for as may be now; return whether there is an answer to wait for."""
        self.say_alive()
        while jobs and self.may_ask(len(jobs)):
            job = jobs.popleft()
            if job.is_done:
                self.note(job, Kept(job.row.external_id, job.sent))
                continue
            try:
                self.lanes.give(job)
            except Setback as setback:
                self.obstacle = setback
        return bool(self.lanes.running)

    def job(self, row: Provision, user: User | None) -> Job:
        deletes = self.provisioning.leaving == Leaving.DELETE
        if not row.wanted or user is None:
            return Job(row, user, deletes=deletes)
        told = representation(user, self.provisioning.application)
        sent = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
        return Job(row, user, told, sent)

    def may_ask(self, left: int) -> bool:
        """Return whether another one of so many that are left may be asked for now.

        At least one a turn may: an answer may take as long as that.
        """
        if self.obstacle is not None or (self.over and time.monotonic() > self.ends):
            return False
        return len(self.lanes.running) < self.width(left) and self.still_meant()

    def width(self, left: int) -> int:
        """Return over how many connections the application may be asked, with so many left.

        Over one until it is known that somebody is there, while the application stumbles, and where
        it could not be reached or asked to wait the last time.
        """
        if not self.answers or self.stumbled or self.provisioning.tries:
            return 1
        return min(LANES, math.ceil((len(self.lanes.running) + left) / WORTH_ONE))

    def say_alive(self) -> None:
        if time.monotonic() - self.said_at > SAID_EVERY:
            self.write_down()
            now = timezone.now()
            if held(self.provisioning).update(claimed_at=now):
                self.provisioning.claimed_at = now
            self.said_at = time.monotonic()

    def still_meant(self) -> bool:
        """Return whether staff have neither stopped it nor moved it on, and no other worker has
        it.
        """
        own = held(self.provisioning).working()
        return own.filter(address=self.provisioning.address).exists()

    def hear(self, job: Job, answer: Answer) -> Job | None:
        """Take in what came of it; return what is to be asked next for the same account."""
        if isinstance(answer, Account):
            self.answers = True
            if not self.is_anothers(answer, job):
                return replace(job, found=answer)
            text = _("The account with this user name belongs to another user.")
            answer = Setback(text, status=409)
        if isinstance(answer, Kept):
            self.answers, self.stumbled = True, 0
            self.note(job, answer)
            return None
        if not isinstance(answer, Setback):
            raise answer
        self.over += 1
        self.stumbled = self.stumbled + 1 if answer.status >= 500 else 0
        if answer.everywhere or self.stumbled == STUMBLES:
            self.obstacle = self.obstacle or answer
            # It may be about this one all the same: the next time begins with others.
            own = Provision.objects.filter(pk=job.row.pk, changed=job.row.changed)
            own.update(due_at=timezone.now())
        else:
            put_off(job.row, answer, job.user, self.provisioning)
        return None

    def is_anothers(self, account: Account, job: Job) -> bool:
        """Return whether the account is kept for another user, or is about to be."""
        about_to_be = {kept.external_id for _job, kept in self.kept}
        about_to_be |= {one.found.id for one, _to in self.lanes.running.values() if one.found}
        others = Provision.objects.filter(
            application=job.row.application_id, external_id=account.id
        )
        return account.id in about_to_be or others.exclude(pk=job.row.pk).exists()

    def note(self, job: Job, kept: Kept) -> None:
        self.done += 1
        self.over += 1
        self.kept.append((job, kept))

    def write_down(self) -> None:
        if self.kept:
            settle(self.provisioning, self.kept)
            self.kept = []


@transactional
def settle(provisioning: Provisioning, kept: Sequence[tuple[Job, Kept]]) -> None:
    """Write down what was done. With a newer reason to look again, a row waits on."""
    # The ids of one application are strangers' in another one; `set_up` holds the same lock.
    there = Provisioning.objects.select_for_update(no_key=True).filter(pk=provisioning.pk)
    if not list(there.filter(address=provisioning.address)):
        return
    own = Provision.objects.filter(pk__in=[job.row.pk for job, _kept in kept])
    locked = own.select_for_update(no_key=True).order_by("pk")
    changed = dict(locked.values_list("pk", "changed"))
    now = timezone.now()
    known: list[Provision] = []
    done: list[Provision] = []
    for job, now_there in kept:
        row = job.row
        row.external_id, row.sent = now_there.external_id, now_there.sent
        known.append(row)
        if changed.get(row.pk) == row.changed:
            row.state, row.done_at, row.tries, row.reason = ProvisionState.DONE, now, 0, ""
            done.append(row)
    bulk.update(known, ["external_id", "sent"])
    bulk.update(done, ["state", "done_at", "tries", "reason", "reason_said"])
    _tell([(now_there.action, job.user) for job, now_there in kept], provisioning)


@transactional
def put_off(
    row: Provision, setback: Setback, user: User | None, provisioning: Provisioning
) -> None:
    """Try it again later, or give up until somebody has looked at it."""
    again = row.tries < len(PAUSES)
    pause = PAUSES[min(row.tries, len(PAUSES) - 1)]
    found = Provision.objects.filter(pk=row.pk, changed=row.changed).update(
        state=ProvisionState.WAITING if again else ProvisionState.FAILED,
        tries=row.tries + 1,
        due_at=timezone.now() + timedelta(seconds=pause),
        **columns_of("reason", setback.reason, REASON_LENGTH),
    )
    if found and not again:
        _tell([(Action.PROVISIONING_FAILED, user)], provisioning)


def _tell(done: Sequence[tuple[Action | None, User | None]], provisioning: Provisioning) -> None:
    # What the application says of a failure may name somebody: it stands in the row alone.
    facts = {"application": provisioning.application.name}
    told: dict[Customer, list[audit.Entry]] = {}
    for action, user in done:
        if action and user and user.customer:
            told.setdefault(user.customer, []).append(audit.Entry(action, user, facts))
    for customer, entries in told.items():
        audit.record(entries, actor=None, customer=customer)


def requeue_accounts() -> int:
    """Send for a worker to each host where something is due and nobody is at it; return to how
    many.
    """
    now = timezone.now()
    taken = Provisioning.objects.filter(claimed_at__gte=now - LEASE).values("host")
    due = Provisioning.objects.due(now).exclude(host__in=taken)
    first: dict[str, int] = {}
    for host, application in due.values_list("host", "application"):
        first.setdefault(host, application)
    for application in first.values():
        send_accounts(application)
    return len(first)


def forget_accounts() -> int:
    """Remove the rows of users who are gone for good and have no account any more."""
    users = User.objects.filter(pk=OuterRef("user_id"))
    settled = Provision.objects.filter(wanted=False, state=ProvisionState.DONE)
    gone: int = settled.filter(~Exists(users)).delete()[0]
    return gone
