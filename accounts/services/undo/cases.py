"""What an undo has before it: the users as they are now, and what was done to them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from customers.formats import figure
from customers.models import Batch, BatchKind, Customer, Outcome
from customers.roles import Capability
from customers.said import gettext as _

from ...models import User
from ...queries.user_briefs import Brief
from ..users.locking import Verdict, WhyBrief, beyond_reach
from .later import Done, later_touches

LeftBrief = tuple[Brief, Outcome, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an undo would do: to whom, who is left as they are and why, and what happens, in
    sentences.

    `do` writes, and closes the batch that it is given, which has begun; the users must be locked.
    """

    users: Sequence[Brief]
    left: Sequence[LeftBrief]
    points: Sequence[str]
    do: Callable[[Batch], Batch]


@dataclass(frozen=True, slots=True)
class Case:
    """The batch to be undone, with its users, in the order in which it was done to them.

    `done` is by user id what was. `locked` where it is about to be done: what is read then must
    stay so. `released` are the subscriptions, by user id, that are taken away along with it.
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
        """Return to whom it can be done, and to whom not: touched since, or for a reason given."""
        later = later_touches(self.batch, self.done, self.places)
        todo: list[Brief] = []
        left: list[LeftBrief] = []
        for row in self.rows:
            if touch := later.get(row.pk):
                left.append((row, Outcome.SKIPPED, touch.sentence(row.display_name)))
            elif found := next((why for reason in reasons if (why := reason(row))), None):
                left.append((row, *found))
            else:
                todo.append(row)
        return todo, left

    def reach(self, capability: Capability) -> WhyBrief:
        """Return the reason that leaves administrators out, where the actor's roles don't reach
        them.
        """
        return beyond_reach(self.actor, capability)


@dataclass(frozen=True, slots=True)
class Inverse:
    """What takes batches of a kind back: a batch of this kind, by actors who may do it."""

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
    """Return the sentence that says which seats are free at once."""
    return _("Seats that are free at once: %(list)s.") % {"list": seats.text()}
