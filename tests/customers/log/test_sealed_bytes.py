"""The bytes under a seal: the same on every database, and another hash for any other byte."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pytest_django import Settings

from customers.log.sealed_bytes import (
    COLUMNS,
    EVENT_COLUMNS,
    NAMES_COLUMNS,
    SEAL_COLUMNS,
    VERSION,
    Digest,
    Unverifiable,
    canonical,
    is_marked,
    mark,
    newest_key,
    seal_hash,
)
from customers.models import AuditSeal

AT = datetime(2026, 3, 31, 12, 30, 15, 5, tzinfo=UTC)
ROW: dict[str, Any] = {
    "id": 1,
    "at": AT,
    "partner_id": 2,
    "customer_id": None,
    "batch_id": None,
    "stands_for": 1,
    "actor_id": 3,
    "action": "user.blocked",
    "target_type": "user",
    "target_id": 4,
    "reason": "Ticket",
    "changes": {"b": 1, "a": [None, True]},
    "names__event_id": 1,
    "names__actor": "Alice",
    "names__target": "Zoë",
    "names__changes": {"city": ["", "Oslo"]},
}


def row(**values: Any) -> tuple[Any, ...]:
    return tuple({**ROW, **values}[name] for name in COLUMNS)


def digest(*rows: tuple[Any, ...], salt: str = "salt") -> Digest:
    made = Digest(VERSION, newest_key(), salt)
    for one in rows:
        made.add(one)
    return made


def seal(**values: Any) -> AuditSeal:
    known: dict[str, Any] = {
        "number": 1,
        "first_id": 1,
        "last_id": 5,
        "count": 5,
        "last_at": AT,
        "made_at": AT,
        "version": VERSION,
        "key_id": newest_key(),
        "events_hash": "e",
        "names_hash": "n",
    }
    made = AuditSeal(**{**known, **values})
    made.hash = seal_hash(made)
    return made


def test_a_row_is_one_line_of_ascii_with_sorted_keys() -> None:
    line = canonical([1, None, "Zoë\n", {"b": True, "a": [1.5]}, AT])
    assert line == (b'[1,null,"Zo\\u00eb\\n",{"a":[1.5],"b":true},"2026-03-31T12:30:15.000005Z"]\n')


def test_a_moment_is_written_in_utc_whatever_its_zone() -> None:
    oslo = AT.astimezone(timezone(timedelta(hours=2)))
    assert canonical([oslo]) == canonical([AT]) == b'["2026-03-31T12:30:15.000005Z"]\n'


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes"])
def test_what_has_no_sealed_form_is_an_error(value: object) -> None:
    with pytest.raises(TypeError, match="has no sealed form"):
        canonical([value])


OTHER: dict[str, Any] = {
    "id": 9,
    "at": AT + timedelta(microseconds=1),
    "changes": {"b": 1, "a": [None, False]},
    "action": "user.allowed",
    "target_type": "users",
    "reason": "Ticket ",
}


@pytest.mark.parametrize("column", EVENT_COLUMNS[VERSION])
def test_every_column_of_an_event_counts(column: str) -> None:
    changed = digest(row(**{column: OTHER.get(column, 77)}))
    assert changed.events_hash != digest(row()).events_hash
    assert changed.names_hash == digest(row()).names_hash


@pytest.mark.parametrize("column", NAMES_COLUMNS[VERSION])
def test_every_column_of_the_names_counts_and_no_event_shows_it(column: str) -> None:
    changed = digest(row(**{column: None}))
    assert changed.names_hash != digest(row()).names_hash
    assert changed.events_hash == digest(row()).events_hash


def test_the_order_and_the_number_of_rows_count() -> None:
    one, two = row(), row(id=2, names__event_id=2)
    hashes = {digest(*rows).events_hash for rows in ([one], [one, two], [two, one], [one, one])}
    assert len(hashes) == 4
    assert digest(one, two).count == 2
    assert digest().count == 0


def test_names_are_hashed_after_a_salt_that_no_event_needs() -> None:
    assert digest(row(), salt="a").names_hash != digest(row(), salt="b").names_hash
    assert digest(row(), salt="a").events_hash == digest(row(), salt="b").events_hash
    # Where a salt ends and a name begins, the line says.
    assert digest(salt="a\n").names_hash != digest(salt="a").names_hash


def test_another_key_gives_another_hash(settings: Settings) -> None:
    before = digest(row()).events_hash
    settings.AUDIT_KEYS = {newest_key(): "another" * 8}
    assert digest(row()).events_hash != before


def test_the_first_key_is_the_one_that_seals(settings: Settings) -> None:
    settings.AUDIT_KEYS = {"two": "2" * 40, "one": "1" * 40}
    assert newest_key() == "two"


def test_a_key_that_is_gone_and_a_form_that_is_unknown_are_told() -> None:
    with pytest.raises(Unverifiable, match="AUDIT_KEYS has no key 'lost'"):
        Digest(VERSION, "lost", "")
    with pytest.raises(Unverifiable, match="form 99 are not known"):
        Digest(99, newest_key(), "")
    with pytest.raises(Unverifiable, match="AUDIT_KEYS has no key 'lost'"):
        seal(key_id="lost")


# An id of a key is in the line as well as in the key (below).
@pytest.mark.parametrize("column", [name for name in SEAL_COLUMNS if name != "key_id"])
def test_every_column_of_a_seal_counts(column: str) -> None:
    values = {"last_at": AT + timedelta(days=1), "made_at": AT + timedelta(days=1)}
    texts = {"previous": "p", "events_hash": "x", "names_hash": "x"}
    changed = seal()
    setattr(changed, column, values.get(column, texts.get(column, 8)))
    assert seal_hash(changed) != seal().hash


def test_two_ids_of_one_secret_are_told_apart(settings: Settings) -> None:
    settings.AUDIT_KEYS = {"one": "k" * 40, "two": "k" * 40}
    assert seal(key_id="one").hash != seal(key_id="two").hash


def test_a_mark_proves_what_was_done_to_which_seal_and_when(settings: Settings) -> None:
    made = mark("names forgotten", seal(), AT)
    assert made.startswith(f"{newest_key()}:")
    assert is_marked("names forgotten", seal(), AT, made)
    assert not is_marked("events dropped", seal(), AT, made)
    assert not is_marked("names forgotten", seal(number=2), AT, made)
    assert not is_marked("names forgotten", seal(), AT + timedelta(seconds=1), made)
    assert not is_marked("names forgotten", seal(), None, made)
    assert not is_marked("names forgotten", seal(), AT, f"{made[:-1]}g")


def test_an_old_mark_stays_proved_under_a_newer_key(settings: Settings) -> None:
    old = newest_key()
    made, before = mark("events dropped", seal(), AT), seal()
    settings.AUDIT_KEYS = {"newer": "n" * 40, **settings.AUDIT_KEYS}
    assert is_marked("events dropped", before, AT, made)
    assert mark("events dropped", before, AT).startswith("newer:")
    settings.AUDIT_KEYS = {"newer": "n" * 40}
    with pytest.raises(Unverifiable, match=f"no key '{old}'"):
        is_marked("events dropped", before, AT, made)
