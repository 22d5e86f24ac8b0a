"""Mails that have a row each: claimed before it is sent, and never sent twice.

A row says `state` (by the words that all models of mails share), `claimed_at` and `tries`. Where a
worker dies between claim and answer, the mail may have gone out, and nobody sends it again; what a
server puts off is tried later.
"""

import contextlib
from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar, cast

import structlog
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Model, QuerySet
from django.utils import timezone

from customers.said import columns_of, gettext_lazy
from customers.services.transactions import transactional

from ..models import DeliveryState
from .mail_answers import Setback, in_doubt, setback

logger = structlog.get_logger(__name__)

NO_ADDRESS = gettext_lazy("There is no email address.")
# After this a claimed mail whose worker died is given up: it may have gone out.
GIVE_UP = timedelta(minutes=10)
# Minutes until the next try, the last of them again and again: servers that don't know a sender let
# some pass before they take the first mail.
PAUSES = (1, 5, 15, 30, 60)

Row = TypeVar("Row", bound=Model)


class NotSent(Exception):
    """No mail is made of a row: why, in a sentence, and the state that this leaves it in."""

    def __init__(self, reason: str, state: str = DeliveryState.FAILED) -> None:
        super().__init__(reason)
        self.reason = reason
        self.state = state


class Sender(ABC, Generic[Row]):
    """Sends the rows that are due over one connection. Two workers share the rows, never one."""

    def __init__(self, now: datetime | None = None) -> None:
        self.connection: BaseEmailBackend = get_connection()
        self._now = now

    @property
    def now(self) -> datetime:
        """The moment that the caller gave, else that of the clock."""
        return self._now or timezone.now()

    @abstractmethod
    def due(self) -> QuerySet[Row]:
        """Return the rows that wait and may be sent, in order."""

    @abstractmethod
    def message(self, row: Row) -> EmailMessage:
        """Return the mail of a row, as its reader may see it now. Raise NotSent."""

    @abstractmethod
    def put_off(self, row: Row, why: Setback) -> None:
        """Write when a row that was not taken is tried again, or that it is given up."""

    @abstractmethod
    def settle(self, row: Row, state: str, reason: str) -> None:
        """Write what became of a row."""

    def run(self) -> int:
        """Send what waits; return how many were sent."""
        sent = 0
        with contextlib.closing(self.connection):
            while (row := self.claim()) is not None:
                sent += self.send(row)
        return sent

    @transactional
    def claim(self) -> Row | None:
        """Write that this worker sends a row, before it does."""
        locked = self.due().select_for_update(skip_locked=True, of=("self",), no_key=True)
        row: Any = locked.first()
        if row is not None:
            row.state, row.claimed_at = DeliveryState.SENDING, self.now
            row.save(update_fields=["state", "claimed_at"])
        return cast("Row | None", row)

    def send(self, row: Row) -> bool:
        try:
            message = self.message(row)
        except NotSent as why:
            self.settle(row, why.state, why.reason)
            return False
        message.connection = self.connection
        try:
            message.send()
        except (OSError, ValueError) as error:
            # smtplib's errors are OSErrors, an address that can't be written is a ValueError.
            self.connection.close()
            why_not = setback(error)
            mail = f"{row._meta.model_name} {row.pk}"
            logger.warning("mail_not_sent", mail=mail, reason=why_not.reason)
            self.put_off(row, why_not)
            return False
        self.settle(row, DeliveryState.SENT, "")
        return True


def pause(tries: int) -> timedelta:
    """Return how long a mail waits that was not taken after so many tries before."""
    return timedelta(minutes=PAUSES[min(tries, len(PAUSES) - 1)])


def give_up_lost(mails: type[Model], now: datetime) -> int:
    """Give up mails whose worker died: they may have gone out. Return how many."""
    rows = mails._default_manager.filter(state=DeliveryState.SENDING, claimed_at__lt=now - GIVE_UP)
    return rows.update(state=DeliveryState.FAILED, **columns_of("reason", in_doubt()))
