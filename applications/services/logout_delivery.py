"""Telling applications of sessions that have ended: OpenID Connect Back-Channel Logout 1.0.

A row is claimed, told outside of any transaction, and settled. What can't be told now is tried
again later, for about a day. A worker that dies in between leaves rows that are told once more: to
sign out somebody twice does no harm.
"""

import math
import time
import uuid
from collections import deque
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2
import structlog
from django.conf import settings
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from customers.actions import Action
from customers.said import columns_of
from customers.services import audit
from customers.services.transactions import transactional

from ..egress.client import Poster, explain, explain_status
from ..models import Logout, LogoutState
from ..models.logouts import REASON_LENGTH
from ..oidc.keys import LOGOUT_TOKEN, signer
from .queue import send_logouts

logger = structlog.get_logger(__name__)

EVENT = "http://schemas.openid.net/event/backchannel-logout"
# Seconds for which a token is good: long enough for a clock that is somewhat off.
GOOD_FOR = 120
# Rows a claim. They are told over some connections at the same time, one for so many of them: where
# an application is far away each takes as long as the way there and back.
CLAIM, LANES, WORTH_ONE = 50, 8, 5
# Seconds of a turn, after which another application has its own.
TURN = 10.0
# Seconds until the next try. After the last of them nobody is told any more.
PAUSES = (5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200)
# A claim that nobody settles is of a worker that died.
GIVE_UP = timedelta(minutes=5)
# For whoever asks why somebody was, or was not, signed out.
KEPT = timedelta(days=30)


def deliver_logouts(application_id: int) -> int:
    """Tell the application of what is due; return how many sessions it has heard of.

    One that can't be reached is left alone until its next try, so that it keeps no worker waiting.
    After a while others have their turn.
    """
    told, ends = 0, time.monotonic() + TURN
    with _Lanes() as lanes:
        while rows := claim(application_id):
            problem, number = _tell(lanes, rows, ends)
            told += number
            if problem:
                logger.warning("application_not_told", application=application_id, reason=problem)
                break
            if time.monotonic() > ends:
                send_logouts(application_id)
                break
    return told


@transactional
def claim(application_id: int) -> list[Logout]:
    now = timezone.now()
    due = Logout.objects.due(now).filter(application=application_id or None)
    free = due.select_for_update(skip_locked=True, of=("self",), no_key=True)
    rows = list(free.select_related("application").order_by("due_at", "pk")[:CLAIM])
    claimed = Logout.objects.filter(pk__in=[row.pk for row in rows])
    claimed.update(state=LogoutState.SENDING, claimed_at=now)
    return rows


class _Lanes(AbstractContextManager["_Lanes"]):
    """Connections to an application, opened as there is something to tell over them, and the key
    that signs what it is told.
    """

    def __init__(self) -> None:
        self.stack = ExitStack()
        self.clients: list[Poster] = []
        self.sign = signer(LOGOUT_TOKEN)
        self.threads: ThreadPoolExecutor | None = None

    def __exit__(self, *_error: object) -> None:
        self.stack.close()

    def each(self, number: int, work: Callable[[Poster], object]) -> None:
        """Have the work done over so many connections at the same time."""
        while len(self.clients) < number:
            self.clients.append(self.stack.enter_context(Poster()))
        if number == 1:
            work(self.clients[0])
            return
        if self.threads is None:
            self.threads = self.stack.enter_context(ThreadPoolExecutor(LANES))
        # What one of them raises is raised here.
        list(self.threads.map(work, self.clients[:number]))


@dataclass(slots=True)
class _Claim:
    """Rows of one claim, and what became of them so far. Threads send, and ask no database."""

    left: deque[Logout]
    ends: float
    sign: Callable[[dict[str, Any]], str]
    told: list[Logout] = field(default_factory=list)
    failed: list[tuple[str, Logout]] = field(default_factory=list)
    # What keeps all others from being told as well.
    everywhere: str = ""

    def send_all(self, client: Poster) -> None:
        while not self.everywhere and time.monotonic() < self.ends:
            if not self.send_one(client):
                return

    def send_one(self, client: Poster) -> bool:
        """Tell of the next; return whether there was one."""
        try:
            row = self.left.popleft()
        except IndexError:
            return False
        problem, is_general = _post(client, row, self.sign)
        if is_general:
            self.everywhere = problem
        if problem:
            self.failed.append((problem, row))
        else:
            self.told.append(row)
        return True


def _tell(lanes: _Lanes, rows: Sequence[Logout], ends: float) -> tuple[str, int]:
    """Tell of these; return what keeps all others from being told as well, and how many were."""
    claimed = _Claim(deque(rows), ends, lanes.sign)
    if not lanes.clients:
        # Whether anybody is there is found out once.
        lanes.each(1, claimed.send_one)
    if claimed.left and not claimed.everywhere:
        lanes.each(min(LANES, math.ceil(len(claimed.left) / WORTH_ONE)), claimed.send_all)
    settle(claimed.told)
    for problem in sorted({problem for problem, _row in claimed.failed}):
        put_off([row for own, row in claimed.failed if own == problem], problem)
    if claimed.everywhere:
        put_off(claimed.left, claimed.everywhere)
    else:
        release(claimed.left)
    return claimed.everywhere, len(claimed.told)


def claims_of_logout(row: Logout, audience: str) -> dict[str, Any]:
    """Return the claims of a logout token that was never sent before."""
    now = int(time.time())
    return {
        "iss": settings.OIDC_ISSUER,
        "sub": str(row.user_uuid),
        "aud": audience,
        "iat": now,
        "exp": now + GOOD_FOR,
        "jti": uuid.uuid4().hex,
        "events": {EVENT: {}},
        "sid": row.sid,
    }


def _post(client: Poster, row: Logout, sign: Callable[[dict[str, Any]], str]) -> tuple[str, bool]:
    """Send one; return why it failed, "" if it did not, and whether all others would fail as well.

    A row without an address is of an application that has none any more, and has nothing to hear.
    """
    application = row.application
    address = application.logout_uri if application else row.address
    audience = (application.client_id if application else row.audience) or ""
    if not address or not audience:
        return "", False
    try:
        token = sign(claims_of_logout(row, audience))
        status = client.post(address, {"logout_token": token})
    except (httpx2.RequestError, httpx2.InvalidURL, ValueError) as error:
        return explain(error), True
    if status in {200, 204}:
        return "", False
    return explain_status(status), status == 429 or status >= 500


@transactional
def settle(rows: Sequence[Logout]) -> None:
    done = Logout.objects.filter(pk__in=[row.pk for row in rows])
    done.update(
        state=LogoutState.TOLD,
        settled_at=timezone.now(),
        claimed_at=None,
        reason="",
        reason_said=None,
        tries=F("tries") + 1,
    )


@transactional
def release(rows: Collection[Logout]) -> None:
    """Leave these, for which there was no time, as if they had not been claimed."""
    if rows:
        free = Logout.objects.filter(pk__in=[row.pk for row in rows])
        free.update(state=LogoutState.WAITING, claimed_at=None)


@transactional
def put_off(rows: Collection[Logout], problem: str) -> None:
    """Have the first of these tried again later, and with it the others, as if they had been."""
    now = timezone.now()
    for tries in sorted({row.tries for row in rows}):
        alike = Logout.objects.filter(pk__in=[row.pk for row in rows if row.tries == tries])
        again = tries < len(PAUSES)
        alike.update(
            state=LogoutState.WAITING if again else LogoutState.FAILED,
            tries=tries + 1,
            due_at=now + timedelta(seconds=PAUSES[tries]) if again else now,
            settled_at=None if again else now,
            claimed_at=None,
            **columns_of("reason", problem, REASON_LENGTH),
        )
        if again:
            continue
        given_up = [row for row in rows if row.tries == tries]
        ids = [row.user_id for row in given_up]
        users = User.objects.select_related("customer__partner").in_bulk(ids)
        for row in given_up:
            # Of a user who was deleted for good nothing is written any more.
            if user := users.get(row.user_id):
                facts = {"application": str(row.application or row.address)}
                entry = audit.Entry(Action.LOGOUT_FAILED, user, facts)
                audit.record([entry], actor=None, customer=user.customer)


def requeue_logouts() -> int:
    """Send for workers to tell what is due, and what a dead worker has left; return for how many
    applications.
    """
    now = timezone.now()
    left = Logout.objects.filter(state=LogoutState.SENDING, claimed_at__lt=now - GIVE_UP)
    left.update(state=LogoutState.WAITING, claimed_at=None)
    due = Logout.objects.due(now).order_by("application").values_list("application", flat=True)
    applications = list(due.distinct())
    for application in applications:
        send_logouts(application or 0)
    return len(applications)


def forget_logouts() -> int:
    """Remove the rows of those who were told, or given up, long ago; return how many."""
    long_ago = timezone.now() - KEPT
    gone: int = Logout.objects.filter(settled_at__lt=long_ago).delete()[0]
    return gone
