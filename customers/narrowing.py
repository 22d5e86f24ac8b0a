"""What a token leaves of its user's rights, for as long as a request comes with it.

A part of the scope of the request (customers.scope), so that nothing has to hand it on: the row of
the actor that a service reads anew is narrowed as the one before it. Where a user's rights are
asked for, three places look here: `User.reach`, `Customer.is_open_to` and the customers that are
`visible_to` the user. A batch keeps which token it came by, and is run under what that token leaves
by then.
"""

from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from . import scope
from .roles import OF_PARTNER, Capability, reach, who_can
from .said import gettext as _

# What no token may ever do, whatever its user may: to make others, and more tokens.
NEVER = frozenset({Capability.MANAGE_TEAM})


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The rights that a token has of its user's, at most.

    `user` and `token` are numbers of rows, `via` is the door. `customers` None: all that the user
    sees. `spares_administrators`: they are out of its reach, whatever the user's role.
    """

    user: int
    token: int
    via: str
    capabilities: frozenset[Capability]
    customers: frozenset[int] | None = None
    spares_administrators: bool = False

    def opens(self, customer: int) -> bool:
        return self.customers is None or customer in self.customers

    def leaves(self, capability: Capability) -> bool:
        return capability in self.capabilities and capability not in NEVER


# Called with a token's number, by a task that has no request; None where it is worth nothing now.
Kept = Callable[[int], Narrowing | None]
# Called with numbers of tokens that batches came by; those that are gone are not in the answer.
Names = Callable[[Collection[int]], Mapping[int, str]]

_kept: list[Kept] = []
_names: list[Names] = []


def keep_narrowings(find: Kept, name: Names) -> None:
    """Have these asked for what a token leaves, and for the names of tokens.

    The app that has the tokens calls it when ready.
    """
    _kept[:], _names[:] = [find], [name]


def kept_narrowing(token: int) -> Narrowing | None:
    return next((found for find in _kept if (found := find(token)) is not None), None)


def token_names(tokens: Collection[int]) -> dict[int, str]:
    """Return the names of tokens by their numbers, with one query; with none for no tokens."""
    return {pk: text for name in _names if tokens for pk, text in name(tokens).items()}


def narrow(narrowing: Narrowing) -> None:
    """Narrow the rights of a user who was let in, until the end of the request."""
    scope.narrow(narrowing)


@contextmanager
def narrowed_to(narrowing: Narrowing) -> Generator[None]:
    """Narrow a user's rights for a task."""
    with scope.within(replace(scope.current() or scope.TASKS, narrowing=narrowing)):
        yield


def narrowing_of(user: int | None) -> Narrowing | None:
    """Return what is left of the rights of this user here and now; None for all of them."""
    current = scope.current()
    narrowing = current.narrowing if current else None
    return narrowing if narrowing is not None and narrowing.user == user else None


def why_not(user: Any, capability: Capability) -> str:
    """Return the refusal that the user's roles lack this, or else the token by which they ask.

    To be told to ask for a role that one has would help nobody.
    """
    narrowing = narrowing_of(user.pk)
    is_limited = capability in OF_PARTNER and user.limited_to_customers
    if narrowing is None or is_limited or not reach(user.roles, capability):
        return str(who_can(capability, staff=bool(user.partner_id)))
    if capability in NEVER:
        return _("No token can do this.")
    return _('This token lacks the permission "%(name)s".') % {"name": capability.value}
