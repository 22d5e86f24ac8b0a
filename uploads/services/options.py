"""What was chosen for all rows of a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Self

from accounts.services.users.new_users import SeatsUntil, Start
from customers.roles import Role

from .entries import PERMISSIONS, SERVICES_OFF, SUBSCRIPTIONS, Licenses


class Short(StrEnum):
    """What is done when seats run short."""

    STOP = ""
    FIRST = "first"
    WITHOUT = "without"


class Licensing(StrEnum):
    """What becomes of the licenses of existing users."""

    LEAVE = ""
    ADD = "add"
    REPLACE = "replace"


class Assigning(StrEnum):
    """Whether existing users get the subscriptions chosen for all rows, too."""

    UNDECIDED = ""
    ASSIGN = "assign"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Existing:
    """What may change of existing users; nothing, unless it is ticked."""

    details: bool = False
    permissions: bool = False
    licenses: Licensing = Licensing.LEAVE


@dataclass(frozen=True, slots=True)
class Options:
    """What new users get where a row says nothing, and what existing and deleted ones do."""

    usage_location: str = ""
    roles: tuple[Role, ...] = ()
    licenses: Licenses = field(default_factory=dict)
    existing: Existing = Existing()
    # Asked on the confirmation page, of those whose rows name no licenses.
    assigning: Assigning = Assigning.UNDECIDED
    # Whether deleted namesakes come back in place of new users, unless a row says otherwise.
    restores: bool = False
    short: Short = Short.STOP
    # The file has no column with names, which a new user needs.
    names_nobody: bool = False
    # Of new users whose rows say no day.
    starts_on: date | None = None
    # What becomes of licenses and passwords of those who start on a day to come.
    seats_until: SeatsUntil = SeatsUntil.RESERVE
    password_then: bool = False

    def start(self, own: date | None, today: date) -> Start | None:
        """Return the first day of a new user whose row says this one, or none."""
        day = own or self.starts_on
        if day is None or day <= today:
            return None
        return Start(day, self.seats_until, self.password_then)

    def changed(self, **changes: Any) -> Self:
        return replace(self, **changes)

    @property
    def licenses_existing(self) -> bool:
        """Whether licenses of existing users may change."""
        return bool(self.existing.licenses) or self.assigning == Assigning.ASSIGN

    def uses(self, column: str) -> bool:
        """Return whether what a row says in this column may change an existing user."""
        if column in (SUBSCRIPTIONS, SERVICES_OFF):
            return self.licenses_existing
        return self.existing.permissions if column == PERMISSIONS else self.existing.details

    def as_json(self) -> dict[str, Any]:
        return {
            "usage_location": self.usage_location,
            "roles": [role.value for role in self.roles],
            "licenses": {str(pk): list(off) for pk, off in self.licenses.items()},
            "existing": {
                "details": self.existing.details,
                "permissions": self.existing.permissions,
                "licenses": self.existing.licenses.value,
            },
            "assigning": self.assigning.value,
            "restores": self.restores,
            "short": self.short.value,
            "names_nobody": self.names_nobody,
            "starts_on": self.starts_on.isoformat() if self.starts_on else "",
            "seats_until": self.seats_until.value,
            "password_then": self.password_then,
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        if not found:
            return cls()
        existing = found["existing"]
        return cls(
            usage_location=found["usage_location"],
            roles=tuple(Role(value) for value in found["roles"]),
            licenses={int(pk): tuple(off) for pk, off in found["licenses"].items()},
            existing=Existing(**existing | {"licenses": Licensing(existing["licenses"])}),
            # Uploads from before this was asked have no answer.
            assigning=Assigning(found.get("assigning", "")),
            restores=found["restores"],
            short=Short(found["short"]),
            names_nobody=found["names_nobody"],
            # Uploads from before there were start dates have none.
            starts_on=date.fromisoformat(text) if (text := found.get("starts_on")) else None,
            seats_until=SeatsUntil(found.get("seats_until", SeatsUntil.RESERVE)),
            password_then=found.get("password_then", False),
        )
