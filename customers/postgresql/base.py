"""Django's PostgreSQL backend, which tells each transaction its scope (`customers/scope.py`).

With SET LOCAL alone, so that nothing is left on the connection: a pooler may hand each transaction
another one. Statements outside of a transaction get one too. A request's reads share one until its
end or its next write; anything else is committed at once, as it would be without.

django-boundary, which comes nearest, holds a whole request in one transaction and knows one tenant,
but neither roles nor their reach; django-multitenant filters in the queryset, which the code can
forget to do.
"""

import contextlib
from collections.abc import Generator
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import ExecStatus, TransactionStatus

from .. import scope
from ..scope import Scope
from .logins import examine

IDLE, INTRANS, INERROR = (
    TransactionStatus.IDLE,
    TransactionStatus.INTRANS,
    TransactionStatus.INERROR,
)
# Of a scope, besides its role.
SETTINGS = ("partner", "customer", "at")

# What they are made of has types in part alone.
DjangosCursor: Any = base.Cursor
DjangosWrapper: Any = base.DatabaseWrapper


class ScopedCursor(DjangosCursor):
    """A cursor that enters its wrapper's scope; a connection's first words need none."""

    wrapper: "DatabaseWrapper | None" = None

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        with self._in_scope():
            return super().execute(*args, **kwargs)

    def executemany(self, *args: Any, **kwargs: Any) -> Any:
        with self._in_scope():
            return super().executemany(*args, **kwargs)

    @contextlib.contextmanager
    def copy(self, *args: Any, **kwargs: Any) -> Generator[Any]:
        with self._in_scope(), super().copy(*args, **kwargs) as copy:
            yield copy

    @contextlib.contextmanager
    def _in_scope(self) -> Generator[None]:
        if self.wrapper is None:
            yield
            return
        self.wrapper.enter_scope()
        try:
            yield
        finally:
            self.wrapper.settle(self.statusmessage)


class DatabaseWrapper(DjangosWrapper):
    # The scope of the open transaction; a rolled back savepoint leaves it unknown.
    _applied: Scope | str | None = None
    # This backend has opened the transaction, for reads of a request.
    _reading = False
    # What holds outside of requests.
    _default: Scope | None = None
    # What waits for the commit, and its parameters.
    _last: tuple[str, Any] | None = None

    def get_connection_params(self) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_connection_params()
        return parameters | {"cursor_factory": ScopedCursor}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        self._reading, self._default = False, None
        if scope.process.scope is not None:
            try:
                with connection.cursor() as cursor:
                    login = examine(cursor)
                connection.rollback()
                if scope.process.guarded:
                    login.require()
                # A command that the owner runs does as the owner may.
                self._default = None if login.problems else scope.process.scope
            except BaseException:
                connection.close()
                raise
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        if name:
            self.enter_scope()
            return super().create_cursor(name)
        cursor = super().create_cursor()
        cursor.wrapper = self
        return cursor

    def enter_scope(self) -> None:
        """Open a transaction before a statement if none is open, and tell it its scope."""
        wanted = scope.current() or self._default
        status = self.connection.pgconn.transaction_status
        if status == IDLE:
            self._applied, self._reading = None, False
            if wanted is not None:
                self._tell(f"BEGIN; {_statements(wanted)}")
                self._applied, self._reading = wanted, self.connection.autocommit
        elif status == INTRANS and wanted != self._applied:
            self._tell(_statements(wanted))
            self._applied = wanted

    def settle(self, done: str | None) -> None:
        """End the transaction after a statement, unless it is one of a request's reads."""
        if not self._reading or self.connection is None:
            return
        status = self.connection.pgconn.transaction_status
        is_read = (done or "").startswith(("SELECT", "FETCH", "SHOW"))
        if status == INERROR:
            self.connection.rollback()
        elif status == INTRANS and (scope.current() is None or not is_read):
            self.connection.commit()

    def finish_reading(self) -> None:
        if self._reading and self.connection is not None:
            try:
                self.connection.commit()
            except psycopg.OperationalError:
                # Nothing was written, so nothing is lost but the connection.
                self.errors_occurred = True
        self._reading = False

    def send_with_commit(self, sql: str, parameters: Any) -> None:
        """Keep statements, the last of the open transaction, for one message with its COMMIT.

        A lock that they take is then held no longer than the commit takes. Where one raises,
        nothing was committed, and it is the commit that raises.
        """
        self._last = sql, parameters

    def _commit(self) -> None:
        last, self._last = self._last, None
        if last is None:
            super()._commit()
            return
        sql, parameters = last
        with self.cursor() as cursor:
            cursor.execute(f"{sql};\nCOMMIT", parameters)

    def _rollback(self) -> None:
        self._last = None
        super()._rollback()

    def _close(self) -> None:
        self._last = None
        super()._close()

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001 - Django's signature
        self.finish_reading()
        super()._set_autocommit(autocommit)

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)
        self._applied = "unknown"

    def _tell(self, statements: str) -> None:
        """Send statements in one message, past the cursor: no log of queries has them."""
        result = self.connection.pgconn.exec_(statements.encode())
        if result.status != ExecStatus.COMMAND_OK:
            raise psycopg.OperationalError(result.get_error_message())


def _statements(wanted: Scope | None) -> str:
    # SET takes no snapshot: an isolation level can still be chosen after it.
    role = wanted.role if wanted else "NONE"
    ids = [getattr(wanted, name, None) for name in SETTINGS]
    texts = ["" if value is None else str(int(value)) for value in ids]
    told = zip(SETTINGS, texts, strict=True)
    return "; ".join(
        [f"SET LOCAL ROLE {role}", *(f"SET LOCAL portal.{name} = '{text}'" for name, text in told)]
    )
