"""The scope of what runs now: whose rows the database shows it (by `customers/postgresql`).

Scope in code comes first (`tenancy.py`, `visible_to`); this one holds when that was forgotten. On
SQLite it changes nothing.
"""

import contextlib
from collections.abc import Generator, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from django.db import connections

if TYPE_CHECKING:
    from .narrowing import Narrowing

# What a request of a partner or of a customer runs as, its lists of one customer's users, a
# request of support staff, and all the rest: tasks and commands.
ROLES = ("portal_web", "portal_people", "portal_support", "portal_tasks")
WEB, PEOPLE, SUPPORT_STAFF, PORTAL = ROLES

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Scope:
    """A role of the database and, in a request, whose rows it sees: a partner's or one customer's.

    `at` is the customer that a page is about, whose rows are then found quicker: it shows nothing
    that the others do not. `narrowing` is what a token leaves of its user's rights: the code keeps
    to it, and the database is not told.
    """

    role: str
    partner: int | None = None
    customer: int | None = None
    at: int | None = None
    narrowing: "Narrowing | None" = None


NOBODY, SUPPORT, TASKS = Scope(WEB), Scope(SUPPORT_STAFF), Scope(PORTAL)

_current: ContextVar[Scope | None] = ContextVar("scope", default=None)


@dataclass(slots=True)
class Process:
    """The state of this process: its scope outside of requests, and whether it refuses logins.

    Without a scope it does as its login may.
    """

    scope: Scope | None = None
    guarded: bool = False


process = Process()


def current() -> Scope | None:
    return _current.get()


def enter(scope: Scope) -> None:
    """Set the scope until the end of the request, or of the `within` around it."""
    _current.set(scope)


def at(customer: int) -> None:
    """Tell that the page is about this customer, whether or not it is one to be seen."""
    if (scope := _current.get()) is not None and scope.role == WEB:
        _current.set(replace(scope, at=customer))


def leave() -> None:
    """Show nobody's rows from here on: whoever was let in is out again."""
    _current.set(NOBODY)


def narrow(narrowing: "Narrowing") -> None:
    """Keep the code to what a token leaves of its user's rights, until the end of the request."""
    _current.set(replace(_current.get() or NOBODY, narrowing=narrowing))


def only(customer: int) -> None:
    """Show no more than this customer's rows, of those that are shown to whoever was let in."""
    if (scope := _current.get()) is not None:
        _current.set(replace(scope, customer=customer, at=customer))


@contextlib.contextmanager
def narrowed(customer: int) -> Generator[None]:
    """Narrow reads to this customer's users, and to nothing else.

    The policy is then one comparison, which the planner knows to hold for all rows of a query that
    names the customer as well: a search through 100,000 users does not ask it for each.
    """
    scope = _current.get()
    if scope is None or scope.role != WEB:
        yield
        return
    token = _current.set(replace(scope, role=PEOPLE, at=customer))
    try:
        yield
    finally:
        _current.reset(token)


@contextlib.contextmanager
def within(scope: Scope) -> Generator[None]:
    """Run a request, or a part of one, in this scope, and end its reads with it."""
    token = _current.set(scope)
    try:
        yield
    finally:
        finish_reading()
        _current.reset(token)


def each_within(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield the parts of a streamed answer, each made in the scope of here and now.

    No transaction stays open while a reader takes its time.
    """
    scope, rest = _current.get() or NOBODY, iter(parts)

    def steps() -> Iterator[Part]:
        while True:
            with within(scope):
                try:
                    part = next(rest)
                except StopIteration:
                    return
            yield part

    return steps()


def finish_reading() -> None:
    """Close the transactions that reads have opened; whatever was written is written already."""
    for connection in connections.all(initialized_only=True):
        if (finish := getattr(connection, "finish_reading", None)) is not None:
            finish()
