"""What apps above offer to a user whom an application does not let in: a way to what is missing.

Each app says so when it is ready.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from accounts.models import User

from .models import Application


@dataclass(frozen=True, slots=True)
class Offer:
    """A link beside an application that is closed; `text` says what there is to know of it."""

    label: str
    url: str
    text: str = ""


# By the application's id, for all of them at once.
OffersOf = Callable[[User, Sequence[Application]], Mapping[int, Offer]]

_offers: list[OffersOf] = []


def also_offered(make: OffersOf) -> None:
    """Offer this where an application does not let a customer's user in."""
    _offers.append(make)


def offers(user: User, applications: Sequence[Application]) -> dict[int, list[Offer]]:
    """Return what is offered beside each of these, by its id."""
    found: dict[int, list[Offer]] = {row.pk: [] for row in applications}
    for make in _offers if applications else []:
        for pk, offer in make(user, applications).items():
            found[pk].append(offer)
    return found
