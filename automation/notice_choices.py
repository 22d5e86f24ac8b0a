"""How users are told of a kind of notice: by what they chose, or else by what fits most."""

from collections.abc import Collection
from dataclasses import dataclass

from accounts.models import User
from customers.roles import Capability

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
    NoticeKind.REPORT: Channels(at_once=True),
}


@dataclass(frozen=True, slots=True)
class Needs:
    """What the roles of staff, and of a customer's users, must include to be told; or nothing."""

    staff: Capability | None = None
    own: Capability | None = None


# Who can do something about it.
NEEDS = {
    NoticeKind.SEATS: Needs(Capability.MANAGE_SUBSCRIPTIONS, Capability.MANAGE_LICENSES),
    NoticeKind.RENEWAL: Needs(Capability.MANAGE_SUBSCRIPTIONS, Capability.SEE_SUBSCRIPTIONS),
    NoticeKind.DELETION: Needs(Capability.MANAGE_USERS, Capability.MANAGE_USERS),
    NoticeKind.SHEET: Needs(Capability.RESET_PASSWORDS, Capability.RESET_PASSWORDS),
    NoticeKind.PASSWORD: Needs(Capability.RESET_PASSWORDS, Capability.RESET_PASSWORDS),
    NoticeKind.SCHEDULE_FAILED: Needs(Capability.SEE, Capability.SEE),
    NoticeKind.SCHEDULE_DONE: Needs(Capability.SEE, Capability.SEE),
    NoticeKind.RULE_WAITS: Needs(Capability.MANAGE_LICENSES, Capability.MANAGE_LICENSES),
    NoticeKind.SILENT: Needs(Capability.MANAGE_USERS, Capability.MANAGE_USERS),
    NoticeKind.DEVICE: Needs(),
    NoticeKind.TOKEN: Needs(Capability.SEE, Capability.SEE),
    NoticeKind.REQUEST: Needs(Capability.MANAGE_LICENSES, Capability.MANAGE_LICENSES),
    NoticeKind.ANSWER: Needs(),
    NoticeKind.REVIEW: Needs(Capability.SEE, Capability.SEE),
    # Reports are the partner's: no role of a customer's users manages customers.
    NoticeKind.REPORT: Needs(Capability.SEE, Capability.MANAGE_CUSTOMERS),
}


def kinds_for(user: User) -> list[NoticeKind]:
    """Return the kinds of which a user with these roles can be told."""
    found = []
    for kind in NoticeKind:
        needed = NEEDS[kind].staff if user.partner_id else NEEDS[kind].own
        if needed is None or user.can(needed):
            found.append(kind)
    return found


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
