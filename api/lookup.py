"""Whose a token is, before it is known whose rows may be shown: a function answers on PostgreSQL.

What it returns lets nobody in: `admit` does that (docs/a-new-door.md).
"""

import hashlib
from collections.abc import Collection
from uuid import UUID

from django.db import connection

from .models import Token


def hash_of(text: str) -> str:
    """Return what is kept of a token: it is long and random, so that one fast hash is enough."""
    return hashlib.sha256(text.encode()).hexdigest()


def user_id_of(text: str) -> int | None:
    """Return the id of the user whose token this is; it may be revoked or over."""
    return _ask(hash_of(text), None)


def user_id_of_uuid(uuid: UUID) -> int | None:
    return _ask(None, uuid)


def names_of(tokens: Collection[int]) -> dict[int, str]:
    """Return the names of these tokens, as far as they are still there and may be shown."""
    return dict(Token.objects.filter(pk__in=tokens).values_list("pk", "name"))


def _ask(hashed: str | None, uuid: UUID | None) -> int | None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT portal_api_token(%s, %s)", [hashed, uuid])
            found: int | None = cursor.fetchone()[0]
            return found
    wanted = {"hash": hashed} if uuid is None else {"uuid": uuid}
    return Token.objects.filter(**wanted).values_list("user_id", flat=True).first()
