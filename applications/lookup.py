"""Whose a client and a token are, and their rows: functions answer it on PostgreSQL.

Whose they are, is asked for a request that comes with one of them and no session
(applications/migrations/0002). The answer says which scope to enter, and lets nobody in: `admit`
does that. That an application stays while something is written for it, is asked as well (0005).
These are asked of rows that the request may not see, or not lock. The rows themselves (0008) it
must see: their functions are there for the plans that they keep.
"""

from collections.abc import Sequence

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client, Token
from django.db import connection
from django.utils import timezone

from customers.postgresql.function_rows import FunctionRow, rows_of
from customers.scope import WEB, Scope

from .models import Application, AppSession

CLIENT = FunctionRow(Client, "(found.client)")
APPLICATION = FunctionRow(Application, "(found.application)")
TOKEN, SESSION = FunctionRow(Token, "found"), FunctionRow(AppSession, "found")


def scope_of_client(client_id: str) -> Scope | None:
    """Return the scope of the partner whose client has this id, or None where nobody's has it."""
    if connection.vendor == "postgresql":
        partner = _ask("portal_client", client_id)
    else:
        rows = Application.objects.filter(client=client_id)
        partner = rows.values_list("partner", flat=True).first()
    return Scope(WEB, partner=partner) if partner is not None else None


def user_id_of_token(value: str) -> int | None:
    """Return the id of the user whose token this is, of whatever kind; it may have expired."""
    hashed = get_adapter().hash_token(value)
    if connection.vendor == "postgresql":
        return _ask("portal_token", hashed)
    found: int | None = Token.objects.filter(hash=hashed).values_list("user", flat=True).first()
    return found


def hold_application(pk: int) -> bool:
    """Keep the application from being removed until the transaction ends; return whether it is
    there.

    Waits for one who is removing it. Any number may hold it at the same time.
    """
    if connection.vendor == "postgresql":
        return _ask("portal_hold_application", pk) is not None
    # The transaction is the only one that writes.
    return Application.objects.filter(pk=pk).exists()


def client_of_id(client_id: str) -> Client | None:
    """Return the client of an application, with that; None where the database shows none."""
    if connection.vendor != "postgresql":
        rows = Client.objects.select_related("application")
        return rows.filter(pk=client_id, application__isnull=False).first()
    columns = f"{CLIENT.columns}, {APPLICATION.columns}"
    for row in rows_of(columns, "portal_application_of_client(%s)", [client_id]):
        client = CLIENT.read(row[: CLIENT.width])
        # Each knows the other from here on.
        APPLICATION.read(row[CLIENT.width :]).client = client
        return client
    return None


def token_of_value(
    value: str, kinds: Sequence[str], *, client: Client | None = None, to_change: bool = False
) -> Token | None:
    """Return the token of this value, if it is of one of the kinds and has not expired.

    Of whatever client, unless one is given; locked, where it is to be changed.
    """
    hashed, now = get_adapter().hash_token(value), timezone.now()
    if connection.vendor != "postgresql":
        tokens = Token.objects.valid().filter(type__in=kinds, hash=hashed)
        found: Token | None = (tokens.filter(client=client) if client else tokens).first()
        return found
    asked = [list(kinds), hashed, client and client.pk, now, to_change]
    rows = rows_of(TOKEN.columns, "portal_token_row(%s, %s, %s, %s, %s)", asked)
    return next(map(TOKEN.read, rows), None)


def session_of_token(token: Token, application: Application) -> AppSession | None:
    """Return the session that a token of this application is of, unless it was ended."""
    sid = token.data.get("sid") if isinstance(token.data, dict) else None
    if not isinstance(sid, str) or token.user_id is None:
        return None
    if connection.vendor != "postgresql":
        standing = application.sessions.filter(ended_at=None)
        return standing.filter(sid=sid, user=token.user_id).first()
    asked = [sid, token.user_id, application.pk]
    rows = rows_of(SESSION.columns, "portal_app_session(%s, %s, %s)", asked)
    return next(map(SESSION.read, rows), None)


def _ask(function: str, value: str | int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [value])
        found: int | None = cursor.fetchone()[0]
        return found
