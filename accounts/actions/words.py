"""Sentences and lists that several actions share."""

from collections.abc import Sequence

from customers.formats import figure
from customers.said import ngettext

# How many seats of each product, by name.
Seats = Sequence[tuple[str, int]]


def locked_out(count: int) -> str:
    return ngettext(
        "Every open session ends at once, and this account can't be used to sign in.",
        "Every open session ends at once, and these accounts can't be used to sign in.",
        count,
    )


def products(seats: Seats) -> str:
    """Return how many of each product; where it is one each, the names say it."""
    if all(number == 1 for _name, number in seats):
        return ", ".join(name for name, _number in seats)
    return ", ".join(f"{name} ({figure(number)})" for name, number in seats)
