"""Telling webhooks of what is due: one after the other for each user, and politely.

A host is called by one worker at a time, for all partners together, over a few connections. Its
webhooks take turns: whose last one began first has the next. One that can't be reached rests, for
longer each time, and keeps nobody else waiting.

A worker that dies has told what it had not written down yet, a delivery for each connection at
most: these are sent once more, with the id that they had.
"""

import math
import secrets
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from customers.said import columns_of
from customers.services.transactions import transactional

from ..models import DeliveryState, Webhook, WebhookDelivery, WebhookQuerySet
from ..models.webhooks import REASON_LENGTH
from ..webhook_words import GONE, NOTHING_TAKEN
from .queue import send_webhooks, send_word_to_owner
from .webhook_secrets import signing_secrets
from .webhook_sending import LANES, Answer, Lanes
from .webhooks import switch_off_for

logger = structlog.get_logger(__name__)

# Seconds until the next try of a delivery; after the last of them it has failed. And of a webhook
# that can't be reached, which is told nothing at all until then.
PAUSES = (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
# Of a pause so much is added by chance, so that not all come back in the same second.
JITTER = 0.1
# Without a success for so long, a webhook is switched off.
PATIENCE = timedelta(days=1)
# Rows read at a time, and for how many rows another connection is worth it.
PORTION, WORTH_ONE = 100, 5
# A worker that has said nothing for so long is dead; it says something after so many seconds.
LEASE, SAID_EVERY = timedelta(seconds=60), 10.0
# Seconds of a turn, after which another webhook of the same host has its own.
TURN = 30.0
# Deliveries in a row that are answered by an error of the server: then it is not about them.
STUMBLES = 3


def deliver_webhooks(webhook_id: int) -> int:
    """Tell the webhook of what is due; return how many deliveries it has taken.

    Nothing is sent while a worker is at it, or at another of the same host, while it rests, and
    while another of the host has waited for longer: for that one a worker is sent.
    """
    webhook = claim(webhook_id)
    if webhook is None:
        return 0
    told = 0
    signing = signing_secrets(webhook)
    if signing:
        turn = _Turn(webhook, time.monotonic() + TURN)
        try:
            with Lanes(webhook.address, signing) as lanes:
                while turn.work_off(lanes):
                    pass
        finally:
            # As when a worker dies, but the host is free at once.
            release(webhook)
        told = turn.told
    else:
        logger.error("webhook_secret_unreadable", webhook=webhook.pk)
        held(webhook).update(
            claimed_at=None, rests_until=timezone.now() + timedelta(seconds=PAUSES[2])
        )
    if (following := next_at(webhook.host)) is not None:
        send_webhooks(following)
    return told


@transactional
def claim(webhook_id: int) -> Webhook | None:
    """Take the webhook and its host for this worker alone; None where that can't be, or it is
    another's turn.
    """
    host = Webhook.objects.filter(pk=webhook_id).values("host")
    locked = Webhook.objects.select_for_update(no_key=True, of=("self",))
    rows = list(locked.filter(host__in=host).select_related("partner").order_by("pk"))
    now = timezone.now()
    if any(row.claimed_at and row.claimed_at > now - LEASE for row in rows):
        return None
    found = next((row for row in rows if row.pk == webhook_id), None)
    following = next_at(found.host) if found else None
    if found is None or following is None:
        return None
    if following != webhook_id:
        transaction.on_commit(partial(send_webhooks, following))
        return None
    found.claimed_at = found.turn_at = now
    found.save(update_fields=["claimed_at", "turn_at"])
    return found


def due_webhooks() -> WebhookQuerySet:
    """Return those of which something is due and that do not rest, by whose turn it is."""
    now = timezone.now()
    rows = WebhookDelivery.objects.due(now).filter(webhook=OuterRef("pk"))
    found = Webhook.objects.working(now).filter(Exists(rows))
    return found.order_by(F("turn_at").asc(nulls_first=True), "pk")


def next_at(host: str) -> int | None:
    """Return the webhook of the host whose turn it is."""
    return due_webhooks().filter(host=host).values_list("pk", flat=True).first()


def held(webhook: Webhook) -> WebhookQuerySet:
    """Return its row while this worker has it: one that was taken for dead has it no longer."""
    return Webhook.objects.filter(pk=webhook.pk, claimed_at=webhook.claimed_at)


def release(webhook: Webhook) -> None:
    held(webhook).update(claimed_at=None)


class _Line:
    """Rows in the order of their ids, of which those of one subject go one after the other.

    Where one of them is not taken, those after it have to wait for its next try.
    """

    def __init__(self, rows: Iterable[WebhookDelivery]) -> None:
        self.rows = deque(rows)
        self.on_the_way: set[str] = set()
        self.held_up: set[str] = set()

    def next(self) -> WebhookDelivery | None:
        """Take out the next that may be sent now."""
        for row in list(self.rows):
            if row.subject in self.held_up:
                self.rows.remove(row)
            elif row.subject not in self.on_the_way:
                self.rows.remove(row)
                self.on_the_way.add(row.subject)
                return row
        return None

    def hear(self, answers: Sequence[Answer]) -> None:
        for answer in answers:
            self.on_the_way.discard(answer.row.subject)
            if not answer.is_good:
                self.held_up.add(answer.row.subject)


@dataclass(slots=True)
class _Turn:
    """A while of one worker at one webhook."""

    webhook: Webhook
    ends: float
    told: int = 0
    # Told or not, they have had their try.
    over: int = 0
    stumbled: int = 0
    # Nothing more is sent in this turn.
    is_stopped: bool = False
    said_at: float = field(default_factory=time.monotonic)

    def work_off(self, lanes: Lanes) -> bool:
        """Work off some rows; return whether there may be more to do."""
        due = self.webhook.deliveries.due(timezone.now()).order_by("pk")
        line = _Line(due[:PORTION])
        if not line.rows:
            return False
        while self.hand_out(lanes, line):
            answers = lanes.answers(SAID_EVERY)
            self.hear(answers)
            line.hear(answers)
        return not line.rows and not self.is_stopped

    def hand_out(self, lanes: Lanes, line: _Line) -> bool:
        """Have as many sent as may be now; return whether there is an answer to wait for."""
        self.say_alive()
        if line.rows and self.may_send(len(lanes.running), len(line.rows)) and self.still_meant():
            while self.may_send(len(lanes.running), len(line.rows)) and (row := line.next()):
                lanes.give(row)
        return bool(lanes.running)

    def may_send(self, running: int, left: int) -> bool:
        """Return whether another one of so many that are left may be sent now.

        Over one connection until it is known that somebody is there, and while the receiver
        stumbles; and at least one a turn, since an answer may take as long as that.
        """
        if self.is_stopped or (self.over and time.monotonic() > self.ends):
            return False
        is_careful = not self.told or self.stumbled or self.webhook.tries
        width = 1 if is_careful else min(LANES, math.ceil((running + left) / WORTH_ONE))
        return running < width

    def still_meant(self) -> bool:
        """Return whether nobody has switched it off, changed it, or has it instead."""
        meant = held(self.webhook).filter(is_on=True, version=self.webhook.version).exists()
        self.is_stopped = self.is_stopped or not meant
        return meant

    def say_alive(self) -> None:
        if time.monotonic() - self.said_at > SAID_EVERY:
            now = timezone.now()
            if held(self.webhook).update(claimed_at=now):
                self.webhook.claimed_at = now
            self.said_at = time.monotonic()

    def hear(self, answers: Sequence[Answer]) -> None:
        self.over += len(answers)
        if good := [answer for answer in answers if answer.is_good]:
            self.told, self.stumbled = self.told + len(good), 0
            settle(self.webhook, good)
        for answer in answers:
            if answer.is_good:
                continue
            self.stumbled = self.stumbled + 1 if answer.is_stumble else 0
            rests = answer.is_general or self.stumbled >= STUMBLES
            self.is_stopped = self.is_stopped or rests
            put_off(self.webhook, answer, rests=rests)


@transactional
def settle(webhook: Webhook, answers: Sequence[Answer]) -> None:
    now = timezone.now()
    for status in sorted({answer.status or 0 for answer in answers}):
        alike = [answer.row.pk for answer in answers if answer.status == status]
        WebhookDelivery.objects.filter(pk__in=alike).update(
            state=DeliveryState.DELIVERED,
            settled_at=now,
            answered_at=now,
            status=status,
            reason="",
            reason_said=None,
            tries=F("tries") + 1,
        )
    if webhook.failing_since or webhook.tries:
        webhook.failing_since, webhook.tries = None, 0
        held(webhook).update(failing_since=None, tries=0)


@transactional
def put_off(webhook: Webhook, answer: Answer, *, rests: bool) -> None:
    """Try it again later, or never; with `rests` the whole webhook is left alone for as long.

    It is switched off where it asks for that, or has taken nothing for a day.
    """
    locked = Webhook.objects.select_for_update(no_key=True, of=("self",))
    fresh = locked.select_related("partner").filter(pk=webhook.pk, is_on=True).first()
    now, row = timezone.now(), answer.row
    again = row.tries < len(PAUSES)
    fresh_since = (fresh.failing_since if fresh else None) or now
    ends = fresh_since + PATIENCE
    later = _later(now, row.tries, answer.rest, ends)
    waiting = WebhookDelivery.objects.filter(state=DeliveryState.WAITING)
    waiting.filter(pk=row.pk).update(
        state=DeliveryState.WAITING if again else DeliveryState.FAILED,
        tries=row.tries + 1,
        due_at=later,
        settled_at=None if again else now,
        answered_at=now,
        status=answer.status,
        **columns_of("reason", answer.reason, REASON_LENGTH),
    )
    if again:
        # Those after it, too: the first of them may not overtake it.
        after = waiting.filter(webhook=webhook.pk, subject=row.subject, pk__gt=row.pk)
        after.filter(due_at__lt=later).update(due_at=later)
    if fresh is None:
        return
    fresh.failing_since = fresh_since
    if rests:
        fresh.rests_until = _later(now, fresh.tries, answer.rest, ends)
        fresh.tries += 1
    fresh.save(update_fields=["failing_since", "rests_until", "tries"])
    webhook.failing_since, webhook.tries = fresh.failing_since, fresh.tries
    logger.warning("webhook_not_taken", webhook=webhook.pk, status=answer.status)
    if answer.is_gone:
        problem = str(GONE)
    elif now >= ends:
        problem = str(NOTHING_TAKEN) % {"reason": answer.reason}
    else:
        return
    switch_off_for(fresh, problem)
    transaction.on_commit(partial(send_word_to_owner, fresh.pk))


def _later(now: datetime, tries: int, rest: float | None, ends: datetime) -> datetime:
    """Return when to try again after so many tries: as asked for, or a while later each time.

    Before the webhook is switched off it has a last try.
    """
    pause: float = PAUSES[min(tries, len(PAUSES) - 1)]
    if rest is None:
        rest = pause * (1 + JITTER * secrets.randbelow(1_000) / 1_000)
    later = now + timedelta(seconds=rest)
    return ends if now < ends < later else later


def requeue_webhooks() -> int:
    """Send for a worker to each host where something is due and nobody is at it, and to tell the
    owners of what was switched off; return to how many hosts.
    """
    now = timezone.now()
    taken = Webhook.objects.filter(claimed_at__gt=now - LEASE).values("host")
    first: dict[str, int] = {}
    for host, pk in due_webhooks().exclude(host__in=taken).values_list("host", "pk"):
        first.setdefault(host, pk)
    for pk in first.values():
        send_webhooks(pk)
    untold = Webhook.objects.filter(is_on=False, owner_told_at=None).exclude(problem="")
    for pk in untold.values_list("pk", flat=True):
        send_word_to_owner(pk)
    return len(first)
