"""What a preview has shown, carried by its form, to tell whether the world has changed since."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from customers.formats import first_of

from .records import Return


@dataclass(frozen=True, slots=True)
class Seen:
    """By user id the name's problem and the lost licenses, of those with any that were shown.

    `boxes` are the licenses that could be chosen. `whole` says that everybody with a problem is
    in it; `digest` is of all people.
    """

    digest: str = ""
    rows: dict[str, tuple[str, list[int]]] = field(default_factory=dict)
    boxes: list[int] = field(default_factory=list)
    whole: bool = True


def fingerprint(returns: Iterable[Return]) -> str:
    """Of all that comes back and all that does not, whatever the order of the list."""
    lines = sorted(
        f"{item.user.pk} {item.name_problem} {sorted(row.pk for row in item.back)}"
        f" {sorted(row.pk for row in item.lost_rows)}"
        for item in returns
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def see(returns: Sequence[Return], shown: Iterable[Return], boxes: Iterable[int]) -> Seen:
    """What a page tells that shows these of the returns."""
    rows = {
        str(item.user.pk): (item.name_problem, [row.pk for row in item.lost_rows])
        for item in shown
        if item.has_problem
    }
    whole = len(rows) == sum(item.has_problem for item in returns)
    return Seen(fingerprint(returns), rows, list(boxes), whole)


def time_is_over(name: str) -> str:
    return _("The time to restore %(name)s is over.") % {"name": name}


def differences(seen: Seen, returns: Sequence[Return]) -> list[str]:
    """In sentences, what has changed for these people since `seen`; none when nothing has."""
    if seen.digest == fingerprint(returns):
        return []
    found = [sentence for item in returns for sentence in _of_one(seen, item)]
    return first_of(found) or [_("Who or what comes back is no longer what this page had shown.")]


def _of_one(seen: Seen, item: Return) -> list[str]:
    known = seen.rows.get(str(item.user.pk))
    if known is None and not seen.whole:
        return []
    name_problem, lost = known or ("", [])
    person = {"name": item.user.display_name}
    found = [f"{person['name']}: {reason}" for row, reason in item.lost if row.pk not in lost]
    found += [
        _("%(name)s: %(product)s comes back after all.") % {**person, "product": row.product}
        for row in item.back
        if row.pk in lost
    ]
    if item.name_problem and item.name_problem != name_problem:
        found.append(f"{person['name']}: {item.name_problem}")
    elif name_problem and not item.name_problem:
        found.append(_("%(name)s: the user name is free again.") % person)
    return found
