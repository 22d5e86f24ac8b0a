"""What finders share: the tales that they find, told to those who do not know them yet."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from customers.models import Customer

from ...models import Notice, NoticeKind
from ..telling import end_notices, tell

# A user and the key of a subject.
Known = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Tale:
    """Something that is so, and who should know of it."""

    key: str
    to: Collection[User]
    customer: Customer | None
    facts: Mapping[str, Any]
    url: str


def standing(kind: NoticeKind) -> set[Known]:
    """Return who was told of what, and has not been told that it is over."""
    told = Notice.objects.filter(kind=kind, ended_at=None)
    return set(told.values_list("user_id", "subject_key"))


def settle(
    kind: NoticeKind,
    tales: Iterable[Tale],
    *,
    now: datetime,
    known: Collection[Known] | None = None,
    still: Iterable[Known] = (),
) -> int:
    """Tell what is new of a kind and end what is over; return how many were told.

    `still` are notices that stand besides those of the tales. Those that are known are not asked
    for again: most of what is so was so an hour ago.
    """
    known = standing(kind) if known is None else known
    true = set(still)
    told = 0
    for tale in tales:
        fresh = [user for user in tale.to if (user.pk, tale.key) not in known]
        true.update((user.pk, tale.key) for user in tale.to)
        if fresh:
            told += tell(
                kind,
                fresh,
                subject_key=tale.key,
                customer=tale.customer,
                facts=tale.facts,
                url=tale.url,
                now=now,
            )
    end_notices(kind, true, now=now)
    return told
