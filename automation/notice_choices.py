"""How users are told of a kind of notice: by what they chose, or else by what fits most."""

from collections.abc import Collection
from dataclasses import dataclass

from .models import NoticeChoice, NoticeKind


@dataclass(frozen=True, slots=True)
class Channels:
    page: bool = True
    at_once: bool = False
    daily: bool = False


# What can wait until the morning is gathered there; what was done is read when one looks.
DEFAULTS = {
    NoticeKind.SEATS: Channels(daily=True),
    NoticeKind.RENEWAL: Channels(daily=True),
    NoticeKind.DELETION: Channels(daily=True),
    NoticeKind.SHEET: Channels(),
    NoticeKind.PASSWORD: Channels(daily=True),
    NoticeKind.SCHEDULE_FAILED: Channels(at_once=True),
    NoticeKind.SCHEDULE_DONE: Channels(),
    NoticeKind.RULE_WAITS: Channels(daily=True),
    NoticeKind.SILENT: Channels(at_once=True),
    NoticeKind.DEVICE: Channels(at_once=True),
    NoticeKind.TOKEN: Channels(at_once=True),
    NoticeKind.REQUEST: Channels(at_once=True),
    NoticeKind.ANSWER: Channels(at_once=True),
    NoticeKind.REVIEW: Channels(at_once=True),
}


def chosen(users: Collection[int], kind: NoticeKind) -> dict[int, Channels]:
    """Return what each of these users chose for the kind."""
    rows = NoticeChoice.objects.filter(user__among=users, kind=kind)
    own = {
        user: Channels(page, at_once, daily)
        for user, page, at_once, daily in rows.values_list("user_id", "page", "at_once", "daily")
    }
    return {user: own.get(user, DEFAULTS[kind]) for user in users}


def choices_of(user_id: int) -> dict[NoticeKind, Channels]:
    """Return what a user chose, by kind."""
    rows = NoticeChoice.objects.filter(user=user_id)
    own = {row.kind: Channels(row.page, row.at_once, row.daily) for row in rows}
    return {kind: own.get(kind, DEFAULTS[kind]) for kind in NoticeKind}
