"""Subscriptions that run short, and users who wait for a seat: told once until it is better."""

from accounts.models import User
from automation.models import KeptLicense, KeptState, Notice, NoticeKind, NoticeSettings
from automation.notice_words import sentence
from automation.services.finding import find_seats, find_waiting
from customers.roles import Role
from licensing.models import Subscription, SubscriptionStatus
from tests.factories import ProductFactory, StaffFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast


def left(subscription: Subscription, seats: int) -> None:
    assigned = subscription.quantity - seats
    Subscription.objects.filter(pk=subscription.pk).update(assigned=assigned)


def told(user: User) -> list[str]:
    """What the user was told that still stands or not, in its order."""
    return [sentence(notice) for notice in Notice.objects.filter(user=user).order_by("pk")]


def test_too_few_seats_are_told_once_to_those_who_can_buy_or_give_them(cast: Cast) -> None:
    teams = SubscriptionFactory.create(
        customer=cast.contoso, product=ProductFactory.create(name="Teams"), quantity=20
    )
    left(teams, 5)
    assert find_seats() == 0
    left(teams, 4)
    # Alice, Sally and Gail: Bob can't buy, Uma can't give any.
    assert [find_seats(), find_seats()] == [3, 0]
    left(teams, 3)
    assert find_seats() == 0
    left(teams, 0)
    assert [find_seats(), find_seats()] == [3, 0]
    assert (
        told(cast.alice)
        == told(cast.gail)
        == [
            "Contoso: 4 seats of Teams left.",
            "Contoso: No seats of Teams left.",
        ]
    )
    assert told(cast.bob) == told(cast.uma) == told(cast.charlie) == []


def test_it_is_told_again_after_there_were_enough(cast: Cast) -> None:
    teams = SubscriptionFactory.create(customer=cast.contoso, quantity=20)
    for seats, number in ((0, 3), (1, 0), (0, 0), (4, 0), (5, 0), (4, 3), (0, 3), (20, 0)):
        left(teams, seats)
        assert find_seats() == number, seats
    assert Notice.objects.filter(user=cast.alice, ended_at=None).count() == 0
    assert Notice.objects.filter(user=cast.alice, read_at=None).count() == 0
    assert Notice.objects.filter(user=cast.alice).count() == 3


def test_each_has_an_own_number(cast: Cast) -> None:
    teams = SubscriptionFactory.create(customer=cast.contoso, quantity=100)
    NoticeSettings.objects.create(user=cast.alice, seats_below=50)
    NoticeSettings.objects.create(user=cast.sally, seats_below=0)
    left(teams, 40)
    assert find_seats() == 1
    left(teams, 4)
    assert find_seats() == 1
    assert Notice.objects.filter(user=cast.gail).exists()
    left(teams, 0)
    assert find_seats() == 3
    assert len(told(cast.sally)) == 1


def test_what_is_small_is_meant_to_be_used_up(cast: Cast) -> None:
    few = SubscriptionFactory.create(customer=cast.contoso, quantity=5)
    left(few, 1)
    assert find_seats() == 0
    left(few, 0)
    assert find_seats() == 3


def test_nothing_is_told_of_what_is_suspended_or_reserved_seats_hide_nothing(cast: Cast) -> None:
    off = SubscriptionFactory.create(customer=cast.contoso, quantity=20)
    left(off, 0)
    Subscription.objects.filter(pk=off.pk).update(status=SubscriptionStatus.SUSPENDED)
    teams = SubscriptionFactory.create(customer=cast.contoso, quantity=20)
    Subscription.objects.filter(pk=teams.pk).update(assigned=12, reserved=8)
    assert find_seats() == 3
    assert len(told(cast.alice)) == 1


def test_limited_staff_hear_of_their_customers_alone(cast: Cast) -> None:
    staff = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.SALES_AGENT], only=[cast.northwind]
    )
    for customer in (cast.contoso, cast.northwind, cast.adatum):
        left(SubscriptionFactory.create(customer=customer, quantity=20), 0)
    find_seats()
    assert [notice.customer for notice in Notice.objects.filter(user=staff)] == [cast.northwind]
    assert [notice.customer for notice in Notice.objects.filter(user=cast.charlie)] == [cast.adatum]


def test_a_few_statements_find_them_however_many_they_are(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    for _number in range(10):
        left(SubscriptionFactory.create(customer=cast.contoso, quantity=20), 0)
    find_seats()
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        assert find_seats() == 0


def test_who_waits_for_a_seat_by_rule_is_told_of_until_nobody_does(cast: Cast) -> None:
    teams = SubscriptionFactory.create(
        customer=cast.contoso, product=ProductFactory.create(name="Teams"), quantity=1
    )
    users = UserFactory.create_batch(2, customer=cast.contoso)
    for user in users:
        KeptLicense.objects.create(
            customer=cast.contoso, subscription=teams, user=user, state=KeptState.WAITING
        )
    # Alice, Bob, Sally and Gail.
    assert [find_waiting(), find_waiting()] == [4, 0]
    text = "Contoso: 2 users wait for a seat of Teams that a license rule gives."
    assert told(cast.bob) == [text]
    KeptLicense.objects.update(state=KeptState.GIVEN)
    assert find_waiting() == 0
    assert not Notice.objects.filter(kind=NoticeKind.RULE_WAITS, ended_at=None).exists()
