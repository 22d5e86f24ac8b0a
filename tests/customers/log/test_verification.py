"""Those who have the database but not the keys can't change the activity log unseen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from customers.models import AuditCount, AuditEvent, AuditSeal, Partner
from customers.services import retention, sealing
from tests.customers.log.sealed import execute, findings, tamper, write
from tests.factories import PartnerFactory
from tests.support.cast import Cast

EVENTS, NAMES, SEALS = "customers_auditevent", "customers_auditnames", "customers_auditseal"

OTHER: dict[str, str] = {
    "at": "'2020-01-01 00:00:00+00:00'",
    "partner_id": "CASE WHEN partner_id IS NULL THEN (SELECT MIN(id) FROM customers_partner) END",
    "customer_id": "12345",
    "batch_id": "batch_id + 1",
    "stands_for": "NULL",
    "actor_id": "8",
    "action": "'user.deleted'",
    "target_type": "'domain'",
    "target_id": "target_id + 1",
    "reason": "'Ticket 999'",
    "changes": '\'{"usage_location": ["SE", "DK"]}\'',
}
OTHER_NAMES = {
    "actor": "'Bob (bob@fabrikam.example)'",
    "target": "'Somebody else'",
    "changes": "'{}'",
}
OTHER_SEAL = {
    "number": "number + 1000",
    "partner_id": OTHER["partner_id"],
    "first_id": "first_id - 1",
    "last_id": "last_id + 1",
    "count": "count + 1",
    "last_at": OTHER["at"],
    "made_at": OTHER["at"],
    "version": "version + 1",
    "key_id": "'two'",
    "previous": f"'{'0' * 64}'",
    "events_hash": f"'{'0' * 64}'",
    "names_hash": f"'{'0' * 64}'",
    "names_salt": f"'{'0' * 64}'",
    "hash": f"'{'0' * 64}'",
    "names_forgotten_at": "made_at",
    "names_forgotten_mark": f"'one:{'0' * 64}'",
    "events_dropped_at": "made_at",
    "events_dropped_mark": "'one:'",
}


def changes_of(table: str, key: str, columns: dict[str, str]) -> dict[str, Callable[[Any], None]]:
    """A way of tampering for each column, with one row that is named by `key`."""

    def change(column: str, value: str) -> Callable[[Any], None]:
        sql = f"UPDATE {table} SET {column} = {value} WHERE {key} = %s"
        return lambda pk: tamper(sql, [pk])

    return {f"{table}.{name}": change(name, value) for name, value in columns.items()}


def remove_event(pk: int) -> None:
    tamper(f"DELETE FROM {NAMES} WHERE event_id = %s", [pk])
    tamper(f"DELETE FROM {EVENTS} WHERE id = %s", [pk])


def remove_names(pk: int) -> None:
    tamper(f"DELETE FROM {NAMES} WHERE event_id = %s", [pk])


def insert_before(pk: int) -> None:
    """Even ids are taken (`write`), so that there is room."""
    tamper(
        f"INSERT INTO {EVENTS} (id, at, partner_id, action, target_type, reason, changes)"
        f" SELECT id - 1, at, partner_id, action, target_type, reason, changes FROM {EVENTS}"
        " WHERE id = %s",
        [pk],
    )


def swap_with_another(pk: int) -> None:
    """What one event says is said by another of the same log, and the other way round."""
    partner = AuditEvent.objects.get(pk=pk).partner_id
    other = AuditEvent.objects.filter(partner=partner).exclude(pk=pk).order_by("pk").first()
    other_id = other.pk if other else pk
    if other is None:
        return remove_event(pk)
    aside = 9_000_000_000
    for one, place in ((pk, aside), (other_id, pk), (aside, other_id)):
        tamper(f"UPDATE {EVENTS} SET id = %s WHERE id = %s", [place, one])
    return None


WITH_EVENT: dict[str, Callable[[int], None]] = {
    **changes_of(EVENTS, "id", OTHER),
    **changes_of(NAMES, "event_id", OTHER_NAMES),
    "remove an event": remove_event,
    "remove its names": remove_names,
    "insert an event": insert_before,
    "swap two events": swap_with_another,
}
WITH_SEAL: dict[str, Callable[[int], None]] = {
    **changes_of(SEALS, "number", OTHER_SEAL),
    "remove a seal": lambda number: tamper(
        f"DELETE FROM {SEALS} WHERE number = %s",
        [number],
    ),
    "cut the end": lambda number: tamper(
        f"DELETE FROM {SEALS} WHERE number >= %s",
        [number],
    ),
}

steps = st.lists(
    st.tuples(st.sampled_from(["write", "write", "seal"]), st.integers(0, 2), st.integers(1, 4)),
    min_size=3,
    max_size=8,
)


class Log:
    """Written and sealed by turns, whatever is drawn; at least two seals on two partners."""

    def __init__(self, drawn: list[tuple[str, int, int]]) -> None:
        self.owners: list[Partner | None] = [*PartnerFactory.create_batch(2), None]
        self.next = 1_000_000
        self.written = 0
        for verb, owner, number in drawn:
            if verb == "seal":
                sealing.seal_events()
            else:
                self.write(owner, number)
        for owner in (0, 1):
            self.write(owner, 2)
            sealing.seal_events()
        self.seals = list(AuditSeal.objects.in_order())

    def write(self, owner: int, number: int) -> None:
        write(self.owners[owner], number, start=self.next)
        self.next += 2 * number
        self.written += number

    def logged(self) -> dict[int, str]:
        return {self.seals[-1].number: self.seals[-1].hash}


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def short_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "SEGMENT", 3)


# All ways are tried on each log: a few logs will do, but in `make torture`.
few = hypothesis_settings(max_examples=max(3, hypothesis_settings().max_examples // 10))


@few
@given(drawn=steps, data=st.data())
@pytest.mark.django_db
def test_whatever_is_done_to_an_event_is_found(
    drawn: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    with undone():
        log = Log(drawn)
        assert findings(log.logged()) == []
        pks = list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))
        for name, way in WITH_EVENT.items():
            with undone():
                way(data.draw(st.sampled_from(pks)))
                assert findings() != [], name


@few
@given(drawn=steps, data=st.data())
@pytest.mark.django_db
def test_whatever_is_done_to_a_seal_is_found(
    drawn: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    with undone():
        log = Log(drawn)
        assert findings(log.logged()) == []
        for name, way in WITH_SEAL.items():
            with undone():
                way(data.draw(st.sampled_from(log.seals)).number)
                assert findings(log.logged()) != [], name


@few
@given(drawn=steps)
@pytest.mark.django_db
def test_what_is_not_touched_is_proved_to_the_last_event(drawn: list[tuple[str, int, int]]) -> None:
    with undone():
        log = Log(drawn)
        assert findings(log.logged()) == []
        assert sum(seal.count for seal in log.seals) == log.written == AuditEvent.objects.count()


def test_findings_say_what_and_where(cast: Cast) -> None:
    ids = write(cast.fabrikam, 6, start=100)
    write(cast.litware, start=200)
    sealing.seal_events()
    remove_event(ids[0])
    insert_before(ids[4])
    tamper(f"UPDATE {NAMES} SET actor = '' WHERE event_id = %s", [200])
    tamper(f"UPDATE {SEALS} SET count = 7 WHERE number = 3")
    assert findings({3: "0" * 64, 9: "0" * 64}) == [
        "Seal 3 was changed.",
        "Seal 3 is not the one that stands in the log.",
        "Seal 9 stands in the log and is gone: the chain was cut.",
        "Fabrikam, events 100 to 104 (seal 1): 1 event removed.",
        "Fabrikam, events 106 to 110 (seal 2): 1 event added.",
        "Litware, events 200 to 200 (seal 3): 6 events removed.",
    ]


def test_events_between_two_seals_are_covered_by_none(cast: Cast) -> None:
    write(cast.fabrikam, 3, start=100)
    sealing.seal_events()
    write(cast.fabrikam, 1, start=200)
    sealing.seal_events()
    insert_before(200)
    tamper(f"DELETE FROM {SEALS} WHERE number = 1")
    assert findings() == [
        "Seals are missing: 1 to 1.",
        (
            "Fabrikam: no seal covers 4 events from 100 to 199, which stand before seal 2: added,"
            " or their seal is gone."
        ),
    ]


@pytest.mark.django_db
def test_a_log_that_was_retired_is_still_proved(cast: Cast) -> None:
    for days in (1_200, 1_100, 500, 400, 20, 0):
        write(cast.fabrikam, 2, days_ago=days)
    sealing.seal_events()
    assert retention.forget_names() == 8
    assert retention.drop_events() == 4
    assert findings() == []
    assert (retention.forget_names(), retention.drop_events()) == (0, 0)
    assert AuditEvent.objects.count() == 8
    assert AuditEvent.objects.filter(names=None).count() == 4
    seals = AuditSeal.objects.in_order()
    assert [bool(seal.names_salt) for seal in seals] == [False] * 4 + [True] * 2
    assert [seal.events_dropped_at is not None for seal in seals] == [True] * 2 + [False] * 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql, said",
    [
        (f"UPDATE {EVENTS} SET reason = 'x' WHERE id = 100", "changed."),
        (f"DELETE FROM {EVENTS} WHERE id = 100", "1 event removed."),
    ],
)
def test_an_event_without_names_is_still_proved(cast: Cast, sql: str, said: str) -> None:
    write(cast.fabrikam, 2, days_ago=400, start=100)
    sealing.seal_events()
    retention.forget_names()
    tamper(sql)
    assert findings() == [f"Fabrikam, events 100 to 102 (seal 1): {said}"]


@pytest.mark.django_db
def test_nobody_passes_for_retention_without_a_key(cast: Cast) -> None:
    write(cast.fabrikam, 2, start=100)
    sealing.seal_events()
    tamper(f"DELETE FROM {NAMES}")
    tamper(f"DELETE FROM {EVENTS}")
    tamper(
        f"UPDATE {SEALS} SET names_forgotten_at = made_at, names_salt = '',"
        f" names_forgotten_mark = 'one:{'0' * 64}', events_dropped_at = made_at,"
        f" events_dropped_mark = 'one:{'0' * 64}'"
    )
    assert findings() == [
        "Seal 1 says names forgotten, but not by the portal.",
        "Seal 1 says events dropped, but not by the portal.",
    ]


@pytest.mark.django_db
def test_what_comes_back_after_retention_is_found(cast: Cast) -> None:
    write(cast.fabrikam, 1, days_ago=1_200, start=100)
    write(cast.fabrikam, 1, days_ago=400, start=110)
    sealing.seal_events()
    retention.forget_names()
    retention.drop_events()
    write(cast.fabrikam, 1, days_ago=1_200, start=100)
    tamper(
        f"INSERT INTO {NAMES} (event_id, actor, target, changes)"
        " VALUES (110, '', 'Somebody', '{}')"
    )
    assert findings() == [
        "Fabrikam, events 100 to 100 (seal 1): dropped by retention, but 1 event found.",
        "Fabrikam, events 110 to 110 (seal 2): the names were forgotten, but some are there.",
    ]


def test_what_is_young_is_not_retired(cast: Cast) -> None:
    write(cast.fabrikam, 1, days_ago=2)
    sealing.seal_events()
    soon = timezone.now() + timedelta(days=362)
    assert retention.forget_names(now=soon) == retention.drop_events(now=soon) == 0
    assert retention.forget_names(now=soon + timedelta(days=2)) == 1


@pytest.mark.parametrize("pk", [0, -42, -(2**62)])
def test_an_event_below_every_number_is_found(cast: Cast, pk: int) -> None:
    """Also in a log that has no seal, and seal after seal; an owner can take the rule away."""
    if connection.vendor == "postgresql":
        execute(f"ALTER TABLE {EVENTS} DROP CONSTRAINT audit_id_of_sequence")
    write(cast.fabrikam, start=100)
    sealing.seal_events()
    for place, partner in enumerate((cast.fabrikam, cast.litware, None)):
        write(partner, start=pk - place)
        sealing.seal_events()
    assert findings() == [
        f"{name}: 1 event from {pk - place} to {pk - place}: the portal gives no such number."
        for place, name in enumerate(("Fabrikam", "Litware", "No partner"))
    ]


def test_an_event_before_the_first_seal_is_found(cast: Cast) -> None:
    write(cast.fabrikam, start=100)
    sealing.seal_events()
    write(cast.fabrikam, start=1)
    assert findings() == [
        (
            "Fabrikam: no seal covers 1 event from 1 to 1, which stand before seal 1: added, or"
            " their seal is gone."
        )
    ]


@pytest.mark.postgres
def test_an_event_that_goes_before_it_is_sealed_is_missed(cast: Cast) -> None:
    """Before and after the next seal, which does not know of it."""
    ids = write(cast.fabrikam, 3)
    write(None)
    assert findings() == []
    remove_event(ids[1])
    said = ["Fabrikam: 1 event removed before a seal covered them."]
    assert findings() == said
    sealing.seal_events()
    assert findings() == said
    write(cast.fabrikam)
    assert findings() == said


@pytest.mark.postgres
def test_events_are_counted_in_one_row_for_each_log_once_they_are_sealed(cast: Cast) -> None:
    def counted() -> list[tuple[int | None, int]]:
        return list(AuditCount.objects.order_by("count").values_list("partner_id", "count"))

    write(cast.fabrikam, 3)
    write(None)
    assert len(counted()) == 4
    sealing.seal_events()
    assert counted() == [(None, 1), (cast.fabrikam.pk, 3)]
    write(cast.fabrikam, 2)
    sealing.seal_events()
    assert counted() == [(None, 1), (cast.fabrikam.pk, 5)]
