"""Reserved seats: whoever acts at once, none is given to two, and none is lost."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from accounts.invariants import violations
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.users import License, NewUser, add_users, delete_users
from accounts.services.users.new_users import SeatsUntil, Start
from accounts.services.users.starts import today_of
from automation.models import Schedule
from automation.services.due_running import run_schedule
from automation.services.schedules import cancel_schedule
from customers.errors import Refused
from licensing.errors import NotActive, SeatsShort
from licensing.models import Subscription
from licensing.services.subscriptions import cancel_subscription, change_seats
from tests.automation.services.scheduling import later
from tests.factories import SubscriptionFactory, UserFactory, reserve
from tests.support.cast import Cast, make_cast
from tests.support.threads import refusals, rounds, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.torture]

HAVE = LicenseChange(have=True)


@pytest.fixture
def world(transactional_db: None, settings: Settings) -> Iterator[Cast]:
    settings.SHORT_PASSWORDS_UP_TO = 0
    yield make_cast()
    assert violations() == []


def job(verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[[], Any]:
    return lambda: verb(*args, **kwargs)


def joiner(world: Cast, name: str, pool: Subscription) -> NewUser:
    start = Start(today_of(world.contoso) + timedelta(days=7), SeatsUntil.RESERVE)
    domain = world.contoso.domains.get()
    return NewUser(
        name, domain, name.title(), {"usage_location": "US"}, (), (License(pool.pk),), start
    )


def test_scarce_seats_are_reserved_or_assigned_and_never_both(world: Cast) -> None:
    by = {"customer": world.contoso, "actor": world.alice}
    for number in rounds():
        users = UserFactory.create_batch(3, customer=world.contoso)
        pool = SubscriptionFactory.create(customer=world.contoso, quantity=4)
        results = together(
            *[job(change_licenses, [user], {pool.pk: HAVE}, **by) for user in users],
            *[job(add_users, [joiner(world, f"j{number}-{n}", pool)], **by) for n in range(3)],
            job(change_seats, pool, 3, actor=world.alice),
        )
        pool.refresh_from_db()
        assert pool.taken <= pool.quantity
        lost = refusals(results)
        assert set(lost) <= {SeatsShort, Refused}
        assert pool.taken + lost.count(SeatsShort) == 6
        assert violations() == []


def test_whose_seat_it_is_gets_it_or_it_is_free_again(world: Cast) -> None:
    by = {"customer": world.contoso, "actor": world.alice}
    for _number in rounds():
        own, leaving, other = UserFactory.create_batch(3, customer=world.contoso)
        pool = SubscriptionFactory.create(customer=world.contoso, quantity=2)
        reserve(pool, own, leaving)
        results = together(
            job(change_licenses, [own], {pool.pk: HAVE}, **by),
            job(change_licenses, [own, leaving], {pool.pk: HAVE}, **by),
            job(delete_users, [leaving], **by),
            job(change_licenses, [other], {pool.pk: HAVE}, **by),
        )
        assert set(refusals(results)) <= {SeatsShort, Refused}
        pool.refresh_from_db()
        assert own.assignments.live().filter(subscription=pool).count() == 1
        assert pool.reserved == 0
        assert violations() == []


def test_the_day_comes_while_it_is_canceled(world: Cast) -> None:
    by = {"customer": world.contoso, "actor": world.alice}
    for number in rounds():
        pool = SubscriptionFactory.create(customer=world.contoso, quantity=1)
        add_users([joiner(world, f"k{number}", pool)], **by)  # type: ignore[arg-type]
        waiting = Schedule.objects.get(items__user__username__startswith=f"k{number}@")
        results = together(
            job(run_schedule, waiting.pk, later()),
            job(cancel_schedule, waiting, actor=world.alice),
            job(cancel_subscription, pool, actor=world.alice),
        )
        assert set(refusals(results)) <= {Refused, NotActive}
        pool.refresh_from_db()
        assert (pool.assigned, pool.reserved) == (0, 0)
        assert violations() == []
