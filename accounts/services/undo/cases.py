"""What an undo has before it: the people as they are now, and what was done to them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from customers.formats import figure
from customers.models import Batch, BatchKind, Customer, Outcome
from customers.roles import Capability

from ...models import User
from ...queries.user_briefs import Brief
from ..users.locking import Verdict, WhyBrief, beyond_reach
from .later import Done, Touch, later_touches

LeftBrief = tuple[Brief, Outcome, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom it is done to, who is left as they are and why, and what happens, in sentences.

    `do` writes, and closes the batch that it is given, which has begun; the people must be locked.
    """

    people: Sequence[Brief]
    left: Sequence[LeftBrief]
    points: Sequence[str]
    do: Callable[[Batch], Batch]


@dataclass(frozen=True, slots=True)
class Case:
    """`rows` are in the order in which it was done to them; `done`, by user id, what was.

    `locked` where it is about to be done: what is read then must stay so. `released` are the
    subscriptions, by user id, that are taken away along with it.
    """

    batch: Batch
    actor: User
    rows: Sequence[Brief]
    done: Mapping[int, Done]
    places: Mapping[int, int]
    locked: bool = False
    released: Mapping[int, frozenset[int]] = field(default_factory=dict)

    @property
    def customer(self) -> Customer:
        return self.batch.customer

    def sort_out(self, *reasons: Callable[[Brief], Verdict]) -> tuple[list[Brief], list[LeftBrief]]:
        """Whom it can be done to, and whom not: somebody touched them since, or a reason given."""
        later = later_touches(self.batch, self.done, self.places)
        todo: list[Brief] = []
        left: list[LeftBrief] = []
        for row in self.rows:
            if found := _verdict(row, later.get(row.pk), reasons):
                left.append((row, *found))
            else:
                todo.append(row)
        return todo, left

    def reach(self, capability: Capability) -> WhyBrief:
        """Leaves out administrators, where the actor's roles stop before them."""
        return beyond_reach(self.actor, capability)


def _verdict(
    row: Brief, touch: Touch | None, reasons: Sequence[Callable[[Brief], Verdict]]
) -> Verdict:
    if touch:
        return Outcome.SKIPPED, touch.sentence(row.display_name)
    for reason in reasons:
        if found := reason(row):
            return found
    return None


@dataclass(frozen=True, slots=True)
class Inverse:
    """What takes batches of a kind back: a batch of this kind, by whoever may do it."""

    kind: BatchKind
    capability: Capability
    plan: Callable[[Case], Plan]


@dataclass(slots=True)
class WordCounts:
    """Counts by word, in the order of the words."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, word: str, number: int = 1) -> None:
        self.counts[word] = self.counts.get(word, 0) + number

    def text(self) -> str:
        return ", ".join(
            f"{figure(number)} × {word}" for word, number in sorted(self.counts.items())
        )


def freed_text(seats: WordCounts) -> str:
    return _("Seats that are free at once: %(list)s.") % {"list": seats.text()}
