"""What an undo has before it: the people as they are now, and what was done to them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from customers.models import Batch, BatchItem, BatchKind, Customer, Outcome
from customers.roles import Capability

from ...models import User
from ..users.locking import Left, Why, beyond_reach
from .later import later_touches


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom it is done to, who is left as they are and why, and what happens, in sentences.

    `do` writes, and closes the batch that it is given; the people must be locked.
    """

    people: Sequence[User]
    left: Sequence[Left]
    points: Sequence[str]
    do: Callable[[Batch], Batch]


@dataclass(frozen=True, slots=True)
class Case:
    """`rows` are in the order in which it was done to them; `items`, by user id, what was done.

    `locked` where it is about to be done: what is read then must stay so.
    """

    kind: BatchKind
    customer: Customer
    actor: User
    rows: Sequence[User]
    items: Mapping[int, BatchItem]
    locked: bool = False

    def sort_out(self, *reasons: Why) -> tuple[list[User], list[Left]]:
        """Whom it can be done to, and whom not: somebody touched them since, or a reason given."""
        later = later_touches(self.items, self.kind)
        todo: list[User] = []
        left: list[Left] = []
        for row in self.rows:
            touch = later.get(row.pk)
            if touch:
                left.append((row, Outcome.SKIPPED, touch.sentence(row)))
            elif found := next((why for reason in reasons if (why := reason(row))), None):
                left.append((row, *found))
            else:
                todo.append(row)
        return todo, left

    def reach(self, capability: Capability) -> Why:
        """Leaves out administrators, where the actor's roles stop before them."""
        return beyond_reach(self.actor, capability)


@dataclass(frozen=True, slots=True)
class Inverse:
    """What takes batches of a kind back: a batch of this kind, by whoever may do it."""

    kind: BatchKind
    capability: Capability
    plan: Callable[[Case], Plan]


@dataclass(slots=True)
class Tally:
    """Counts by word, in the order of the words."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, word: str) -> None:
        self.counts[word] = self.counts.get(word, 0) + 1

    def text(self) -> str:
        return ", ".join(f"{number:,} × {word}" for word, number in sorted(self.counts.items()))
