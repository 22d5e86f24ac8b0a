"""Doing an action later: the app above that keeps schedules says how, when it is ready.

Pages that confirm an action ask `when_form` for the part of their form that asks when, and leave
the action with it where that is later.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from customers.models import BatchKind, Customer

from .base import Order


@dataclass(frozen=True, slots=True)
class Scheduled:
    """An action that waits for its time: where it is shown, and when that is, in a sentence."""

    url: str
    text: str


class WhenForm(Protocol):
    """The question when an action is to be done: a form, drawn by components/when.html."""

    def is_valid(self) -> bool: ...

    @property
    def is_later(self) -> bool:
        """Return whether a valid form was answered with another time than now."""
        ...

    def leave(self, kind: BatchKind, order: Order) -> Scheduled:
        """Schedule it for that time, and no second time under its key. Raise Refused."""
        ...


# Called with what was sent, or None, and whose clock it is.
Ask = Callable[[Mapping[str, Any] | None, Customer], WhenForm]

_ask: list[Ask] = []


def ask_when(ask: Ask) -> None:
    """Have all pages that confirm an action ask when, by this form."""
    _ask[:] = [ask]


def when_form(sent: Mapping[str, Any] | None, customer: Customer) -> WhenForm | None:
    """Return the form that asks when; None where no app keeps schedules."""
    return _ask[0](sent, customer) if _ask else None
