"""The codes of refusals: what each means, and the status that an answer over HTTP has.

An app declares its own when it is ready. A code is for programs: it never changes, and none that
was given up is used again. `python -m tests.refusals` writes them into docs/refusals.md.
"""

from collections.abc import Mapping
from enum import IntEnum


class Status(IntEnum):
    """The HTTP status of a refusal. What a user may not see at all is a plain 404."""

    # No user is known to ask, or no longer.
    UNKNOWN = 401
    # The user is known, and may not: asking again changes nothing.
    FORBIDDEN = 403
    # What it is about is gone.
    GONE = 404
    # It is possible at another time, or for what is there now: look again.
    CONFLICT = 409
    # What was sent is wrong; `field` says where.
    INVALID = 422
    # Too often. Ask again later.
    TOO_MANY = 429
    # No fault of the request. Ask again in a moment.
    BUSY = 503


Declared = Mapping[Status, Mapping[str, str]]

_known: dict[str, tuple[Status, str]] = {}


def declare(refusals: Declared) -> None:
    """Take up codes with their meanings. Raise ValueError where one has another."""
    for status, meanings in refusals.items():
        for code, meaning in meanings.items():
            if _known.setdefault(code, (status, meaning)) != (status, meaning):
                raise ValueError(f"the code {code} has another meaning already")


def declared() -> dict[str, tuple[Status, str]]:
    """Return status and meaning of all codes, by code."""
    return dict(_known)


def status_of(code: str) -> Status:
    """Return the status of a code. Raise KeyError for one that no app has declared."""
    return _known[code][0]


REFUSALS: Declared = {
    Status.FORBIDDEN: {
        "actor-gone": "The acting user has been blocked or deleted.",
        "customer-not-open": "The customer is not open to the acting user.",
        "not-deleted-here": "Rows of this kind are not deleted in the admin.",
        "partner-of-others": "It is another partner's branding or help contact.",
        "role-lacks-it": "The role of the acting user can't do this.",
        "staff-only": "Only staff of a partner can do this.",
        "support-staff-only": "Only support staff can do this.",
    },
    Status.CONFLICT: {
        "changed-meanwhile": "Another user changed the same fields at the same time.",
        "begun-already": "The batch has begun and can no longer be canceled.",
        "customer-name-taken": "A customer has this name, or may have it.",
        "domain-in-use": "User names have this domain.",
        "domain-of-partner": "The domain is the partner's own.",
        "domain-primary": "The domain is the primary one, which stays.",
        "domain-removed": "The domain has since been removed.",
        "domain-taken": "The domain is used already, by this customer or another.",
        "too-many-favorites": "No more customers can have a star.",
    },
    Status.INVALID: {
        "domain-wrong": "This is no domain.",
        "host-not-taken": "The name can't be a partner's host name, or is another's.",
        "logo-not-taken": "The file is no picture that can be a logo.",
        "malformed": "What came is nothing that a form of the portal sends.",
        "reason-wrong": "The reason can't be kept as it is.",
        "time-zone-unknown": "The time zone is none of the tz database.",
        "too-many-chosen": "More rows are chosen than can be handled at a time.",
    },
    Status.BUSY: {
        "busy": "Others are changing the same users.",
    },
}
