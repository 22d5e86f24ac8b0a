"""Following the log: every event once, in its order, and never one that was rolled back."""

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing

import psycopg
import pytest
from django.db import connection, transaction

from customers.actions import Action
from customers.log.following import Follower
from customers.models import AuditEvent, Partner
from customers.services import following
from customers.services.following import follow
from customers.services.partners import change_partner
from tests.customers.log.sealed import write
from tests.support.cast import Cast
from tests.support.threads import rounds, together

CHANGED = {Action.USER_CHANGED}


class Reader:
    """Follows and remembers; what it remembers is taken back with the transaction."""

    def __init__(self, name: str = "reader") -> None:
        self.name = name
        self.ids: list[int] = []
        self.calls: list[int] = []

    def read(self, events: Sequence[AuditEvent]) -> None:
        self.ids += [event.pk for event in events]
        self.calls.append(len(events))

    def run(self, actions: set[Action] = CHANGED) -> int:
        return follow(self.name, actions, self.read, patience=0.1)


def test_every_event_is_read_once_in_the_order_of_the_log(cast: Cast) -> None:
    reader = Reader()
    first = write(cast.fabrikam, 3)
    assert reader.run() == 3
    assert reader.run() == 0
    second = write(cast.litware, 2)
    assert reader.run() == 2
    assert reader.ids == first + second


def test_other_actions_are_passed_by_and_never_read_again(cast: Cast) -> None:
    reader = Reader()
    write(cast.fabrikam, 2)
    assert reader.run({Action.LICENSE_REVOKED}) == 0
    newest = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True)[0]
    assert Follower.objects.get(name="reader").position == newest
    assert reader.run() == 0


def test_each_follower_is_as_far_as_it_is(cast: Cast) -> None:
    one, other = Reader("one"), Reader("other")
    ids = write(cast.fabrikam, 2)
    assert one.run() == 2
    ids += write(cast.fabrikam)
    assert (one.run(), other.run()) == (1, 3)
    assert one.ids == other.ids == ids


def test_a_long_log_is_read_in_portions(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PORTION", 3)
    reader = Reader()
    ids = write(cast.fabrikam, 7)
    assert reader.run() == 7
    assert (reader.ids, reader.calls) == (ids, [3, 3, 1])


def test_what_goes_wrong_is_read_again_and_what_went_before_is_not(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "PORTION", 2)
    ids = write(cast.fabrikam, 3)
    done: list[int] = []

    def stumble(events: Sequence[AuditEvent]) -> None:
        Partner.objects.create(name=f"{events[0].pk}", country="SE")
        if events[0].pk == ids[2]:
            raise ZeroDivisionError
        done.extend(event.pk for event in events)

    with pytest.raises(ZeroDivisionError):
        follow("reader", CHANGED, stumble)
    assert done == ids[:2]
    # What it wrote about the third went with the position.
    assert [Partner.objects.filter(name=f"{pk}").exists() for pk in (ids[0], ids[2])] == [
        True,
        False,
    ]
    reader = Reader()
    assert reader.run() == 1
    assert reader.ids == ids[2:]


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_never_read(cast: Cast) -> None:
    reader = Reader()
    with transaction.atomic():
        change_partner(cast.fabrikam, actor=cast.support, name="Fabrikam Group", country="SE")
        transaction.set_rollback(True)
    assert reader.run({Action.PARTNER_CHANGED}) == 0
    change_partner(cast.fabrikam, actor=cast.support, name="Fabrikam Group", country="SE")
    assert reader.run({Action.PARTNER_CHANGED}) == 1


@pytest.fixture
def other(transactional_db: None) -> Iterator["psycopg.Connection"]:
    """Another connection to the same database."""
    given = connection.get_connection_params()
    known = ("dbname", "user", "password", "host", "port")
    with closing(psycopg.connect(**{name: given[name] for name in known if name in given})) as own:
        yield own


@pytest.mark.postgres
def test_an_event_that_commits_late_is_not_missed(other: "psycopg.Connection") -> None:
    """It drew a lower id than one that is seen already."""
    reader = Reader()
    draw = "SELECT nextval(pg_get_serial_sequence('customers_auditevent', 'id'))"
    [(late,)] = other.execute(draw).fetchall()
    seen = write(None)
    assert reader.run() == 0
    other.execute(
        "INSERT INTO customers_auditevent (id, at, action, target_type, reason, changes)"
        " OVERRIDING SYSTEM VALUE VALUES (%s, now(), %s, '', '', '{}')",
        [late, Action.USER_CHANGED],
    )
    other.commit()
    assert reader.run() == 2
    assert reader.ids == [late, *seen]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_while_one_follows_another_of_that_name_leaves_it_to_the_first() -> None:
    write(None, 2)
    reader, second = Reader(), Reader()

    def read(events: Sequence[AuditEvent]) -> None:
        assert together(second.run) == [0]
        reader.read(events)

    assert follow("reader", CHANGED, read) == 2
    assert (len(reader.ids), second.ids) == (2, [])


@pytest.mark.torture
# SQLite has one writer, who commits in the order of the ids.
@pytest.mark.postgres
def test_writers_out_of_order_lose_no_event_to_followers(transactional_db: None) -> None:
    """Each transaction takes its time between drawing ids and committing them; some withdraw."""
    over, followers = threading.Event(), [Reader() for _ in range(2)]

    def write_slowly(seed: int) -> None:
        chance = random.Random(seed)
        for _turn in rounds():
            with transaction.atomic():
                write(None, chance.randint(1, 3))
                over.wait(chance.choice([0, 0, 0.01, 0.05]))
                transaction.set_rollback(chance.random() < 0.2)

    def read(follower: Reader) -> None:
        for _turn in rounds():
            follow(follower.name, CHANGED, follower.read, patience=1)

    together(
        *(lambda seed=seed: write_slowly(seed) for seed in range(4)),
        *(lambda follower=follower: read(follower) for follower in followers),
    )
    follow("reader", CHANGED, followers[0].read, patience=10)
    found = sorted(followers[0].ids + followers[1].ids)
    assert found == list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))
    assert found
