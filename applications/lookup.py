"""What a request asks of rows that it may not see, or not lock: functions answer it on PostgreSQL.

Whose a client and a token are, for a request that comes with one of them and no session
(applications/migrations/0002). What they return says which scope to enter, and lets nobody in:
`admit` does that. And that an application stays while something is written for it (0005).
"""

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Token
from django.db import connection

from customers.scope import WEB, Scope

from .models import Application


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


def _ask(function: str, value: str | int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [value])
        found: int | None = cursor.fetchone()[0]
        return found
