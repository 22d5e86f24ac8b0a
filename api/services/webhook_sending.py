"""Messages of webhooks on the wire, over some connections at the same time.

Threads send, and ask no database: what an answer means is left to `webhook_delivery`. httpx2 is
loaded by workers alone (applications.egress.client).
"""

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import httpx2
from django.utils import timezone

from applications.egress.client import STEP, WHOLE, explain, open_client
from customers.query_params import read_number
from customers.said import gettext as _

from ..models import WebhookDelivery
from .webhook_secrets import headers_for

# Connections to a host at most.
LANES = 8
# Parts of an answer that are read, so that the connection serves for the next message as well.
PARTS = 16
# Seconds: longer than a day nobody asks to be left alone.
LONGEST_REST = 86_400.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a try: `status` None is no answer, `rest` the seconds that were asked for."""

    row: WebhookDelivery
    status: int | None
    reason: str = ""
    rest: float | None = None

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants to hear nothing any more."""
        return self.status == 410

    @property
    def is_stumble(self) -> bool:
        """Whether the receiver failed at it, maybe at this one alone."""
        return self.status is not None and self.status >= 500

    @property
    def is_general(self) -> bool:
        """Whether all others would be answered alike."""
        return self.status in {None, 410, 429} or self.rest is not None


def post(
    client: httpx2.Client, address: str, signing: Sequence[str], row: WebhookDelivery
) -> Answer:
    """Send it, and wait for the answer: its status alone counts, and a redirect is none."""
    headers = headers_for(row.message_id, row.body, signing)
    timeout = httpx2.Timeout(WHOLE, connect=STEP)
    try:
        with client.stream(
            "POST", address, content=row.body.encode(), headers=headers, timeout=timeout
        ) as response:
            status, rest = response.status_code, _rest_of(response)
            # Whatever is wrong with the rest of it: it has been taken, or it has not.
            with suppress(httpx2.RequestError):
                for number, _part in enumerate(response.iter_raw()):
                    if number >= PARTS:
                        break
    except (httpx2.RequestError, httpx2.InvalidURL, ValueError) as error:
        return Answer(row, None, explain(error))
    answer = Answer(row, status, "", rest)
    if answer.is_good:
        return Answer(row, status)
    text = _("The receiver answered with status %(status)s.") % {"status": status}
    return Answer(row, status, text, rest)


def _rest_of(response: httpx2.Response) -> float | None:
    """Return how long the receiver asks to be left alone: in seconds, or until a moment."""
    text = response.headers.get("Retry-After", "").strip()
    if response.status_code not in {429, 503} or not text:
        return None
    if (number := read_number(text)) is not None:
        seconds = float(number)
    else:
        try:
            seconds = (parsedate_to_datetime(text) - timezone.now()).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(seconds, 1.0), LONGEST_REST)


@dataclass(slots=True)
class Lanes(AbstractContextManager["Lanes"]):
    """Connections to a receiver, opened as there is something to send over them."""

    address: str
    signing: Sequence[str]
    running: dict["Future[Answer]", httpx2.Client] = field(default_factory=dict)
    free: list[httpx2.Client] = field(default_factory=list)
    stack: ExitStack = field(default_factory=ExitStack)
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(LANES))

    def __exit__(self, *_error: object) -> None:
        # What is on its way is waited for: it ends in seconds, and its connection with it.
        self.threads.shutdown()
        self.stack.close()

    def give(self, row: WebhookDelivery) -> None:
        """Have it sent over a connection that is free, or over a new one."""
        client = self.free.pop() if self.free else self.stack.enter_context(open_client())
        self.running[self.threads.submit(post, client, self.address, self.signing, row)] = client

    def answers(self, seconds: float) -> list[Answer]:
        """Wait for the next answer, so long at most; return those that there are."""
        heard = []
        for future in wait(self.running, seconds, FIRST_COMPLETED).done:
            self.free.append(self.running.pop(future))
            heard.append(future.result())
        return heard
