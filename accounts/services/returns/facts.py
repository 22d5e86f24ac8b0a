"""What a preview has shown, carried by its form, to tell whether anything has changed since."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from customers.formats import first_of
from customers.said import gettext as _

from .records import Return


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page has shown: by user id the name's problem and the lost licenses, where there are
    any.

    `boxes` are the licenses that could be chosen. `whole` says that every user with a problem is in
    it; `digest` is of all users.
    """

    digest: str = ""
    rows: dict[str, tuple[str, list[int]]] = field(default_factory=dict)
    boxes: list[int] = field(default_factory=list)
    whole: bool = True


def fingerprint(returns: Iterable[Return]) -> str:
    """Return a digest of all that comes back and that does not, in whatever order."""
    lines = sorted(
        f"{item.user.pk} {item.name_problem} {sorted(row.pk for row in item.back)}"
        f" {sorted(row.pk for row in item.lost_rows)}"
        for item in returns
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def see(returns: Sequence[Return], shown: Iterable[Return], boxes: Iterable[int]) -> Seen:
    """Return what a page tells that shows these of the returns."""
    rows = {
        str(item.user.pk): (item.name_problem, [row.pk for row in item.lost_rows])
        for item in shown
        if item.has_problem
    }
    whole = len(rows) == sum(item.has_problem for item in returns)
    return Seen(fingerprint(returns), rows, list(boxes), whole)


def time_is_over(name: str) -> str:
    """Return the sentence for a user who can't be restored any more."""
    return _("The time to restore %(name)s is over.") % {"name": name}


def differences(seen: Seen, returns: Sequence[Return]) -> list[str]:
    """Return in sentences what has changed for these users since `seen`; none when nothing has."""
    if seen.digest == fingerprint(returns):
        return []
    found = []
    for item in returns:
        known = seen.rows.get(str(item.user.pk))
        if known is None and not seen.whole:
            continue
        name_problem, lost = known or ("", [])
        name = item.user.display_name
        found += [f"{name}: {reason}" for row, reason in item.lost if row.pk not in lost]
        found += [
            _("%(name)s: %(product)s comes back after all.")
            % {"name": name, "product": row.product}
            for row in item.back
            if row.pk in lost
        ]
        if item.name_problem and item.name_problem != name_problem:
            found.append(f"{name}: {item.name_problem}")
        elif name_problem and not item.name_problem:
            found.append(_("%(name)s: the user name is free again.") % {"name": name})
    return first_of(found) or [_("What will be restored has changed since this page was shown.")]
