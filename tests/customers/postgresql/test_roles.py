"""Roles, grants and the portal's login, prepared in a transaction that is taken back."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from customers.postgresql import roles
from customers.postgresql.roles import IS_LEAKPROOF, NOT_LEAKPROOF, Unfit, prepare
from customers.scope import ROLES
from tests.settings import ENVIRONMENT
from tests.support.postgres import with_database

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

LOGIN = "somebody_of_tests"
Owner = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def owner() -> Iterator[Owner]:
    """The owner's connection to the test's database; nothing of what is done by it stays."""
    url = with_database(ENVIRONMENT["DATABASE_URL"], connection.settings_dict["NAME"])
    with psycopg.connect(url) as server:
        yield server
        server.rollback()


def value(owner: Owner, query: str, *parameters: object) -> Any:
    row = owner.execute(query, parameters).fetchone()
    return row[0] if row else None


def test_a_new_login_takes_the_roles_and_has_no_right_by_itself(owner: Owner) -> None:
    said = prepare(owner, LOGIN, "")
    assert said == [
        "Roles of the policies: portal_web, portal_people, portal_support, portal_tasks.",
        f"{LOGIN} may sign in, takes these roles, and owns nothing.",
        "The roles may read and write the tables, and those of later migrations.",
    ]
    facts = "SELECT rolcanlogin AND NOT rolinherit AND NOT rolsuper FROM pg_roles"
    assert value(owner, f"{facts} WHERE rolname = %s", LOGIN)
    for role in ROLES:
        assert value(owner, "SELECT pg_has_role(%s, %s, 'MEMBER')", LOGIN, role)
        assert not value(owner, "SELECT pg_has_role(%s, %s, 'USAGE')", LOGIN, role)
    reads = "SELECT has_table_privilege(%s, 'customers_customer', 'SELECT')"
    assert not value(owner, reads, LOGIN)


def test_preparing_again_says_and_leaves_the_same(owner: Owner) -> None:
    first = prepare(owner, LOGIN, "")
    assert prepare(owner, LOGIN, "") == first


def test_a_password_is_hashed_before_it_is_sent(owner: Owner) -> None:
    prepare(owner, LOGIN, "a-long-password")
    stored = value(owner, "SELECT rolpassword FROM pg_authid WHERE rolname = %s", LOGIN)
    assert stored.startswith("SCRAM-SHA-256$")
    assert "a-long-password" not in stored


@pytest.mark.parametrize("attribute", ["SUPERUSER", "BYPASSRLS"])
def test_a_login_that_no_policy_holds_is_not_taken(owner: Owner, attribute: str) -> None:
    owner.execute(f"CREATE ROLE {LOGIN} {attribute}")
    with pytest.raises(Unfit, match=f"{LOGIN} is a superuser or has BYPASSRLS"):
        prepare(owner, LOGIN, "")


def test_neither_nobody_nor_the_owner_is_the_portals_login(owner: Owner) -> None:
    for login in ("", owner.info.user):
        with pytest.raises(Unfit, match="needs a login of its own"):
            prepare(owner, login, "")


def test_an_owner_who_may_not_is_told_what_a_superuser_has_to_run(owner: Owner) -> None:
    owner.execute(f"CREATE ROLE {LOGIN}_owner; SET LOCAL ROLE {LOGIN}_owner")
    with pytest.raises(Unfit, match=r"may not do what has to be done .* CREATEROLE"):
        prepare(owner, LOGIN, "")


def test_a_search_that_reads_all_names_is_said(owner: Owner, monkeypatch: Any) -> None:
    """As the owner who is no superuser finds it, who can't say that the function is leakproof."""
    owner.execute("ALTER FUNCTION pg_catalog.textlike(text, text) NOT LEAKPROOF")
    monkeypatch.setattr(roles, "LEAKPROOF", "SELECT 1")
    assert prepare(owner, LOGIN, "")[-1] == NOT_LEAKPROOF


def test_a_superuser_makes_search_and_order_leakproof(owner: Owner) -> None:
    owner.execute("ALTER FUNCTION pg_catalog.textlike(text, text) NOT LEAKPROOF")
    owner.execute("ALTER FUNCTION pg_catalog.lower(text) NOT LEAKPROOF")
    assert NOT_LEAKPROOF not in prepare(owner, LOGIN, "")
    assert value(owner, IS_LEAKPROOF) is True


def test_before_the_first_migrate_it_says_what_comes_next(owner: Owner) -> None:
    owner.execute("SET LOCAL search_path TO pg_temp")
    assert prepare(owner, LOGIN, "")[-1] == (
        "There are no tables yet: `manage.py migrate` makes and protects them."
    )


MAY = "SELECT has_table_privilege(%s, %s, %s)"


@pytest.mark.parametrize(
    "role, table, verbs",
    [
        ("portal_web", "customers_customer", {"SELECT", "INSERT", "UPDATE", "DELETE"}),
        ("portal_web", "auth_group", {"SELECT"}),
        ("portal_web", "licensing_product", {"SELECT", "INSERT", "UPDATE", "DELETE"}),
        ("portal_web", "customers_auditseal", set()),
        ("portal_web", "django_session", set()),
        ("portal_people", "accounts_user", {"SELECT"}),
        ("portal_people", "customers_customer", set()),
        ("portal_support", "licensing_product", {"SELECT", "INSERT", "UPDATE", "DELETE"}),
        ("portal_support", "customers_auditseal", {"SELECT"}),
        ("portal_support", "django_session", set()),
        ("portal_tasks", "customers_auditnames", {"SELECT", "INSERT"}),
        ("portal_tasks", "customers_auditseal", {"SELECT", "INSERT"}),
        ("portal_tasks", "customers_auditcount", {"SELECT"}),
        # Whose columns are granted one by one: an id comes of the sequence alone.
        ("portal_tasks", "customers_auditevent", {"SELECT"}),
    ],
)
def test_what_each_role_may_do_to_a_table_as_a_whole(
    owner: Owner, role: str, table: str, verbs: set[str]
) -> None:
    prepare(owner, LOGIN, "")
    every = ("SELECT", "INSERT", "UPDATE", "DELETE")
    assert {verb for verb in every if value(owner, MAY, role, table, verb)} == verbs


def test_retention_changes_the_marks_of_a_seal_and_no_other_column(owner: Owner) -> None:
    prepare(owner, LOGIN, "")
    may = "SELECT has_column_privilege('portal_tasks', 'customers_auditseal', %s, 'UPDATE')"
    assert all(value(owner, may, column) for column in roles.MARKS)
    assert not any(value(owner, may, column) for column in ("hash", "count", "previous"))
