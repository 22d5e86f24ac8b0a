"""In which order the workers of a whole run take tests."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def slow_first(items: Sequence[Item], is_slow: Callable[[Item], bool], workers: int) -> list[Item]:
    """Return them so that each worker, which begins with its part of the list, begins with slow
    ones: none of those is left when the others have ended.
    """
    slow = [item for item in items if is_slow(item)]
    rest = [item for item in items if not is_slow(item)]
    each = -(-len(rest) // workers)
    return [
        item
        for worker in range(workers)
        for item in (*slow[worker::workers], *rest[worker * each : (worker + 1) * each])
    ]
