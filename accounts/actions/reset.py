from collections.abc import Mapping
from typing import Any

from django.conf import settings

from customers.actions import Action as Event
from customers.formats import CANT_BE_UNDONE, figure
from customers.models import Batch, BatchKind
from customers.roles import CUSTOMER_ROLES, Capability
from customers.said import gettext_lazy, ngettext

from ..models import UserQuerySet
from ..passwords import hash_work
from ..services.users import forget_passwords, reset_passwords
from ..services.users.passwords import NewPasswords, make_new_passwords
from .base import BulkAction, Order, Place, Request

# What is asked for where nobody is to know the new passwords: there is no sheet then.
UNSEEN: Request = {"unseen": True}


class Reset(BulkAction):
    """Reset of passwords. It can't be undone: the old password is gone."""

    name = "reset"
    kind = BatchKind.RESET
    place = Place.USERS
    capability = Capability.RESET_PASSWORDS
    events = (Event.PASSWORD_RESET,)
    icon = "key"
    everyday = True
    tone = "primary"
    grave_roles = CUSTOMER_ROLES
    limit = "reset"
    # A short password is hashed slowly, some 30 ms each: a page waits for less than two seconds.
    at_once = 50
    # A sheet is shown for a day: made at a time when nobody looks, it would lock users out.
    waits = False
    not_self = gettext_lazy("This is your own account: use Change password, under your name.")
    text_for_one = text_for_staff = gettext_lazy(
        "A new temporary password; the old one and every open session end at once."
    )

    def run(self, order: Order) -> Batch:
        if UNSEEN.items() <= order.request.items():
            return forget_passwords(order.users, **order.terms, made=order.made)
        return reset_passwords(order.users, **order.terms, made=order.made).batch

    def ahead(self, batch: Batch) -> NewPasswords:
        return make_new_passwords(batch.users)

    def work(self, batch: Batch) -> int:
        return super().work(batch) + hash_work(len(batch.users))

    def points(
        self, count: int, users: UserQuerySet | None = None, *, chosen: int = 0
    ) -> list[str]:
        stops = ngettext(
            "The current password stops working, and every open session ends at once.",
            "The current passwords stop working, and every open session ends at once.",
            count,
        )
        shown = ngettext(
            "You hand it over: it is shown next, for up to %(hours)s hours.",
            "You hand them over: the sheet can be read for up to %(hours)s hours.",
            count,
        )
        shown %= {"hours": settings.CREDENTIAL_SHEET_HOURS}
        points = [stops, _made(count)]
        # As many as the passwords are drawn for, also where some are left out then.
        if max(count, chosen) > (limit := settings.SHORT_PASSWORDS_UP_TO):
            text = ngettext(
                "For more than %(limit)s user at a time, passwords have 24 characters, not 12.",
                "For more than %(limit)s users at a time, passwords have 24 characters, not 12.",
                limit,
            )
            points.append(text % {"limit": figure(limit)})
        return [*points, shown, str(CANT_BE_UNDONE)]

    def touched(self, after: Mapping[str, Any]) -> frozenset[str]:
        return frozenset(["password"])

    def done(self, count: int) -> str:
        return ngettext("Password reset", "Passwords reset", count)

    def done_to_one(self) -> str:
        return self.done(1)


def _made(count: int) -> str:
    days = settings.TEMPORARY_PASSWORD_DAYS
    if count == 1:
        text = ngettext(
            "A temporary password is made. It must be changed at the first sign-in, and"
            " expires after %(days)s day.",
            "A temporary password is made. It must be changed at the first sign-in, and"
            " expires after %(days)s days.",
            days,
        )
    else:
        text = ngettext(
            "%(count)s temporary passwords are made, on one sheet. Each must be changed at the"
            " first sign-in, and expires after %(days)s day.",
            "%(count)s temporary passwords are made, on one sheet. Each must be changed at the"
            " first sign-in, and expires after %(days)s days.",
            days,
        )
    return text % {"count": figure(count), "days": days}


RESET = Reset()
