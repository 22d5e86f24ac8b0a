from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.invariants import violations
from customers.errors import AlreadyDone, Refused
from customers.models import AuditEvent
from licensing.errors import SeatsChanged, SeatsShort
from licensing.models import LicenseAssignment, Product, Subscription, SubscriptionStatus
from licensing.services.subscriptions import (
    MAX_SEATS,
    add_subscription,
    cancel_subscription,
    change_seats,
    resume_subscription,
    suspend_subscription,
)
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory, assign
from tests.support.cast import Cast
from tests.support.log import Line, log


def add(cast: Cast, product: Product, quantity: int = 5, key: str = "") -> Subscription:
    return add_subscription(
        cast.contoso,
        product,
        quantity=quantity,
        renews_on=date(2027, 1, 1),
        actor=cast.alice,
        key=key,
    )


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Teams")
    return SubscriptionFactory.create(
        customer=cast.contoso, product=product, quantity=3, holders=[cast.uma, cast.gail]
    )


def test_bought_seats_are_free_and_in_the_log(cast: Cast) -> None:
    bought = add(cast, ProductFactory.create(name="Teams"))
    assert (bought.quantity, bought.assigned, bought.available) == (5, 0, 5)
    assert (bought.status, bought.starts_on) == (SubscriptionStatus.ACTIVE, timezone.localdate())
    assert log() == [Line("subscription.added", "Teams", {"product": "Teams", "seats": [0, 5]})]
    assert violations() == []


def test_a_product_is_bought_once_while_it_is_current(cast: Cast, teams: Subscription) -> None:
    with pytest.raises(Refused, match=r"Contoso already has Teams\. Change the number") as caught:
        add(cast, teams.product)
    assert caught.value.field == "product"
    cancel_subscription(teams, actor=cast.alice)
    assert add(cast, teams.product).pk != teams.pk
    assert violations() == []


def test_a_product_no_longer_offered_is_not_sold(cast: Cast) -> None:
    with pytest.raises(Refused, match="Teams is no longer offered"):
        add(cast, ProductFactory.create(name="Teams", is_offered=False))


@pytest.mark.parametrize(
    "quantity, said",
    [(0, "at least 1 seat"), (-1, "at least 1 seat"), (MAX_SEATS + 1, "up to 1,000,000 seats")],
)
def test_a_number_of_seats_that_can_not_be_is_refused(
    cast: Cast, teams: Subscription, quantity: int, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        add(cast, ProductFactory.create(), quantity)
    with pytest.raises(Refused, match=said) as caught:
        change_seats(teams, quantity, actor=cast.alice)
    assert caught.value.field == "quantity"


def test_seats_are_bought_and_given_back_never_under_what_is_assigned(
    cast: Cast, teams: Subscription
) -> None:
    assert change_seats(teams, 10, actor=cast.alice).quantity == 10
    assert change_seats(teams, 2, actor=cast.alice).quantity == 2
    with pytest.raises(Refused, match=r"2 seats are assigned\. Remove licenses first"):
        change_seats(teams, 1, actor=cast.alice)
    assert [line.changes["seats"] for line in log()] == [[3, 10], [10, 2]]
    assert change_seats(teams, 2, actor=cast.alice).quantity == 2
    assert len(log()) == 2
    assert violations() == []


def test_seats_bought_by_another_user_meanwhile_are_said(cast: Cast, teams: Subscription) -> None:
    change_seats(teams, 10, actor=cast.sally)
    with pytest.raises(SeatsChanged, match="it is now 10") as caught:
        change_seats(teams, 4, actor=cast.alice, seen=3)
    assert caught.value.quantity == 10
    assert change_seats(teams, 4, actor=cast.alice, seen=10).quantity == 4


def test_suspended_keeps_the_assignments_and_resumes(cast: Cast, teams: Subscription) -> None:
    suspended = suspend_subscription(teams, actor=cast.alice)
    assert (suspended.status, suspended.assigned) == (SubscriptionStatus.SUSPENDED, 2)
    suspend_subscription(teams, actor=cast.alice)
    assert resume_subscription(teams, actor=cast.alice).status == SubscriptionStatus.ACTIVE
    assert log() == [
        Line(
            "subscription.suspended",
            "Teams",
            {"product": "Teams", "status": ["active", "suspended"]},
        ),
        Line(
            "subscription.resumed",
            "Teams",
            {"product": "Teams", "status": ["suspended", "active"]},
        ),
    ]
    assert LicenseAssignment.objects.live().count() == 2
    assert violations() == []


def test_cancel_releases_all_and_is_final(cast: Cast, teams: Subscription) -> None:
    assert cancel_subscription(teams, actor=cast.alice) == 2
    teams.refresh_from_db()
    assert (teams.status, teams.assigned) == (SubscriptionStatus.CANCELED, 0)
    assert log() == [Line("subscription.canceled", "Teams", {"product": "Teams", "released": 2})]
    assert cancel_subscription(teams, actor=cast.alice) == 0
    for verb in (suspend_subscription, resume_subscription):
        with pytest.raises(Refused, match=r"canceled, which is final\. Add a new one"):
            verb(teams, actor=cast.alice)
    with pytest.raises(Refused, match="canceled, which is final"):
        change_seats(teams, 9, actor=cast.alice)
    assert len(log()) == 1
    assert violations() == []


def test_a_suspended_one_can_be_canceled(cast: Cast, teams: Subscription) -> None:
    suspend_subscription(teams, actor=cast.alice)
    assert cancel_subscription(teams, actor=cast.alice) == 2
    assert violations() == []


def test_cancel_behind_the_clock_that_assigned_breaks_nothing(
    cast: Cast, teams: Subscription
) -> None:
    LicenseAssignment.objects.update(assigned_at=timezone.now() + timedelta(hours=1))
    assert cancel_subscription(teams, actor=cast.alice) == 2
    assert violations() == []


def test_the_same_key_buys_once(cast: Cast) -> None:
    product = ProductFactory.create()
    add(cast, product, key="form-1")
    with pytest.raises(AlreadyDone):
        add(cast, product, key="form-1")
    assert Subscription.objects.count() == 1
    assert violations() == []


def test_the_same_key_changes_once(cast: Cast, teams: Subscription) -> None:
    verbs: tuple[Callable[[str], object], ...] = (
        lambda key: change_seats(teams, 9, actor=cast.alice, key=key),
        lambda key: suspend_subscription(teams, actor=cast.alice, key=key),
        lambda key: resume_subscription(teams, actor=cast.alice, key=key),
        lambda key: cancel_subscription(teams, actor=cast.alice, key=key),
    )
    for number, verb in enumerate(verbs):
        verb(f"form-{number}")
        with pytest.raises(AlreadyDone):
            verb(f"form-{number}")
    assert len(log()) == 4


def test_the_bought_seats_bound_the_assignments(cast: Cast, teams: Subscription) -> None:
    assign(teams, UserFactory.create(customer=cast.contoso))
    with pytest.raises(SeatsShort, match=r"^Teams: 1 seat is missing\.$"):
        assign(teams, UserFactory.create(customer=cast.contoso))
    assert violations() == []


def test_nobody_without_the_right_touches_a_subscription(cast: Cast, teams: Subscription) -> None:
    for user in (cast.bob, cast.gail, cast.uma, cast.charlie):
        changes: tuple[Callable[[], object], ...] = (
            lambda user=user: change_seats(teams, 9, actor=user),  # type: ignore[misc]
            lambda user=user: suspend_subscription(teams, actor=user),  # type: ignore[misc]
            lambda user=user: resume_subscription(teams, actor=user),  # type: ignore[misc]
            lambda user=user: cancel_subscription(teams, actor=user),  # type: ignore[misc]
        )
        for change in changes:
            with pytest.raises(Refused) as caught:
                change()
            assert caught.value.code in {"role-lacks-it", "customer-not-open"}
    teams.refresh_from_db()
    assert (teams.quantity, teams.assigned, teams.status) == (3, 2, SubscriptionStatus.ACTIVE)
    assert log() == []


def test_a_refused_change_does_not_use_up_its_key(cast: Cast, teams: Subscription) -> None:
    with pytest.raises(Refused, match="2 seats are assigned"):
        change_seats(teams, 1, actor=cast.alice, key="form")
    assert change_seats(teams, 4, actor=cast.alice, key="form").quantity == 4


def test_the_reason_of_a_cancellation_is_kept(cast: Cast, teams: Subscription) -> None:
    cancel_subscription(teams, actor=cast.alice, reason="Ticket 4711")
    assert AuditEvent.objects.get().reason == "Ticket 4711"


def test_support_staff_change_seats_of_any_customer(cast: Cast, teams: Subscription) -> None:
    assert change_seats(teams, 2, actor=cast.support).quantity == 2
    [line] = log()
    assert (line.actor, line.changes) == (
        "Support (support@portal.example)",
        {"product": "Teams", "seats": [3, 2]},
    )


def test_the_page_may_be_older_than_the_subscription(cast: Cast, teams: Subscription) -> None:
    page = Subscription.objects.get(pk=teams.pk)
    change_seats(teams, 10, actor=cast.alice)
    assert suspend_subscription(page, actor=cast.alice).quantity == 10
    assert resume_subscription(page, actor=cast.alice).quantity == 10
