"""Seats that are reserved: nobody else is given them, and whose they are takes them."""

from collections import Counter

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.invariants import violations
from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.users import delete_users, restore_users
from customers.errors import Refused
from customers.models import Outcome
from licensing.errors import NotActive, SeatsShort
from licensing.models import LicenseAssignment, SeatReservation, Subscription
from licensing.services.reservations import (
    count_with_reserved,
    release_reservations,
    reserve_seats,
    reserved_for,
    write_reservations,
)
from licensing.services.seats import AlikeSeats, lock_subscriptions
from licensing.services.subscriptions import (
    cancel_subscription,
    change_seats,
    suspend_subscription,
)
from tests.accounts.verbs import held, outcomes, subscribe
from tests.factories import UserFactory, reserve
from tests.support.cast import Cast

HAVE = LicenseChange(have=True)


def give(cast: Cast, *users: User, pool: Subscription, **rest: object) -> object:
    changes = {pool.pk: HAVE}
    return change_licenses(users, changes, customer=cast.contoso, actor=cast.alice, **rest)  # type: ignore[arg-type]


def seats(pool: Subscription) -> tuple[int, int, int]:
    """Assigned, reserved, available."""
    row = Subscription.objects.get(pk=pool.pk)
    return row.assigned, row.reserved, row.available


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    """Three seats: gail has one, uma's is reserved."""
    pool = subscribe(cast, "Teams", cast.gail, quantity=3)
    reserve(pool, cast.uma)
    return pool


def test_a_reserved_seat_is_not_available(cast: Cast, teams: Subscription) -> None:
    assert seats(teams) == (1, 1, 1)
    others = UserFactory.create_batch(2, customer=cast.contoso)
    with pytest.raises(SeatsShort):
        give(cast, *others, pool=teams)
    give(cast, others[0], pool=teams)
    with pytest.raises(SeatsShort):
        give(cast, others[1], pool=teams)
    assert Subscription.objects.full().get() == teams
    assert violations() == []


def test_whose_it_is_takes_it_though_none_is_free(cast: Cast, teams: Subscription) -> None:
    give(cast, UserFactory.create(customer=cast.contoso), pool=teams)
    give(cast, cast.uma, pool=teams)
    assert held(cast.uma) == [("Teams", [])]
    assert seats(teams) == (3, 0, 0)
    assert not SeatReservation.objects.exists()
    assert violations() == []


def test_among_many_each_takes_what_is_theirs(cast: Cast, teams: Subscription) -> None:
    other = UserFactory.create(customer=cast.contoso)
    give(cast, other, cast.uma, pool=teams)
    assert seats(teams) == (3, 0, 0)
    assert violations() == []


def test_as_many_as_fit_passes_over_who_has_no_reservation(cast: Cast, teams: Subscription) -> None:
    give(cast, UserFactory.create(customer=cast.contoso), pool=teams)
    first = UserFactory.create(customer=cast.contoso, display_name="Aaron")
    batch = give(cast, first, cast.uma, pool=teams, as_many_as_fit=True)
    assert outcomes(batch) == [  # type: ignore[arg-type]
        (cast.uma.pk, Outcome.DONE, ""),
        (first.pk, Outcome.FAILED, "Teams: no seats left."),
    ]
    assert seats(teams) == (3, 0, 0)
    assert violations() == []


def test_no_more_is_reserved_than_there_is(cast: Cast, teams: Subscription) -> None:
    others = UserFactory.create_batch(2, customer=cast.contoso)
    with pytest.raises(SeatsShort, match="Teams: 1 seat is missing"):
        reserve(teams, *others)
    assert seats(teams) == (1, 1, 1)
    suspend_subscription(teams, actor=cast.alice)
    with pytest.raises(NotActive):
        reserve(teams, others[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.filter(pk=teams.pk).update(reserved=3)


def test_a_seat_is_reserved_for_a_user_once(cast: Cast, teams: Subscription) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        reserve(teams, cast.uma)
    assert seats(teams) == (1, 1, 1)


def test_reserving_for_nobody_asks_nothing(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        reserve_seats({}, customer_id=cast.contoso.pk, at=timezone.now())
        assert write_reservations({}, customer_id=cast.contoso.pk, at=timezone.now()) == Counter()


def test_nothing_is_asked_where_nothing_is_reserved(
    cast: Cast, teams: Subscription, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    office = subscribe(cast, "Office")
    take = [AlikeSeats(office.pk, [cast.uma.pk])]
    with django_assert_num_queries(0):
        assert reserved_for(take, {office.pk: office}) == {}
    both = {office.pk: office, teams.pk: teams}
    take.append(AlikeSeats(teams.pk, [cast.gail.pk, cast.uma.pk]))
    with django_assert_num_queries(1):
        assert reserved_for(take, both) == {teams.pk: [cast.uma.pk]}


def test_seats_are_not_cut_below_what_is_reserved(cast: Cast, teams: Subscription) -> None:
    with pytest.raises(Refused, match="1 seats are assigned, 1 reserved") as caught:
        change_seats(teams, 1, actor=cast.alice)
    assert caught.value.code == "seats-in-use"
    assert change_seats(teams, 2, actor=cast.alice).available == 0


def test_a_cancellation_lets_reservations_go(cast: Cast, teams: Subscription) -> None:
    assert cancel_subscription(teams, actor=cast.alice) == 1
    assert seats(teams)[:2] == (0, 0)
    assert violations() == []


def test_a_deletion_lets_them_go_and_a_restore_does_not_bring_them_back(
    cast: Cast, teams: Subscription
) -> None:
    office = subscribe(cast, "Office", cast.uma)
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert (seats(teams), seats(office)) == ((1, 0, 2), (0, 0, 5))
    restore_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert (seats(teams), seats(office)) == ((1, 0, 2), (1, 0, 4))
    assert violations() == []


def test_reservations_are_released_of_these_subscriptions_or_of_all(
    cast: Cast, teams: Subscription
) -> None:
    office = subscribe(cast, "Office")
    reserve(office, cast.uma, cast.gail)
    with transaction.atomic():
        assert release_reservations([cast.uma.pk], [teams.pk, 0]) == {teams.pk: 1}
        assert release_reservations([cast.uma.pk, cast.gail.pk]) == {office.pk: 2}
        assert release_reservations([cast.uma.pk]) == {}
    assert (seats(teams), seats(office)) == ((1, 0, 2), (0, 0, 5))
    assert violations() == []


def test_counters_move_with_the_reservations_that_are_used(cast: Cast, teams: Subscription) -> None:
    with transaction.atomic():
        locked = lock_subscriptions([teams.pk])
        count_with_reserved({teams.pk: 1}, {}, locked, used={teams.pk: [cast.uma.pk]})
        assert (locked[teams.pk].assigned, locked[teams.pk].reserved) == (2, 0)
        transaction.set_rollback(True)
    assert seats(teams) == (1, 1, 1)


def test_a_license_of_another_subscription_leaves_it(cast: Cast, teams: Subscription) -> None:
    give(cast, cast.uma, pool=subscribe(cast, "Office"))
    assert seats(teams) == (1, 1, 1)
    assert LicenseAssignment.objects.live().filter(user=cast.uma).count() == 1
