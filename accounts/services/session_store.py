"""Django's sessions in the database, where a request finds one by its key alone.

On PostgreSQL their table is closed to requests: functions of its owner's answer to those who name a
key (accounts/migrations/0003_people_on_postgresql). So a page that forgot a filter can't list or
end the sessions of all users.
"""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from customers.postgresql.function_rows import FunctionRow, rows_of

# It has types in part alone.
DjangosStore: Any = db.SessionStore
# Of a session that nobody has signed in to, in seconds: as long as a sign-in may take.
STRANGERS_AGE = 15 * 60
ROW = FunctionRow(Session, "found")


def stored_sessions(keys: Collection[str]) -> list[Session]:
    """Return those of these keys that have not expired."""
    now = timezone.now()
    if connection.vendor != "postgresql":
        return list(Session.objects.filter(session_key__in=keys, expire_date__gt=now))
    rows = map(ROW.read, rows_of(ROW.columns, "portal_sessions(%s)", [list(keys)]))
    return [row for row in rows if row.expire_date > now]


def end_stored_sessions(keys: Collection[str]) -> None:
    """Delete the sessions of these keys, which ends them."""
    if connection.vendor != "postgresql":
        Session.objects.filter(session_key__in=keys).delete()
        return
    _call("portal_end_sessions(%s)", [list(keys)])


class SessionStore(DjangosStore):
    """Django's store in the database, which asks for a session by its key on PostgreSQL."""

    def get_session_cookie_age(self) -> int:
        signed_in: bool = SESSION_KEY in self
        return settings.SESSION_COOKIE_AGE if signed_in else STRANGERS_AGE

    def _get_session_from_db(self) -> Session | None:
        if connection.vendor != "postgresql":
            kept: Session | None = super()._get_session_from_db()
            return kept
        found = stored_sessions([self.session_key] if self.session_key else [])
        if not found:
            self._session_key = None
            return None
        return found[0]

    def exists(self, session_key: str) -> bool:
        if connection.vendor != "postgresql":
            return bool(super().exists(session_key))
        return bool(rows_of("found.session_key", "portal_sessions(%s)", [[session_key]]))

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        if connection.vendor != "postgresql":
            super().save(must_create)
            return
        if self.session_key is None:
            self.create()
            return
        row = self.create_model_instance(self._get_session(no_load=must_create))
        name = "portal_add_session" if must_create else "portal_keep_session"
        values = [row.session_key, row.session_data, row.expire_date]
        if not _call(f"{name}(%s, %s, %s)", values):
            raise CreateError if must_create else UpdateError

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            end_stored_sessions([key])


def _call(function: str, parameters: list[Any]) -> Any:
    # In a transaction: a SELECT by itself would pass for a read of the request.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}", parameters)
        return cursor.fetchone()[0]
