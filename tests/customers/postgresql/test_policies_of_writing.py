"""What each scope may do to whose rows, by raw SQL: to read is more than to write."""

import json
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.models import User
from accounts.services.session_store import SessionStore
from accounts.signin.lookup import user_named, user_of_id
from customers import scope
from customers.models import AuditEvent, Customer
from customers.scope import NOBODY, SUPPORT, TASKS, Scope
from customers.services.sealing import seal_events
from tests.customers.log.sealed import write as write_log
from tests.customers.postgresql.test_policies import neighbors, of
from tests.support.cast import Cast
from tests.support.neighbors import Neighbors, Rows, copy_of, primary_keys, write

__all__ = ["neighbors"]

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")
LOG = {"customers_auditevent", "customers_auditnames"}
# Nights and months are written by the portal itself.
REMEMBERED = frozenset(
    f"accounts_{of}{span}" for of in ("seat", "user") for span in ("day", "month")
)
# Of its partner a customer's users see who its staff are and where, and nothing else.
SEEN_OF_THE_PARTNER = {
    *("accounts_user", "accounts_user_groups", "accounts_user_user_permissions"),
    *("customers_domain", "customers_hostname", "customers_logo", "customers_partner"),
}
# Support staff alone give a partner its host names.
GIVEN = {verb: {"customers_hostname"} for verb in ("INSERT", "UPDATE", "DELETE")}
# Of a customer its own users see these, and only its partner writes them.
KEPT_BY_THE_PARTNER = {
    "accounts_user_allowed_customers",
    "allauth_idp_oidc_client",
    "applications_application",
    *("applications_applicationcustomer", "applications_applicationplan"),
    *("applications_provision", "applications_provisioning"),
    "customers_customer",
    # Products of the partner's own.
    "licensing_product",
    "licensing_product_conflicts",
    "licensing_product_requires",
    "licensing_serviceplan",
}


def may(whose: Scope, verb: str, table: str, pk: int) -> bool:
    """Whether the policies let this be done to this row; what else there is against it is not."""
    return passes(whose, *statement(verb, table, primary_keys()[table], pk))


def passes(whose: Scope, query: str, parameters: list[Any]) -> bool:
    try:
        with transaction.atomic():
            done = write(whose, query, parameters)
            transaction.set_rollback(True)
    except ProgrammingError as refused:
        if not isinstance(refused.__cause__, psycopg.errors.InsufficientPrivilege):
            raise
        return False
    except IntegrityError:
        return True
    return done == 1


def statement(verb: str, table: str, key: str, pk: int) -> tuple[str, list[Any]]:
    if verb == "SELECT":
        return f"SELECT FROM {table} WHERE {key} = %s", [pk]
    if verb == "UPDATE":
        return f"UPDATE {table} SET {key} = {key} WHERE {key} = %s", [pk]
    if verb == "DELETE":
        return f"DELETE FROM {table} WHERE {key} = %s", [pk]
    return copy_of(table, key, pk)


def allowed(whose: Scope, rows: Rows) -> dict[str, set[str]]:
    """By verb the tables of which the scope may do it to the first of these rows."""
    first = {table: min(ids) for table, ids in rows.items() if ids}
    return {
        verb: {table for table, pk in first.items() if may(whose, verb, table, pk)}
        for verb in VERBS
    }


def everything(rows: Rows, unwritten: frozenset[str] = frozenset()) -> dict[str, set[str]]:
    tables = {table for table, ids in rows.items() if ids}
    kept = {"INSERT": unwritten, "UPDATE": LOG | unwritten, "DELETE": LOG | unwritten}
    return {verb: tables - kept.get(verb, set()) for verb in VERBS}


NOTHING: dict[str, set[str]] = {verb: set() for verb in VERBS}


def test_staff_do_everything_to_their_partners_rows_and_nothing_to_the_neighbors(
    cast: Cast, neighbors: Neighbors
) -> None:
    alice = of(cast.alice)
    for rows in (neighbors.contoso, neighbors.northwind, neighbors.fabrikam):
        whole = everything(rows, REMEMBERED)
        assert allowed(alice, rows) == {
            verb: whole[verb] - GIVEN.get(verb, set()) for verb in VERBS
        }
    assert allowed(alice, neighbors.adatum) == NOTHING


def test_a_customers_users_write_their_own_rows_alone(cast: Cast, neighbors: Neighbors) -> None:
    gail = of(cast.gail)
    found, whole = allowed(gail, neighbors.contoso), everything(neighbors.contoso, REMEMBERED)
    assert {verb: whole[verb] ^ found[verb] for verb in VERBS} == {
        "SELECT": set(),
        "INSERT": KEPT_BY_THE_PARTNER,
        # Its counters move with each change.
        "UPDATE": KEPT_BY_THE_PARTNER - {"customers_customer"},
        "DELETE": KEPT_BY_THE_PARTNER,
    }
    assert allowed(gail, neighbors.fabrikam) == {**NOTHING, "SELECT": SEEN_OF_THE_PARTNER}
    assert allowed(gail, neighbors.northwind) == allowed(gail, neighbors.adatum) == NOTHING


def test_a_stranger_does_nothing_to_any_row(neighbors: Neighbors) -> None:
    for rows in (neighbors.contoso, neighbors.fabrikam, neighbors.adatum):
        assert allowed(NOBODY, rows) == NOTHING


@pytest.mark.parametrize("whose", [SUPPORT, TASKS])
def test_support_staff_and_tasks_do_everything_but_to_the_log(
    neighbors: Neighbors, whose: Scope
) -> None:
    for rows in (neighbors.contoso, neighbors.fabrikam):
        found = allowed(whose, rows)
        # Of what belongs to all, a request of support staff too changes what it may in the admin.
        assert found == everything(rows)


# Each as it was done to the version before, by a user of a customer.
ATTACKS = {
    "the partner's admin gets another password": (
        "UPDATE accounts_user SET password = 'x', is_superuser = true WHERE id = %(alice)s"
    ),
    "the partner gets another member of staff": (
        "INSERT INTO accounts_user SELECT (jsonb_populate_record(NULL::accounts_user,"
        ' to_jsonb(one) || \'{"id": 77777777, "username": "eve@fabrikam.example"}\')).*'
        " FROM accounts_user AS one WHERE id = %(alice)s"
    ),
    "the partner's staff get a role": (
        "INSERT INTO accounts_user_groups (user_id, group_id) VALUES (%(bob)s, %(group)s)"
    ),
    "the partner's staff lose their roles": (
        "DELETE FROM accounts_user_groups WHERE user_id = %(alice)s"
    ),
    "the partner is renamed": "UPDATE customers_partner SET name = 'x' WHERE id = %(fabrikam)s",
    "the partner gets another domain": (
        "INSERT INTO customers_domain (partner_id, name, is_primary)"
        " VALUES (%(fabrikam)s, 'eve.example', false)"
    ),
    "the staff's sessions are read": (
        "SELECT FROM usersessions_usersession WHERE user_id = %(alice)s"
    ),
    "a member of staff becomes one of the customer's": (
        "UPDATE accounts_user SET partner_id = NULL, customer_id = %(contoso)s WHERE id = %(alice)s"
    ),
    "staff of another partner are let at the customer": (
        "INSERT INTO accounts_user_allowed_customers (user_id, customer_id)"
        " VALUES (%(charlie)s, %(contoso)s)"
    ),
    "the customer is renamed": "UPDATE customers_customer SET name = 'x' WHERE id = %(contoso)s",
    "the customer goes to another partner": (
        "UPDATE customers_customer SET partner_id = %(litware)s WHERE id = %(contoso)s"
    ),
    "another partner's log tells of the customer": (
        "INSERT INTO customers_auditevent"
        " (at, partner_id, customer_id, action, target_type, reason, changes)"
        " VALUES (now(), %(litware)s, %(contoso)s, 'user.added', '', '', '{}')"
    ),
    "a second step of the staff is read": "SELECT FROM mfa_authenticator WHERE user_id = %(alice)s",
    "a second step goes to another user": (
        "UPDATE mfa_authenticator SET user_id = %(uma)s WHERE user_id = %(alice)s"
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_in_a_customers_scope_these_attacks_do_nothing(
    cast: Cast, neighbors: Neighbors, attack: str
) -> None:
    assert _done(cast, cast.gail, attack) == 0


@pytest.mark.parametrize(
    "attack",
    [
        "the customer goes to another partner",
        "another partner's log tells of the customer",
        "staff of another partner are let at the customer",
    ],
)
def test_on_a_page_about_a_customer_its_partner_hands_nothing_to_another(
    cast: Cast, neighbors: Neighbors, attack: str
) -> None:
    assert _done(cast, cast.alice, attack) == 0


def _with_both() -> set[str]:
    """The protected tables whose rows have a partner and a customer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attrelid::regclass::text FROM pg_attribute"
            " WHERE attrelid = ANY(%s::regclass[]) AND attname IN ('partner_id', 'customer_id')"
            " GROUP BY attrelid HAVING count(*) = 2",
            [list(primary_keys())],
        )
        return {table for (table,) in cursor.fetchall()}


@pytest.mark.parametrize("of_both", [True, False])
def test_no_row_of_the_own_partner_is_about_another_partners_customer(
    cast: Cast, neighbors: Neighbors, *, of_both: bool
) -> None:
    """Neither one that has a customer alone, nor one that has both."""
    partner = cast.fabrikam.pk if of_both else None
    tables = _with_both()
    known = {"accounts_user", "customers_auditevent", "customers_domain"}
    assert tables == {*known, "automation_scheduledreport"}
    whose = {
        "staff": of(cast.alice),
        "staff on a page about a customer": replace(of(cast.alice), at=cast.contoso.pk),
        "a customer's user": of(cast.gail),
    }
    for table in tables:
        # Of scheduled reports the customer itself has none.
        key, pk = primary_keys()[table], min(neighbors.contoso[table] or neighbors.fabrikam[table])
        insert, (row,) = copy_of(table, key, pk)
        moved = {**json.loads(row), "customer_id": cast.adatum.pk, "partner_id": partner}
        for name, there in whose.items():
            assert not passes(there, insert, [json.dumps(moved)]), (table, name)
            change = f"UPDATE {table} SET customer_id = %s, partner_id = %s WHERE {key} = %s"
            assert not passes(there, change, [cast.adatum.pk, partner, pk]), (table, name)


def _done(cast: Cast, user: User, attack: str) -> int:
    users = {name: getattr(cast, name).pk for name in ("alice", "bob", "charlie", "uma")}
    others = {name: getattr(cast, name).pk for name in ("contoso", "fabrikam", "litware")}
    named = {**users, **others, "group": Group.objects.earliest("pk").pk}
    there = Scope("portal_web", cast.fabrikam.pk, user.customer_id, at=cast.contoso.pk)
    try:
        with transaction.atomic(), scope.within(there), connection.cursor() as cursor:
            cursor.execute(ATTACKS[attack], named)
            return int(cursor.rowcount)
    except ProgrammingError as refused:
        if not isinstance(refused.__cause__, psycopg.errors.InsufficientPrivilege):
            raise
        return 0


def test_a_customers_users_still_lock_their_customer(cast: Cast) -> None:
    with transaction.atomic(), scope.within(of(cast.gail)):
        locked = Customer.objects.select_for_update(no_key=True)
        assert list(locked) == [cast.contoso]


@pytest.mark.parametrize("whose", [NOBODY, SUPPORT, "alice", "gail"])
def test_no_request_lists_changes_or_ends_sessions_without_their_keys(
    cast: Cast, whose: Scope | str
) -> None:
    there = of(getattr(cast, whose)) if isinstance(whose, str) else whose
    store = SessionStore()
    store["a"] = 1
    store.save()
    for query in (
        "SELECT FROM django_session",
        "DELETE FROM django_session",
        "UPDATE django_session SET expire_date = now()",
        "INSERT INTO django_session VALUES ('k', '', now())",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            write(there, query, [])
    with scope.within(there):
        assert SessionStore(store.session_key)["a"] == 1
        assert SessionStore("0" * 32).get("a") is None


def test_a_session_is_kept_renewed_and_ended_by_its_key(cast: Cast) -> None:
    with scope.within(of(cast.gail)):
        store = SessionStore()
        store["a"] = 1
        store.save()
        first = str(store.session_key)
        again = SessionStore(first)
        again["a"] = 2
        again.save()
        again.cycle_key()
        assert (store.exists(first), store.exists(str(again.session_key))) == (False, True)
        with pytest.raises(UpdateError):
            store.save()
        again.flush()
    assert not Session.objects.exists()


def test_in_a_scope_nobody_else_is_looked_up(cast: Cast) -> None:
    """Who signs in is looked up in nobody's, also while someone else has begun to."""
    for user, found in (
        (cast.alice, {cast.alice, cast.bob, cast.gail}),
        (cast.gail, {cast.gail}),
        (cast.charlie, {cast.charlie}),
        (cast.support, {cast.alice, cast.bob, cast.gail, cast.charlie, cast.support}),
    ):
        with scope.within(of(user)):
            asked = (cast.alice, cast.bob, cast.gail, cast.charlie, cast.support)
            assert {one for one in asked if user_of_id(one.pk) is not None} == found
            assert user_named("charlie@litware.example") == cast.charlie


# As the portal's login, which may take each role and set what it likes.
FORBIDDEN_TO_EVERY_ROLE = [
    "DELETE FROM customers_auditevent",
    "DELETE FROM customers_auditnames",
    "UPDATE customers_auditevent SET at = now()",
    "UPDATE customers_auditnames SET actor = ''",
    "UPDATE customers_auditseal SET hash = ''",
    "DELETE FROM customers_auditseal",
    "DELETE FROM customers_auditcount",
    "UPDATE customers_auditcount SET count = 0",
    "INSERT INTO customers_auditcount (count) VALUES (-1)",
    (
        "INSERT INTO customers_auditevent (id, at, action, target_type, reason, changes)"
        " OVERRIDING SYSTEM VALUE VALUES (-42, '2024-01-01', 'user.added', '', '', '{}')"
    ),
    "TRUNCATE customers_auditevent CASCADE",
    "SELECT setval(pg_get_serial_sequence('customers_auditevent', 'id'), 1)",
    "ALTER TABLE customers_auditevent DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
]


@pytest.mark.django_db(transaction=True)
def test_no_role_of_the_portals_login_changes_the_log_whatever_it_sets(
    cast: Cast, database_url: str
) -> None:
    """Sealed or not."""
    write_log(cast.fabrikam)
    seal_events()
    write_log(cast.fabrikam)
    with psycopg.connect(database_url, autocommit=True) as login:
        for role in ("portal_web", "portal_people", "portal_support", "portal_tasks"):
            login.execute(f"SET ROLE {role}")
            login.execute(f"SET portal.partner = '{cast.fabrikam.pk}'")
            login.execute("SET portal.retires_events = 'on'")
            for query in FORBIDDEN_TO_EVERY_ROLE:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    login.execute(query)
    assert AuditEvent.objects.count() == AuditEvent.objects.exclude(names=None).count() == 2


def test_every_role_that_writes_the_log_may_write_all_of_an_event_but_its_id() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT attname FROM pg_attribute, unnest(%s::text[]) AS role"
            " WHERE attrelid = 'customers_auditevent'::regclass AND attnum > 0"
            " AND NOT attisdropped AND NOT has_column_privilege(role, attrelid, attnum, 'INSERT')",
            [["portal_web", "portal_support", "portal_tasks"]],
        )
        assert cursor.fetchall() == [("id",)]


def test_no_event_gets_a_number_below_one() -> None:
    with pytest.raises(IntegrityError, match="audit_id_of_sequence"):
        write_log(None, start=0)


def test_retirement_asks_the_seal_and_the_age_itself(cast: Cast) -> None:
    """The portal's tasks may say anything in the marks of a seal, which a key then disproves."""
    write_log(cast.fabrikam, days_ago=29)
    seal_events()
    retire = "SELECT retire_audit_events((SELECT max(id) FROM customers_auditseal), %s)"
    for said, names_only, refused in (
        ("names_salt = ''", True, "does not say so"),
        ("names_forgotten_at = now()", False, "does not say so"),
        ("events_dropped_at = now()", False, "kept for 30 days"),
    ):
        write(TASKS, f"UPDATE customers_auditseal SET {said}", [])
        with pytest.raises(IntegrityError, match=refused), transaction.atomic():
            write(TASKS, retire, [names_only])
    assert write(TASKS, retire, [True]) == 1
    write_log(cast.fabrikam)
    seal_events()
    write(TASKS, "UPDATE customers_auditseal SET names_forgotten_at = now()", [])
    with pytest.raises(IntegrityError, match="kept for a day"), transaction.atomic():
        write(TASKS, retire, [True])
