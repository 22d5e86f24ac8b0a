"""Logins that the portal may run as: those that the policies hold."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from ..scope import PORTAL, ROLES

# A table that is there after the first migration, as an example of them all.
EXAMPLE = "customers_customer"
FACTS = """
SELECT session_user,
    EXISTS (SELECT FROM pg_roles WHERE rolsuper AND pg_has_role(session_user, oid, 'MEMBER')),
    EXISTS (SELECT FROM pg_roles WHERE rolbypassrls AND pg_has_role(session_user, oid, 'MEMBER')),
    EXISTS (
        SELECT FROM pg_class
        WHERE oid = to_regclass(%(example)s) AND pg_has_role(session_user, relowner, 'MEMBER')
    ),
    EXISTS (
        SELECT FROM pg_roles
        WHERE rolname = %(tasks)s AND pg_has_role(session_user, oid, 'USAGE')
    ),
    ARRAY(
        SELECT wanted FROM unnest(%(roles)s::text[]) WITH ORDINALITY AS roles (wanted, place)
        LEFT JOIN pg_roles ON rolname = wanted
        WHERE oid IS NULL OR NOT pg_has_role(session_user, oid, 'MEMBER')
        ORDER BY place
    )
"""


@dataclass(frozen=True, slots=True)
class Login:
    name: str
    problems: tuple[str, ...]

    def require(self) -> None:
        """Raise ImproperlyConfigured unless the portal may run as this login."""
        if self.problems:
            raise ImproperlyConfigured(
                f"DATABASE_URL signs in as {self.name}, which {' and '.join(self.problems)}: the"
                " portal runs only as a login that row-level security holds. Give this address as"
                " DATABASE_OWNER_URL, and in DATABASE_URL a name and password for a new login:"
                " `manage.py prepare_roles` then makes it."
            )


def examine(cursor: Any) -> Login:
    """Return the login that has signed in, and what is wrong with it."""
    cursor.execute(FACTS, {"example": EXAMPLE, "tasks": PORTAL, "roles": list(ROLES)})
    name, is_superuser, bypasses, owns, inherits, missing = cursor.fetchone()
    if is_superuser:
        return Login(name, ("is a superuser or can become one",))
    found = {
        "has BYPASSRLS or can take it": bypasses,
        "owns the tables": owns,
        f"has the rights of {PORTAL} without asking (it is not NOINHERIT)": inherits,
        f"cannot take the role {', '.join(missing)}": bool(missing),
    }
    return Login(name, tuple(problem for problem, holds in found.items() if holds))
