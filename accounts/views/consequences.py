"""What a deed means for whom it is done to, in sentences: for one person, or for many."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.formats import figure

Seats = Sequence[tuple[str, int]]


def of_reset(people: int, *, are_long: bool = False) -> list[str]:
    """`are_long`: so many passwords at a time that each is a long one."""
    stops = ngettext(
        "The password of today stops working, and every open session ends at once.",
        "The passwords of today stop working, and every open session ends at once.",
        people,
    )
    shown = ngettext(
        "You hand it over: it is shown next, for %(hours)s hours at most.",
        "You hand them over: the sheet can be read for %(hours)s hours at most.",
        people,
    )
    gone = ngettext(
        "There is no undo: the old password is gone.",
        "There is no undo: the old passwords are gone.",
        people,
    )
    shown %= {"hours": settings.CREDENTIAL_SHEET_HOURS}
    return [stops, _made(people), *([_long()] if are_long else []), shown, gone]


def _made(people: int) -> str:
    days = settings.TEMPORARY_PASSWORD_DAYS
    if people == 1:
        text = ngettext(
            "A temporary password is made. It must be changed at the first sign-in, and"
            " expires after %(days)s day.",
            "A temporary password is made. It must be changed at the first sign-in, and"
            " expires after %(days)s days.",
            days,
        )
    else:
        text = ngettext(
            "%(people)s temporary passwords are made, on one sheet. Each must be changed at the"
            " first sign-in, and expires after %(days)s day.",
            "%(people)s temporary passwords are made, on one sheet. Each must be changed at the"
            " first sign-in, and expires after %(days)s days.",
            days,
        )
    return text % {"people": figure(people), "days": days}


def of_codes_allowed() -> list[str]:
    return [
        _("After too many wrong codes no code is taken for a day. This allows them again now."),
        _("Someone who typed wrong codes knows the password: have it changed first."),
    ]


def of_second_step_reset() -> list[str]:
    return [
        _("Make sure that it is them who ask, by a call on a number that you know."),
        _("Authenticator app, passkeys and recovery codes stop working, and every open session ends"
          " at once."),
        _("The password stays. A new second step can be set up after the next sign-in."),
    ]  # fmt: skip


def _long() -> str:
    limit = settings.SHORT_PASSWORDS_UP_TO
    text = ngettext(
        "For more than %(limit)s person at a time, passwords have 24 characters, not 12.",
        "For more than %(limit)s people at a time, passwords have 24 characters, not 12.",
        limit,
    )
    return text % {"limit": figure(limit)}


def of_block(people: int, seats: Seats | None = None) -> list[str]:
    """`seats` are the taken ones by product, where they are known."""
    back = ngettext(
        "Allow sign-in takes it back: the password is the same then.",
        "Allow sign-in takes it back: the passwords are the same then.",
        people,
    )
    return [_locked_out(people), _kept(seats), back]


def _locked_out(people: int) -> str:
    return ngettext(
        "Every open session ends at once, and nobody can sign in with this account.",
        "Every open session ends at once, and nobody can sign in with these accounts.",
        people,
    )


def _kept(seats: Seats | None) -> str:
    if seats is None:
        return _("Licenses and data stay, and the seats stay taken.")
    if not seats:
        return _("Data stays. No license is assigned, so that no seat stays taken.")
    total = sum(number for _name, number in seats)
    text = ngettext(
        "Licenses and data stay, and %(count)s seat stays taken: %(products)s.",
        "Licenses and data stay, and %(count)s seats stay taken: %(products)s.",
        total,
    )
    return text % {"count": figure(total), "products": _products(seats)}


def of_allow(people: int) -> list[str]:
    again = ngettext(
        "The person can sign in again, with the same password as before.",
        "They can sign in again, with the same passwords as before.",
        people,
    )
    return [again, _("Sessions from before the block stay ended.")]


def of_delete(people: int, seats: Seats) -> list[str]:
    days = settings.DELETED_USER_RETENTION_DAYS
    final = timezone.localtime(timezone.now() + timedelta(days=days))
    restorable = ngettext(
        "For %(days)s day the account can be restored, under Deleted users, with"
        " permissions, contact data and password as they are now.",
        "For %(days)s days the account can be restored, under Deleted users, with"
        " permissions, contact data and password as they are now.",
        days,
    )
    if people != 1:
        restorable = ngettext(
            "For %(days)s day the accounts can be restored, under Deleted users, with"
            " permissions, contact data and passwords as they are now.",
            "For %(days)s days the accounts can be restored, under Deleted users, with"
            " permissions, contact data and passwords as they are now.",
            days,
        )
    becomes = _("On %(date)s it becomes final.")
    return [
        _locked_out(people),
        _freed(seats),
        restorable % {"days": days},
        becomes % {"date": date_format(final, "DATETIME_FORMAT")},
    ]


def _freed(seats: Seats) -> str:
    if not seats:
        return _("No license is assigned: no seat changes.")
    total = sum(number for _name, number in seats)
    text = ngettext(
        "%(count)s seat is free at once: %(products)s.",
        "%(count)s seats are free at once: %(products)s.",
        total,
    )
    return text % {"count": figure(total), "products": _products(seats)}


def _products(seats: Seats) -> str:
    """How many of each; where it is one each, the names say it."""
    if all(number == 1 for _name, number in seats):
        return ", ".join(name for name, _number in seats)
    return ", ".join(f"{name} ({figure(number)})" for name, number in seats)
