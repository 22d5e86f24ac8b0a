"""The end of a user's access: every session, token and application, with one call.

Each of these stands or falls by `session_epoch`: what was made under another epoch is worth nothing
at its next use, without a search for it. A door that has more to do, such as to tell an application
that a user was signed out, says so when its app is ready, by `at_end_of_access`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.db.models import F
from django.db.models.functions import Now

from customers.services import bulk

from ..models import User

# Called with the ids of the users, in the transaction that ends their access: what it does becomes
# true with that, or not at all.
AtEnd = Callable[[Sequence[int]], None]

_at_end: list[AtEnd] = []


def at_end_of_access(act: AtEnd) -> AtEnd:
    """Have this called whenever access ends; it may be used as a decorator."""
    if act not in _at_end:
        _at_end.append(act)
    return act


def end_access(
    users: Collection[User], *, writing: Collection[str] | Mapping[str, Any] = ()
) -> None:
    """End all access of these users, whose rows the caller has locked; in its transaction.

    A row is written once, so that what else is changed of it goes with this: fields by name, as
    the objects have them, or by name the values that all of them get.
    """
    if not users:
        return
    for user in users:
        user.session_epoch += 1
    ids = [user.pk for user in users]
    if isinstance(writing, Mapping):
        # By the statement itself, as the trigger would write it for each row.
        values = {"session_epoch": F("session_epoch") + 1, "updated_at": Now(), **writing}
        User.objects.filter(pk__among=ids).update(**values)
    else:
        bulk.update(list(users), [*writing, "session_epoch"])
    for act in _at_end:
        act(ids)


def keep_session(user: User, ended: User) -> None:
    """Let the caller's object be as the user's row, whose access has ended, by their own hand.

    Django's `update_session_auth_hash` then keeps the session in which they did it, and no other.
    """
    for name in ("password", "must_change_password", "temporary_password_set_at"):
        setattr(user, name, getattr(ended, name))
    user.session_epoch = ended.session_epoch
