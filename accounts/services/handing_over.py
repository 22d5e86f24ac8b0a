"""What became of the passwords of a sheet, user by user: shown, printed, copied, and so on.

Places of the sheet tell it, and the mails that were sent; no password is read for it but where
names are asked for that only the sheet knows.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max
from django.utils.functional import Promise

from customers.errors import Refused
from customers.said import gettext_lazy

from ..models import CredentialSheet, Delivery, DeliveryState, HandedBy, MailTo, SheetReading
from .credentials import Slip, slips_of

EMAILED = gettext_lazy("Emailed")

Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Handed:
    """One way in which a user's password was read, in words, and when that was last done."""

    label: str | Promise
    at: datetime


def readings_of(sheet: CredentialSheet, first: int, end: int) -> list[SheetReading]:
    """Return what was read of these places of the sheet until now, the last one last."""
    return list(sheet.readings.filter(first__lt=end, end__gt=first).order_by("at"))


def states_of(
    sheet: CredentialSheet, slips: Sequence[Slip], readings: Iterable[SheetReading]
) -> list[list[Handed]]:
    """Return by these readings, and by the mails, what became of each of these slips."""
    sent = sheet.deliveries.filter(state=DeliveryState.SENT)
    to_users = sent.filter(user_id__among=[slip.user_id for slip in slips])
    mailed = dict(to_users.values_list("user_id", "sent_at"))
    lists = list(sent.filter(user=None).values_list("users", "sent_at"))
    found = []
    for slip in slips:
        ways = {each.by_way: each.at for each in readings if each.first <= slip.place < each.end}
        told = [Handed(way.label, ways[way]) for way in HandedBy if way in ways]
        mails = [at for users, at in lists if at and slip.place < users]
        mails += [at] if (at := mailed.get(slip.user_id)) else []
        found.append([*told, *([Handed(EMAILED, max(mails))] if mails else [])])
    return found


@dataclass(frozen=True, slots=True)
class HandedCount:
    """For how many users of a sheet this was done."""

    label: str | Promise
    users: int


def counts_of(sheets: Iterable[CredentialSheet]) -> dict[int, list[HandedCount]]:
    """Return for how many users of each sheet each way was gone, by the sheet's id."""
    ids = [sheet.pk for sheet in sheets]
    ways: dict[int, dict[str, list[Stretch]]] = {pk: defaultdict(list) for pk in ids}
    for reading in SheetReading.objects.filter(sheet__in=ids):
        ways[reading.sheet_id][reading.by_way].append((reading.first, reading.end))
    sent = Delivery.objects.filter(sheet__in=ids, state=DeliveryState.SENT).order_by()
    mailed: dict[int, int] = defaultdict(int)
    # A list has all that were on the sheet by then, and each user one mail at most.
    for sheet, to, rows, listed in sent.values_list("sheet", "to").annotate(
        rows=Count("pk"), listed=Max("users")
    ):
        mailed[sheet] = max(mailed[sheet], rows if to == MailTo.USER else listed)
    return {
        pk: [
            *[
                HandedCount(way.label, sum(end - first for first, end in joined(ways[pk][way])))
                for way in HandedBy
                if way in ways[pk]
            ],
            *([HandedCount(EMAILED, mailed[pk])] if mailed[pk] else []),
        ]
        for pk in ids
    }


def not_handed_over(sheet: CredentialSheet) -> list[Slip]:
    """Return the slips whose passwords can still be used and were neither printed, emailed, copied
    nor downloaded, in the order of the sheet; none where it can't be read any more.
    """
    readings = sheet.readings.exclude(by_way=HandedBy.SHOWN)
    stretches = list(readings.values_list("first", "end"))
    sent = sheet.deliveries.filter(state=DeliveryState.SENT)
    stretches += [(0, users) for users in sent.filter(user=None).values_list("users", flat=True)]
    gaps, place = [], 0
    for first, end in joined([*stretches, (sheet.users, sheet.users)]):
        if place < first:
            gaps.append((place, first))
        place = end
    if not gaps:
        return []
    mailed = set(sent.exclude(user=None).values_list("user_id", flat=True))
    try:
        return [
            slip
            for first, end in gaps
            for slip in slips_of(sheet, first, end)
            if not slip.spent and slip.user_id not in mailed
        ]
    except Refused:
        return []


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the stretches in order, those that touch or overlap as one."""
    found: list[Stretch] = []
    for first, end in sorted(stretches):
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((first, end))
    return found
