"""Cards that apps above add to the page of a user, to My account, and to one's own sessions.

Each app says so when it is ready.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..models import User


@dataclass(frozen=True, slots=True)
class Card:
    """A template and what it needs; on the page it is `card`, beside what the page has."""

    template: str
    context: Mapping[str, Any]


# Of a user, for another one who sees the page: None where there is nothing to show.
CardOf = Callable[[User, User], Card | None]

# Of the user who looks at the own account or sessions.
OwnCardOf = Callable[[User], Card | None]

_cards: list[CardOf] = []
_session_cards: list[OwnCardOf] = []
_account_cards: list[OwnCardOf] = []


def also_shown(card: CardOf) -> None:
    """Show this on the page of each user of a customer."""
    _cards.append(card)


def cards(user: User, seen_by: User) -> list[Card]:
    return [card for make in _cards if (card := make(user, seen_by)) is not None]


def also_in_sessions(card: OwnCardOf) -> None:
    """Show this below the sessions of the portal, to the user whose they are."""
    _session_cards.append(card)


def session_cards(user: User) -> list[Card]:
    return [card for make in _session_cards if (card := make(user)) is not None]


def also_in_account(card: OwnCardOf) -> None:
    """Show this on My account, to the user whose it is."""
    _account_cards.append(card)


def account_cards(user: User) -> list[Card]:
    return [card for make in _account_cards if (card := make(user)) is not None]
