"""Where the actions are found. Each app lists its own when it is ready, the next door's too.

The services that run and undo batches ask here, so that they know no action by name.
"""

from ..models import User
from .base import Action, BatchAction, BulkAction, Place

_known: dict[str, Action] = {}


def register(*actions: Action, first: bool = False) -> None:
    """Add these, in the order of their buttons. Raise ValueError for a name that is taken.

    Apps are not ready in the order of their layers: those of the lowest ask to come `first`.
    """
    others = list(_known.values())
    if first:
        _known.clear()
    for action in (*actions, *(others if first else ())):
        if action.name in _known:
            raise ValueError(f"two actions are called {action.name}")
        _known[action.name] = action


def find(name: str) -> Action | None:
    return _known.get(name)


def action_of(kind: str) -> BatchAction:
    """Return the action of a batch kind. Raise KeyError where no app has listed it."""
    action = _known[kind]
    if not isinstance(action, BatchAction):
        raise KeyError(kind)
    return action


def kinds_open_to(actor: User) -> list[str]:
    """Return the batch kinds that the actor's roles could ask for."""
    batched = [action for action in _known.values() if isinstance(action, BatchAction)]
    return sorted({action.kind for action in batched if actor.can(action.capability)})


def offered(place: Place, actor: User) -> list[BulkAction]:
    """Return what the buttons of that place do, as far as the actor's roles go."""
    bulk = [action for action in _known.values() if isinstance(action, BulkAction)]
    return [each for each in bulk if each.place is place and actor.can(each.capability)]


def offered_for(user: User) -> list[Action]:
    """Return what the page of a living user, or of one of the team, has buttons for."""
    buttons = [action for action in _known.values() if action.text_for(user)]
    return [action for action in buttons if not action.pointless(user)]
