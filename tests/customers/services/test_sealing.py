"""Seals on the activity log: made of what is there for good, and of all of it."""

import logging
import random
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from customers.log.sealed_bytes import COLUMNS, EVENT_COLUMNS, NAMES_COLUMNS, canonical
from customers.models import AuditEvent, AuditSeal
from customers.services import sealing
from customers.services.customers import change_customer
from customers.services.retention import forget_names
from customers.services.sealing import seal_events, settled_id
from tests.customers.log.sealed import findings, write
from tests.factories import PartnerFactory
from tests.settings import SQLITE
from tests.support.cast import Cast
from tests.support.threads import rounds, together


def ranges() -> list[tuple[int | None, int, int, int]]:
    seals = AuditSeal.objects.in_order()
    return [(seal.partner_id, seal.first_id, seal.last_id, seal.count) for seal in seals]


def told(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Lines of the log. What structlog captures itself misses a logger that was used before."""
    lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    besides = {"timestamp", "level"}
    return [
        {name: line[name] for name in line if name not in besides and not name.startswith("_")}
        for line in lines
    ]


def test_each_partner_gets_its_seal_and_a_second_run_none(cast: Cast) -> None:
    one = write(cast.fabrikam, 2)
    other = write(cast.litware)
    nobodys = write(None)
    one += write(cast.fabrikam)
    assert seal_events() == 5
    assert ranges() == [
        (None, nobodys[0], nobodys[0], 1),
        (cast.fabrikam.pk, one[0], one[-1], 3),
        (cast.litware.pk, other[0], other[0], 1),
    ]
    assert seal_events() == 0
    assert findings() == []


def test_seals_are_one_chain(cast: Cast) -> None:
    write(cast.fabrikam)
    seal_events()
    write(cast.litware)
    write(None)
    seal_events()
    seals = list(AuditSeal.objects.in_order())
    assert [seal.number for seal in seals] == [1, 2, 3]
    assert [seal.previous for seal in seals] == ["", seals[0].hash, seals[1].hash]


def test_a_long_log_gets_several_seals(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "SEGMENT", 3)
    monkeypatch.setattr(sealing, "PAGE", 2)
    ids = write(cast.fabrikam, 7)
    assert seal_events() == 7
    assert [row[1:] for row in ranges()] == [
        (ids[0], ids[2], 3),
        (ids[3], ids[5], 3),
        (ids[6], ids[6], 1),
    ]


def test_a_seal_covers_one_day_at_most(cast: Cast) -> None:
    write(cast.fabrikam, 2, days_ago=3)
    write(cast.fabrikam, 1, days_ago=1)
    seal_events()
    assert [row[3] for row in ranges()] == [2, 1]


def test_the_last_seal_goes_to_the_log(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    write(cast.fabrikam)
    write(cast.litware, 2)
    caplog.set_level(logging.INFO)
    seal_events()
    logs = told(caplog)
    seal = AuditSeal.objects.get(number=2)
    assert logs == [
        {
            "event": "audit_sealed",
            "seal": 2,
            "partner": cast.litware.pk,
            "last": seal.last_id,
            "count": 2,
            "hash": seal.hash,
        }
    ]
    assert findings({2: seal.hash}) == []


def test_a_seal_names_the_key_that_made_it(cast: Cast, settings: Settings) -> None:
    write(cast.fabrikam)
    seal_events()
    settings.AUDIT_KEYS = {"two": "another-key" * 4, **settings.AUDIT_KEYS}
    write(cast.fabrikam)
    seal_events()
    assert list(AuditSeal.objects.in_order().values_list("key_id", flat=True)) == ["one", "two"]
    assert findings() == []
    settings.AUDIT_KEYS = {"two": settings.AUDIT_KEYS["two"]}
    assert findings() == ["AUDIT_KEYS has no key 'one': what it sealed can't be verified."]


def test_another_key_of_the_same_id_proves_nothing(cast: Cast, settings: Settings) -> None:
    write(cast.fabrikam)
    seal_events()
    settings.AUDIT_KEYS = {"one": "x" * 40}
    assert findings() != []


def test_every_column_of_the_log_is_sealed() -> None:
    version = max(EVENT_COLUMNS)
    fields = {field.attname for field in AuditEvent._meta.concrete_fields}
    assert set(EVENT_COLUMNS[version]) == fields
    for older in (*EVENT_COLUMNS.values(), *NAMES_COLUMNS.values()):
        assert set(older) <= set(COLUMNS)


def test_the_form_of_a_row_stays_as_it_is(cast: Cast) -> None:
    [pk] = write(cast.fabrikam)
    AuditEvent.objects.filter(pk=pk)
    row = list(AuditEvent.objects.values_list(*COLUMNS).get(pk=pk))
    row[0], row[1], row[2] = 5, row[1].replace(2026, 1, 2, 3, 4, 5, 6), 9
    row[COLUMNS.index("names__event_id")] = 5
    assert canonical(row) == (
        b'[5,"2026-01-02T03:04:05.000006Z",9,null,0,1,7,"user.changed","user",1000,"Ticket 0",'
        b'{"blocked":[false,true],"none":null,"usage_location":["SE","NO"]},'
        b'5,"Alice (alice@fabrikam.example)","Person 0",{"first_name":["","Zo\\u00eb 0"]}]\n'
    )


@pytest.mark.parametrize("events", [3, 30])
def test_queries_do_not_grow_with_events(
    cast: Cast, events: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    write(cast.fabrikam, events)
    with django_assert_num_queries(14 if SQLITE else 17):
        seal_events()


@pytest.mark.parametrize("partners", [3, 30])
def test_queries_do_not_grow_with_partners_who_did_nothing(
    cast: Cast, partners: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    PartnerFactory.create_batch(partners)
    with django_assert_num_queries(4 if SQLITE else 5):
        assert seal_events() == 0


@pytest.mark.django_db(transaction=True)
def test_no_event_is_read_while_a_seal_holds_the_writer() -> None:
    """On SQLite there is one, and all who write wait for the end of its transaction."""
    partner = PartnerFactory.create()
    write(partner, 30)
    inside: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        if connection.in_atomic_block:
            inside.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        assert seal_events() == 30
    assert len(inside) <= 4
    assert [sql for sql in inside if "customers_auditevent" in sql] == []
    assert findings() == []


def test_events_that_another_has_sealed_meanwhile_are_not_sealed_again(cast: Cast) -> None:
    """The slower one has read them all, and finds the seal when it would add its own."""
    ids = write(cast.fabrikam, 3)
    begun: list[str] = []

    def seal_first(execute: Any, sql: str, *rest: Any) -> Any:
        answer = execute(sql, *rest)
        if "customers_auditnames" in sql and not begun:
            begun.append(sql)
            assert seal_events() == 3
        return answer

    with connection.execute_wrapper(seal_first):
        assert seal_events() == 0
    assert ranges() == [(cast.fabrikam.pk, ids[0], ids[-1], 3)]
    assert findings() == []


@pytest.mark.postgres
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE customers_auditseal SET hash = ''",
        "UPDATE customers_auditseal SET last_id = last_id + 1",
        "DELETE FROM customers_auditseal",
        "UPDATE customers_auditnames SET actor = ''",
        "DELETE FROM customers_auditnames",
        "DELETE FROM customers_auditevent",
    ],
)
def test_the_database_refuses_to_touch_what_is_sealed(cast: Cast, sql: str) -> None:
    write(cast.fabrikam)
    seal_events()
    with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.postgres
def test_what_retention_may_delete_nobody_may_in_the_same_transaction(cast: Cast) -> None:
    write(cast.fabrikam, days_ago=2)
    seal_events()
    write(cast.fabrikam)
    assert forget_names(now=timezone.now() + timedelta(days=10_000)) == 1
    with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM customers_auditnames")


@pytest.fixture
def other(transactional_db: None) -> Iterator["psycopg.Connection"]:
    """Another connection to the same database."""
    given = connection.get_connection_params()
    known = ("dbname", "user", "password", "host", "port")
    with closing(psycopg.connect(**{name: given[name] for name in known if name in given})) as own:
        yield own


DRAW = "SELECT nextval(pg_get_serial_sequence('customers_auditevent', 'id'))"
INSERT = (
    "INSERT INTO customers_auditevent (id, at, action, target_type, reason, changes)"
    " OVERRIDING SYSTEM VALUE VALUES (%s, now(), 'late', '', '', '{}')"
)


@pytest.mark.postgres
def test_a_row_that_commits_late_is_waited_for(
    other: "psycopg.Connection", caplog: pytest.LogCaptureFixture
) -> None:
    """It drew a lower id than one that is seen: a seal before its end would miss it."""
    [(late,)] = other.execute(DRAW).fetchall()
    write(None)
    assert seal_events(patience=0.1) == 0
    assert [entry["event"] for entry in told(caplog)] == ["audit_not_sealed"]
    other.execute(INSERT, [late])
    other.commit()
    assert seal_events(patience=0.1) == 2
    assert AuditSeal.objects.get().first_id == late
    assert findings() == []


@pytest.mark.postgres
def test_who_begins_later_is_not_waited_for(other: "psycopg.Connection") -> None:
    write(None)
    newest = AuditEvent.objects.get().pk
    other.execute("SELECT 1 FROM customers_auditevent")
    assert settled_id(patience=0) == newest


@pytest.mark.postgres
def test_a_withdrawn_savepoint_does_not_hide_who_draws(other: "psycopg.Connection") -> None:
    with other.transaction(force_rollback=False):
        other.execute("SAVEPOINT before")
        other.execute(DRAW)
        other.execute("ROLLBACK TO SAVEPOINT before")
        write(None)
        assert settled_id(patience=0) is None
    assert settled_id(patience=0) is not None


@pytest.mark.torture
def test_writers_out_of_order_lose_no_event_to_the_sealer(transactional_db: None) -> None:
    """Each transaction takes its time between drawing ids and committing them; some withdraw."""
    over = threading.Event()

    def write_slowly(seed: int) -> None:
        chance = random.Random(seed)
        for _turn in rounds():
            with transaction.atomic():
                write(None, chance.randint(1, 3))
                over.wait(chance.choice([0, 0, 0.01, 0.05]))
                transaction.set_rollback(chance.random() < 0.2)

    def seal() -> None:
        for _turn in rounds():
            seal_events(patience=1)

    together(*(lambda seed=seed: write_slowly(seed) for seed in range(4)), seal, seal)
    seal_events()
    assert findings() == []
    assert sum(row[3] for row in ranges()) == AuditEvent.objects.count() > 0


def test_verbs_are_sealed_as_they_were_written(cast: Cast) -> None:
    change_customer(
        cast.contoso, actor=cast.alice, name="Contoso, Ltd. “Zoë” \U0001f600", country="SE"
    )
    assert seal_events() == 1
    assert findings() == []
