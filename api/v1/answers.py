"""How things look on the way out: kinds, links, collections, moments."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

Told = dict[str, Any]


def kind(name: str, *, etag: str = "") -> Told:
    return {"objectType": name, "etag": etag} if etag else {"objectType": name}


def link(uri: str, *, token: str = "") -> Told:
    headers = [{"key": "MS-ContinuationToken", "value": token}] if token else []
    return {"uri": uri, "method": "GET", "headers": headers}


def self_link(uri: str) -> Told:
    return {"self": link(uri)}


def moment(at: datetime | None) -> str | None:
    """Return a moment as ISO 8601 has it, in UTC, with three digits."""
    if at is None:
        return None
    text = at.astimezone(timezone.get_fixed_timezone(0)).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def day(on: date) -> str:
    return f"{on.isoformat()}T00:00:00Z"


def whole(items: Sequence[Told], uri: str) -> Told:
    """Return a collection that has no pages."""
    return {
        "totalCount": len(items),
        "items": list(items),
        "links": self_link(uri),
        "attributes": kind("Collection"),
    }
