"""One license for one user goes a shorter way, which leaves the same behind."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.invariants import violations
from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.users import block_users, remove_users
from customers import scope
from customers.errors import AlreadyDone, Refused
from customers.models import AuditEvent, AuditNames, Batch, BatchItem
from licensing.errors import NotActive, SeatsShort
from licensing.models import LicenseAssignment, Subscription
from licensing.services.subscriptions import cancel_subscription, suspend_subscription
from tests.accounts.verbs import delete, held, subscribe
from tests.factories import UserFactory
from tests.patience import PATIENCE, wait_for
from tests.settings import SQLITE
from tests.support.cast import Cast, make_cast
from tests.support.threads import refusals, rounds, together

HAVE = LicenseChange(have=True)
ASSIGNERS = 8 if SQLITE else 32
TABLES = (Batch, BatchItem, AuditEvent, AuditNames, LicenseAssignment, Subscription)
# Numbers and moments, which differ from one time to the next.
VARIES = {"id", "key", "batch_id", "event_id", "at", "assigned_at"}
VARIES |= {"created_at", "started_at", "finished_at", "updated_at", "uuid"}

# The user, the subscription, what is asked for, and by whom.
Asked = tuple[User | int, int, LicenseChange, User]
Case = Callable[[Cast], Asked]


def free(cast: Cast) -> Asked:
    return cast.uma, subscribe(cast).pk, HAVE, cast.alice


def by_number(cast: Cast) -> Asked:
    return cast.uma.pk, subscribe(cast).pk, HAVE, cast.bob


def by_a_colleague(cast: Cast) -> Asked:
    return cast.uma, subscribe(cast).pk, HAVE, cast.gail


def for_oneself(cast: Cast) -> Asked:
    return cast.gail, subscribe(cast).pk, HAVE, cast.gail


def besides_others(cast: Cast) -> Asked:
    base, more = subscribe(cast, "Base", cast.uma), subscribe(cast, "More")
    more.product.requires.add(base.product)
    return cast.uma, more.pk, HAVE, cast.alice


def had_already(cast: Cast) -> Asked:
    return cast.uma, subscribe(cast, "Teams", cast.uma).pk, HAVE, cast.alice


def had_before(cast: Cast) -> Asked:
    pool = subscribe(cast, "Teams", cast.uma)
    lose = {pool.pk: LicenseChange(have=False)}
    change_licenses([cast.uma], lose, customer=cast.contoso, actor=cast.alice)
    return cast.uma, pool.pk, HAVE, cast.alice


def last_seat(cast: Cast) -> Asked:
    return cast.uma, subscribe(cast, "Teams", cast.gail, quantity=2).pk, HAVE, cast.alice


def no_seat(cast: Cast) -> Asked:
    return cast.uma, subscribe(cast, "Teams", cast.gail, quantity=1).pk, HAVE, cast.alice


def suspended(cast: Cast) -> Asked:
    pool = subscribe(cast)
    suspend_subscription(pool, actor=cast.alice)
    return cast.uma, pool.pk, HAVE, cast.alice


def canceled(cast: Cast) -> Asked:
    pool = subscribe(cast)
    cancel_subscription(pool, actor=cast.alice)
    return cast.uma, pool.pk, HAVE, cast.alice


def no_location(cast: Cast) -> Asked:
    nowhere = UserFactory.create(customer=cast.contoso, usage_location="")
    return nowhere, subscribe(cast).pk, HAVE, cast.alice


def barred_country(cast: Cast) -> Asked:
    pool = subscribe(cast)
    pool.product.blocked_countries = [cast.uma.usage_location.code]
    pool.product.save(update_fields=["blocked_countries"])
    return cast.uma, pool.pk, HAVE, cast.alice


def needs_another(cast: Cast) -> Asked:
    base, more = subscribe(cast, "Base"), subscribe(cast, "More")
    more.product.requires.add(base.product)
    return cast.uma, more.pk, HAVE, cast.alice


def clashes(cast: Cast) -> Asked:
    one, other = subscribe(cast, "One", cast.uma), subscribe(cast, "Other")
    one.product.conflicts.add(other.product)
    return cast.uma, other.pk, HAVE, cast.alice


def deleted(cast: Cast) -> Asked:
    delete(cast, cast.uma)
    return cast.uma, subscribe(cast).pk, HAVE, cast.alice


def removed(cast: Cast) -> Asked:
    gone = User.objects.get(pk=cast.uma.pk)
    delete(cast, gone)
    remove_users([gone], customer=cast.contoso, actor=cast.alice)
    gone.pk = cast.uma.pk
    return gone, subscribe(cast).pk, HAVE, cast.alice


def of_another_customer(cast: Cast) -> Asked:
    return UserFactory.create(customer=cast.northwind).pk, subscribe(cast).pk, HAVE, cast.alice


def no_such_subscription(cast: Cast) -> Asked:
    return cast.uma, subscribe(cast).pk + 1, HAVE, cast.alice


def by_whom_it_is_not_for(cast: Cast) -> Asked:
    return cast.gail, subscribe(cast).pk, HAVE, cast.uma


def by_a_strangers_admin(cast: Cast) -> Asked:
    return cast.uma, subscribe(cast).pk, HAVE, cast.charlie


def by_who_was_blocked(cast: Cast) -> Asked:
    block_users([cast.gail], customer=cast.contoso, actor=cast.alice)
    return cast.uma, subscribe(cast).pk, HAVE, cast.gail


DONE = [free, by_number, by_a_colleague, for_oneself, besides_others, had_already, had_before]
DONE += [last_seat]
REFUSED = [no_seat, suspended, canceled, no_location, barred_country, needs_another, clashes]
REFUSED += [deleted, removed, of_another_customer, no_such_subscription]
REFUSED += [by_whom_it_is_not_for, by_a_strangers_admin, by_who_was_blocked]


def left_behind() -> list[list[dict[str, Any]]]:
    return [
        [
            {name: value for name, value in row.items() if name not in VARIES}
            for row in table._default_manager.order_by("pk").values()
        ]
        for table in TABLES
    ]


def outcome(case: Case, cast: Cast) -> list[tuple[str, list[list[dict[str, Any]]]]]:
    """What is said, and what is written then, by the short way and by that for many."""
    user, pool, change, actor = case(cast)
    found = []
    for many in (False, True):
        how: dict[str, Any] = {"customer": cast.contoso, "actor": actor, "reason": "asked"}
        with transaction.atomic():
            said = ""
            try:
                change_licenses([user], {pool: change}, as_many_as_fit=many, **how)
            except Refused as refused:
                said = f"{type(refused).__name__}: {refused} {getattr(refused, 'missing', '')}"
            found.append((said, left_behind()))
            assert violations() == []
            transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("case", DONE)
def test_one_license_leaves_the_same_as_if_it_were_of_many(cast: Cast, case: Case) -> None:
    short, long = outcome(case, cast)
    assert short[0] == ""
    assert short == long


@pytest.mark.parametrize("case", REFUSED)
def test_one_license_is_refused_in_the_same_words(cast: Cast, case: Case) -> None:
    short, long = outcome(case, cast)
    assert short[0]
    assert short == long


def test_one_license_takes_two_messages(transactional_db: None) -> None:
    """One to look, one to write, the seat last and the commit with it. SQLite has no messages."""
    cast = make_cast()
    pool = subscribe(cast)
    at_contoso = scope.Scope(scope.WEB, partner=cast.fabrikam.pk, at=cast.contoso.pk)
    give(cast, cast.gail, pool)
    with CaptureQueriesContext(connection) as queries, scope.within(at_contoso):
        give(cast, cast.uma, pool)
    sent = [query["sql"] for query in queries if not query["sql"].startswith("BEGIN")]
    if connection.vendor == "postgresql":
        assert [len(sql.split(";\n")) for sql in sent] == [7, 6]
        assert sent[-1].endswith(f";\nSELECT count_seat({pool.pk});\nCOMMIT")
    else:
        assert len(sent) == 7 + 4 + 2
    assert held(cast.uma) == [("Teams", [])]
    assert violations() == []


def give(cast: Cast, user: User, pool: Subscription, **way: Any) -> Batch:
    return change_licenses([user], {pool.pk: HAVE}, customer=cast.contoso, actor=cast.alice, **way)


def test_a_second_click_finds_the_first_ones_license(cast: Cast) -> None:
    pool = subscribe(cast)
    first = give(cast, cast.uma, pool, key="k")
    with pytest.raises(AlreadyDone) as caught:
        give(cast, cast.uma, pool, key="k")
    assert caught.value.batch == first
    assert (first.state, first.total, first.done) == ("done", 1, 1)
    assert Batch.objects.get() == first


def taken_meanwhile(cast: Cast, pool: Subscription) -> None:
    give(cast, cast.gail, pool)


def suspended_meanwhile(cast: Cast, pool: Subscription) -> None:
    suspend_subscription(pool, actor=cast.alice)


MEANWHILE: list[tuple[Any, type[Exception] | None, str]] = [
    (taken_meanwhile, SeatsShort, "Teams: 1 seat is missing."),
    (suspended_meanwhile, NotActive, "The subscription to Teams is suspended: resume it first."),
    # Of what is rolled back others see nothing.
    (taken_meanwhile, None, ""),
]


@pytest.mark.postgres
@pytest.mark.parametrize(("meanwhile", "refusal", "words"), MEANWHILE)
def test_what_the_commit_is_refused_is_said_as_ever(
    transactional_db: None, meanwhile: Any, refusal: type[Exception] | None, words: str
) -> None:
    """The seat was free when it was looked at; then another one was before, and committed."""
    cast = make_cast()
    pool = subscribe(cast, quantity=1)
    locked = threading.Event()

    def first() -> None:
        with transaction.atomic():
            meanwhile(cast, pool)
            locked.set()
            wait_for(a_commit_waits, "The other commit")
            transaction.set_rollback(refusal is None)

    def second() -> Batch:
        locked.wait(PATIENCE)
        return give(cast, cast.uma, pool)

    _none, result = together(first, second)
    if refusal is None:
        assert held(cast.uma) == [("Teams", [])]
    else:
        assert (type(result), str(result)) == (refusal, words)
        assert held(cast.uma) == []
        assert not Batch.objects.filter(items__user=cast.uma).exists()
    assert violations() == []


def a_commit_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_clear_snapshot();"
            " SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database() AND query LIKE '%INTO _customers_batchitem%'"
        )
        return bool(cursor.nextset() and cursor.fetchone())


@pytest.mark.torture
def test_the_last_seats_go_to_as_many_as_there_are_and_the_others_are_told(
    transactional_db: None,
) -> None:
    cast = make_cast()
    for number in rounds():
        users = UserFactory.create_batch(ASSIGNERS, customer=cast.contoso)
        name = f"Round {number}"
        pool = subscribe(cast, name, quantity=ASSIGNERS - 3)
        results = together(*[partial(give, cast, user, pool) for user in users])
        assert refusals(results) == [SeatsShort] * 3
        told = {str(result) for result in results if isinstance(result, SeatsShort)}
        assert told == {f"{name}: 1 seat is missing."}
        pool.refresh_from_db()
        assert pool.assigned == LicenseAssignment.objects.live().filter(subscription=pool).count()
        assert pool.assigned == pool.quantity
        assert Batch.objects.filter(items__user__in=users).count() == pool.quantity
    assert violations() == []
