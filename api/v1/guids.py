"""GUIDs of rows that have no column for one: products, service plans, batches, events.

All ids of the API are GUIDs. One of these is made of the kind and the number of the row, and read
back, so that it stays the same for good and no table is needed. It is no secret: whether a row may
be seen is asked as everywhere.
"""

import hashlib
from uuid import UUID

_HALF = 8


def guid(kind: str, pk: int) -> str:
    tag = _hash(f"{kind}:{pk}")
    hidden = pk ^ int.from_bytes(_hash(f"{kind}/{tag.hex()}"))
    return str(UUID(bytes=tag + hidden.to_bytes(_HALF)))


def pk_of(kind: str, told: UUID) -> int | None:
    """Return the number of the row that this is the GUID of, or None where it is of no kind such
    as this.
    """
    tag = told.bytes[:_HALF]
    pk = int.from_bytes(told.bytes[_HALF:]) ^ int.from_bytes(_hash(f"{kind}/{tag.hex()}"))
    return pk if pk < 2**63 and _hash(f"{kind}:{pk}") == tag else None


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:_HALF]
