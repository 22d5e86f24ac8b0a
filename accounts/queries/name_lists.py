"""Users by a list of their names, as it was copied from a mail, a ticket or a column."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import reduce
from operator import or_

from django.db.models import Q
from django.db.models.functions import Lower

from customers.models import Customer

from ..models import User
from ..names import typed_user_name

# So many names that were not found are compared with those of users, each with so many of them.
_HINTED = 25
_COMPARED = 500
# In a larger customer only with names that begin alike.
_BEGINNING = 3
# What still stands around a name that was copied from a text.
_QUOTES = " \"'“”„«»"
_BRACKETED = re.compile(r"<([^<>]*)>")


@dataclass(frozen=True, slots=True)
class NamesFound:
    """What became of a list: users by id, and names as they were written.

    `nearest` has the user name that was probably meant, `deleted` those of deleted users.
    """

    asked: int
    ids: Sequence[int]
    missing: Sequence[str]
    twice: Sequence[str]
    nearest: dict[str, str] = field(default_factory=dict)
    deleted: Collection[str] = frozenset()


def names_in(text: str) -> list[str]:
    """Return the names of a list: one a line, or apart by commas, semicolons or tabs.

    Of `Jane Roe <jane@contoso.com>`, and of `Roe, Jane <…>`, what is in the brackets is the name.
    Each is read as a user name is where it is typed.
    """
    names: list[str] = []
    plain = "@".join(part.strip(" ") for part in unicodedata.normalize("NFKC", text).split("@"))
    for piece in re.split(r"[;\t]|[^\S ]+", plain):
        parts: list[str] = []
        for part in piece.split(","):
            if bracketed := _BRACKETED.findall(part):
                if parts and "@" not in parts[-1]:
                    # The last name, which stands first.
                    parts.pop()
                parts += bracketed
            elif len(words := part.split()) > 1 and all("@" in word for word in words):
                parts += words
            else:
                parts.append(part)
        names += parts
    typed = (typed_user_name(name).strip(_QUOTES) for name in names)
    return [name for name in typed if name]


def find_names(names: Sequence[str], customer: Customer) -> NamesFound:
    """Return the customer's living users of these names; a name without @ has the main domain.

    Four queries, however many names.
    """
    written: dict[str, str] = {}
    counts: Counter[str] = Counter()
    domain = customer.domains.get(is_primary=True).name
    for name in names:
        key = name.casefold() if "@" in name else f"{name}@{domain}".casefold()
        written.setdefault(key, name)
        counts[key] += 1
    own = User.objects.filter(customer=customer)
    there = own.active().filter(username__among_texts=[*written])
    found = dict(there.values_list("username", "pk"))
    missing = [key for key in written if key not in found]
    deleted = set[str]()
    if missing:
        named = own.restorable().annotate(lower_name=Lower("user_name"))
        gone = named.filter(lower_name__among_texts=missing)
        deleted = set(gone.values_list("lower_name", flat=True))
    hinted = [key for key in missing if key not in deleted][:_HINTED]
    return NamesFound(
        asked=len(written),
        ids=[found[key] for key in written if key in found],
        missing=[written[key] for key in missing],
        twice=[written[key] for key, count in counts.items() if count > 1],
        nearest={written[key]: name for key, name in _nearest(hinted, customer).items()},
        deleted={written[key] for key in deleted},
    )


def _nearest(keys: Sequence[str], customer: Customer) -> dict[str, str]:
    """Return by name the living user's that was probably meant, looked up in one query."""
    if not keys:
        return {}
    length = _BEGINNING if customer.active_users > _COMPARED else 0
    alike = (Q(username__startswith=beginning) for beginning in {key[:length] for key in keys})
    users = User.objects.filter(reduce(or_, alike), customer=customer).active()
    buckets = defaultdict[str, list[str]](list)
    names = users.order_by("pk").values_list("username", flat=True)
    for name in map(str, names[: _HINTED * _COMPARED]):
        buckets[name[:length]].append(name)
    nearest = {}
    for key in keys:
        candidates = buckets[key[:length]][:_COMPARED]
        local = key.partition("@")[0]
        same = [name for name in candidates if name.partition("@")[0] == local]
        if close := same or get_close_matches(key, candidates, n=1, cutoff=0.75):
            nearest[key] = close[0]
    return nearest
