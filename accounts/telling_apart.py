"""Users of one name, told apart by their user names wherever they stand side by side."""

from collections import Counter
from collections.abc import Iterable

from customers.said import gettext as _


def told_apart(users: Iterable[tuple[str, str]]) -> list[str]:
    """Return each display name; where another of these is alike, with the user name beside it.

    `users` are pairs of the two.
    """
    pairs = list(users)
    alike = Counter(name.casefold() for name, _user_name in pairs)
    words = _with_both()
    return [
        words % {"name": name, "user_name": user_name} if alike[name.casefold()] > 1 else name
        for name, user_name in pairs
    ]


def with_user_name(name: str, user_name: str) -> str:
    return _with_both() % {"name": name, "user_name": user_name}


def _with_both() -> str:
    return _("%(name)s (%(user_name)s)")
