"""What an app above brings along: a kind of batch, and how it is run, undone and shown.

The app says so when it is ready, and is asked here: accounts knows none of them by name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from customers.models import Batch, BatchKind, Customer

from ..models import User

if TYPE_CHECKING:
    from .undo.cases import Inverse


@dataclass(frozen=True, slots=True)
class BroughtKind:
    """`work` counts the rows that `run` tells of; `not_done` is told why, "" for canceled."""

    kind: BatchKind
    run: Callable[[Batch, User], Batch]
    work: Callable[[Batch], int]
    not_done: Callable[[int, str], None]
    inverse: "Inverse"
    list_url: Callable[[Batch, Customer], str]


_brought: dict[str, BroughtKind] = {}


def bring(kind: BroughtKind) -> None:
    _brought[kind.kind] = kind


def brought(kind: str) -> BroughtKind | None:
    return _brought.get(kind)
