"""The seat ledger: assignments and counters move together, all or none, under one lock order."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.invariants import violations
from accounts.models import User
from customers.services.messages import send
from licensing.errors import NotActive, SeatsShort
from licensing.models import LicenseAssignment, Subscription, SubscriptionStatus
from licensing.services.seats import (
    SEATS_REFUSED,
    AlikeSeats,
    Seat,
    check_moves,
    count_moves,
    count_taken,
    lock_subscriptions,
    move_alike,
    release_all,
    release_subscription,
    seat_taken,
    switch_services,
    take_seats,
    tally,
)
from tests.accounts.verbs import subscribe
from tests.factories import UserFactory
from tests.support.cast import Cast


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    """Three seats, of which uma has one."""
    return subscribe(cast, "Teams", cast.uma, quantity=3)


@pytest.fixture
def office(cast: Cast) -> Subscription:
    return subscribe(cast, "Office", quantity=2)


def holders(subscription: Subscription) -> set[User]:
    return {row.user for row in subscription.assignments.live().select_related("user")}


def assigned(subscription: Subscription) -> int:
    return Subscription.objects.get(pk=subscription.pk).assigned


def refused() -> float:
    return float(SEATS_REFUSED._value.get())  # noqa: SLF001


@transaction.atomic
def take(seats: Sequence[Seat], at: datetime | None = None) -> None:
    locked = lock_subscriptions({seat.subscription_id for seat in seats})
    take_seats(seats, subscriptions=locked, at=at or timezone.now())


def test_subscriptions_are_locked_in_the_order_of_their_ids(
    cast: Cast, teams: Subscription, office: Subscription
) -> None:
    with transaction.atomic():
        found = lock_subscriptions([office.pk, teams.pk, office.pk, 0])
    assert list(found) == sorted([teams.pk, office.pk])
    assert found[office.pk].product.name == "Office"


def test_another_customers_subscription_is_not_found(cast: Cast, teams: Subscription) -> None:
    with transaction.atomic():
        assert lock_subscriptions([teams.pk], customer=cast.northwind) == {}
        assert set(lock_subscriptions([teams.pk], customer=cast.contoso)) == {teams.pk}
        assert lock_subscriptions([]) == {}


def test_seats_are_taken_and_counted(cast: Cast, teams: Subscription, office: Subscription) -> None:
    other = UserFactory.create(customer=cast.contoso)
    take(
        [
            Seat(cast.gail.pk, teams.pk, ("MAIL", "CHAT")),
            Seat(other.pk, teams.pk),
            Seat(other.pk, office.pk),
        ]
    )
    assert holders(teams) == {cast.uma, cast.gail, other}
    assert holders(office) == {other}
    assert (assigned(teams), assigned(office)) == (3, 1)
    row = LicenseAssignment.objects.get(user=cast.gail)
    assert (row.services_off, row.customer) == (["CHAT", "MAIL"], cast.contoso)
    assert violations() == []


def test_no_seats_are_no_question(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        take_seats([], subscriptions={}, at=timezone.now())


def test_all_seats_are_taken_or_none(cast: Cast, teams: Subscription, office: Subscription) -> None:
    users = UserFactory.create_batch(3, customer=cast.contoso)
    seats = [Seat(users[0].pk, teams.pk), *(Seat(user.pk, office.pk) for user in users)]
    before = refused()
    with pytest.raises(SeatsShort, match=r"^Office: 1 seat is missing\.$") as caught:
        take(seats)
    assert caught.value.missing == {office.pk: 1}
    assert (holders(teams), holders(office)) == ({cast.uma}, set())
    assert (assigned(teams), assigned(office)) == (1, 0)
    assert refused() == before + 1


@pytest.mark.parametrize("status", [SubscriptionStatus.SUSPENDED, SubscriptionStatus.CANCELED])
def test_no_seat_is_taken_of_what_is_not_active(
    cast: Cast, office: Subscription, status: str
) -> None:
    Subscription.objects.filter(pk=office.pk).update(status=status)
    with pytest.raises(NotActive):
        take([Seat(cast.uma.pk, office.pk)])
    assert holders(office) == set()


def test_moves_may_give_back_what_they_take(cast: Cast, teams: Subscription) -> None:
    Subscription.objects.filter(pk=teams.pk).update(quantity=1)
    with transaction.atomic():
        locked = lock_subscriptions([teams.pk])
        with pytest.raises(SeatsShort):
            check_moves({teams.pk: 1}, {}, locked)
        check_moves({teams.pk: 1}, {teams.pk: 1}, locked)
        count_moves({teams.pk: 1}, {teams.pk: 1}, locked)
    assert assigned(teams) == 1


def test_seats_of_a_suspended_one_may_be_given_back(cast: Cast, teams: Subscription) -> None:
    Subscription.objects.filter(pk=teams.pk).update(status=SubscriptionStatus.SUSPENDED)
    with transaction.atomic():
        count_moves({}, {teams.pk: 1}, lock_subscriptions([teams.pk]))
    assert assigned(teams) == 0


def test_more_than_there_are_can_not_be_given_back(cast: Cast, teams: Subscription) -> None:
    with pytest.raises(SeatsShort), transaction.atomic():
        count_moves({}, {teams.pk: 2}, lock_subscriptions([teams.pk]))
    assert assigned(teams) == 1


def test_seats_are_counted_by_subscription() -> None:
    seats = [AlikeSeats(1, [7, 8]), AlikeSeats(2, [7]), AlikeSeats(1, [9], ("MAIL",))]
    assert tally(seats) == {1: 3, 2: 1}
    assert tally([]) == {}


def test_what_is_moved_in_one_go_has_one_instant(
    cast: Cast, teams: Subscription, office: Subscription
) -> None:
    at = timezone.now()
    found = move_alike(
        take=[AlikeSeats(office.pk, [cast.uma.pk, cast.gail.pk], ("MAIL",))],
        release=[AlikeSeats(teams.pk, [cast.uma.pk])],
        customer_id=cast.contoso.pk,
        at=at,
    )
    assert (holders(teams), holders(office)) == (set(), {cast.uma, cast.gail})
    gone = teams.assignments.get()
    assert gone.released_at == found
    assert set(office.assignments.values_list("assigned_at", flat=True)) == {found}
    # The counters are the caller's.
    assert (assigned(teams), assigned(office)) == (1, 0)


def test_no_license_ends_before_it_began(cast: Cast, teams: Subscription) -> None:
    """The server that assigned it may have had a clock that was ahead."""
    ahead = timezone.now() + timedelta(minutes=5)
    teams.assignments.update(assigned_at=ahead)
    found = move_alike(
        release=[AlikeSeats(teams.pk, [cast.uma.pk])],
        customer_id=cast.contoso.pk,
        at=timezone.now(),
    )
    assert found == ahead == teams.assignments.get().released_at


def test_moving_nothing_asks_nothing(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    at = timezone.now()
    with django_assert_num_queries(0):
        assert move_alike(customer_id=cast.contoso.pk, at=at) == at


def test_seats_taken_without_a_lock_are_counted_last(cast: Cast, office: Subscription) -> None:
    count_taken({office.pk: 2})
    assert assigned(office) == 2
    count_taken({})
    with pytest.raises(SeatsShort, match="Office: 1 seat is missing"), transaction.atomic():
        count_taken({office.pk: 1})
    Subscription.objects.filter(pk=office.pk).update(
        assigned=0, status=SubscriptionStatus.SUSPENDED
    )
    with pytest.raises(NotActive), transaction.atomic():
        count_taken({office.pk: 1})


def test_a_seat_for_one_user_is_a_statement_to_send(cast: Cast, office: Subscription) -> None:
    statement = seat_taken(office, cast.uma.pk, ["MAIL"])
    assert holders(office) == set()
    send(statement)
    row = office.assignments.get()
    assert (row.user, row.customer, row.services_off) == (cast.uma, cast.contoso, ["MAIL"])
    assert assigned(office) == 0, "it is counted by another statement"


def test_all_seats_of_users_are_released_and_named(
    cast: Cast, teams: Subscription, office: Subscription
) -> None:
    take([Seat(cast.gail.pk, office.pk), Seat(cast.uma.pk, office.pk)])
    at = timezone.now()
    with transaction.atomic():
        released = release_all([cast.uma.pk], at=at)
    assert [(row.user_id, row.product) for row in released.rows] == [
        (cast.uma.pk, "Teams"),
        (cast.uma.pk, "Office"),
    ]
    assert released.at == at
    assert (holders(teams), holders(office)) == (set(), {cast.gail})
    assert (assigned(teams), assigned(office)) == (0, 1)
    assert violations() == []


def test_users_without_a_license_have_nothing_to_release(cast: Cast) -> None:
    at = timezone.now()
    with transaction.atomic():
        released = release_all([cast.uma.pk, 0], at=at)
        assert (released.rows, released.at) == ([], at)
        assert release_all([], at=at).rows == []


def test_a_release_is_no_earlier_than_the_newest_license(cast: Cast, teams: Subscription) -> None:
    ahead = timezone.now() + timedelta(minutes=5)
    teams.assignments.update(assigned_at=ahead)
    with transaction.atomic():
        assert release_all([cast.uma.pk], at=timezone.now()).at == ahead
    assert teams.assignments.get().released_at == ahead


def test_a_subscription_lets_go_of_every_seat(cast: Cast, teams: Subscription) -> None:
    take([Seat(cast.gail.pk, teams.pk)])
    with transaction.atomic():
        fresh = lock_subscriptions([teams.pk])[teams.pk]
        assert release_subscription(fresh, at=timezone.now()) == 2
        fresh.save(update_fields=["assigned"])
        assert release_subscription(fresh, at=timezone.now()) == 0
    assert (holders(teams), assigned(teams)) == (set(), 0)
    assert violations() == []


def test_services_are_switched_for_those_who_hold_a_license(
    cast: Cast, teams: Subscription, office: Subscription
) -> None:
    take([Seat(cast.gail.pk, teams.pk), Seat(cast.uma.pk, office.pk, ("CHAT",))])
    switch_services([AlikeSeats(teams.pk, [cast.uma.pk], ("MAIL",))])
    switch_services([])
    off = {
        (row.subscription_id, row.user_id): row.services_off
        for row in LicenseAssignment.objects.live()
    }
    assert off == {
        (teams.pk, cast.uma.pk): ["MAIL"],
        (teams.pk, cast.gail.pk): [],
        (office.pk, cast.uma.pk): ["CHAT"],
    }
