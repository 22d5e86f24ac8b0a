"""Asking for a license: once, for what is lacking, and not again and again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.users import block_users, delete_users
from automation.models import LicenseRequest, RequestKind, RequestState
from automation.services.requests import (
    ask_for_license,
    ask_for_seats,
    cancel_request,
    decline,
)
from automation.services.requests.asking import MOST_A_DAY, outcome_of
from customers.errors import Refused
from licensing.models import Product
from tests.automation.services.asked import Door, closed_door
from tests.factories import LicenseRequestFactory, ProductFactory, SubscriptionFactory
from tests.support.cast import Cast
from tests.support.log import Line, log

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def door(cast: Cast) -> Door:
    return closed_door(cast)


def ask(door: Door, *, by: User | None = None, now: datetime = NOW) -> LicenseRequest:
    return ask_for_license(
        str(door.product.pk),
        asker=by or door.user,
        application=door.application,
        words="For the new project.",
        now=now,
    )


def refusal(door: Door, **how: object) -> str:
    with pytest.raises(Refused) as refused:
        ask(door, **how)  # type: ignore[arg-type]
    return refused.value.code


def test_a_user_asks_for_an_application_by_its_name(door: Door) -> None:
    request = ask(door)
    assert (request.kind, request.state) == (RequestKind.LICENSE, RequestState.OPEN)
    assert (request.wanted, request.product, request.service) == ("Team Chat", door.product, "")
    assert request.words == "For the new project."


def test_the_log_says_what_was_asked_for_and_none_of_the_words(door: Door) -> None:
    ask(door)
    who = "Una Patel (una@contoso.example)"
    changes = {"product": "Teams", "application": "Team Chat"}
    assert log() == [Line("request.made", who, changes, {}, who)]


def test_what_waits_is_not_asked_for_again(door: Door) -> None:
    ask(door)
    assert refusal(door) == "request-open"
    assert LicenseRequest.objects.count() == 1


def test_each_user_asks_for_oneself(cast: Cast, door: Door) -> None:
    ask(door)
    assert ask(door, by=cast.uma).user == cast.uma


def test_what_one_has_is_not_to_be_asked_for(cast: Cast, door: Door) -> None:
    change_licenses(
        [door.user],
        {door.pool.pk: LicenseChange(have=True)},
        customer=cast.contoso,
        actor=cast.alice,
    )
    assert refusal(door) == "nothing-to-ask-for"


def test_a_service_that_is_off_is_asked_for_by_its_code(cast: Cast, door: Door) -> None:
    off = LicenseChange(have=True, switch_off=frozenset({"CHAT"}))
    change_licenses([door.user], {door.pool.pk: off}, customer=cast.contoso, actor=cast.alice)
    request = ask_for_license(
        f"{door.product.pk}-CHAT", asker=door.user, application=door.application
    )
    assert (request.product, request.service) == (door.product, "CHAT")
    assert request.service_name == door.product.plans.get(code="CHAT").name


def test_a_product_that_the_partner_offers_can_be_asked_for_without_a_subscription(
    cast: Cast, door: Door
) -> None:
    door.pool.delete()
    assert ask(door).product == door.product


def test_what_nobody_sells_is_not_to_be_asked_for(door: Door) -> None:
    door.pool.delete()
    Product.objects.filter(pk=door.product.pk).update(is_offered=False)
    assert refusal(door) == "nothing-to-ask-for"


def test_an_application_of_others_is_not_to_be_asked_for(cast: Cast, door: Door) -> None:
    door.application.chosen_customers.create(customer=cast.northwind)
    type(door.application).objects.update(all_customers=False)
    assert refusal(door) == "nothing-to-ask-for"


def test_after_a_refusal_one_asks_again_only_after_a_week(cast: Cast, door: Door) -> None:
    decline(ask(door), actor=cast.gail, words="Not this year.", now=NOW)
    assert refusal(door, now=NOW + timedelta(days=6)) == "request-too-soon"
    assert ask(door, now=NOW + timedelta(days=7, minutes=1)).is_open


def test_what_was_canceled_can_be_asked_for_at_once(door: Door) -> None:
    cancel_request(ask(door), asker=door.user, now=NOW)
    assert ask(door).is_open


def test_nobody_asks_for_more_than_a_few_things_a_day(door: Door) -> None:
    for _turn in range(MOST_A_DAY):
        cancel_request(ask(door), asker=door.user, now=NOW)
    assert refusal(door) == "requests-too-many"
    assert ask(door, now=NOW + timedelta(days=1, minutes=1)).is_open


def test_staff_and_whoever_is_out_ask_for_nothing(cast: Cast, door: Door) -> None:
    assert refusal(door, by=cast.alice) == "requests-of-users-only"
    assert refusal(door, by=cast.support) == "requests-of-users-only"
    block_users([door.user], customer=cast.contoso, actor=cast.alice)
    assert refusal(door) == "requests-of-users-only"


def test_one_cancels_the_own_request_and_no_other(cast: Cast, door: Door) -> None:
    request = ask(door)
    with pytest.raises(Refused) as refused:
        cancel_request(request, asker=cast.uma)
    assert refused.value.code == "request-of-others"
    canceled = cancel_request(request, asker=door.user, now=NOW)
    assert canceled.state == RequestState.CANCELED
    assert log()[-1].action == "request.canceled"
    with pytest.raises(Refused, match="Canceled by Una Patel on") as again:
        cancel_request(request, asker=door.user)
    assert again.value.code == "request-answered"


def test_a_request_that_is_gone_is_said_to_be(door: Door) -> None:
    request = ask(door)
    LicenseRequest.objects.all().delete()
    with pytest.raises(Refused) as refused:
        cancel_request(request, asker=door.user)
    assert refused.value.code == "request-gone"


def test_the_request_of_a_deleted_user_waits_for_the_user(cast: Cast, door: Door) -> None:
    request = ask(door)
    delete_users([door.user], customer=cast.contoso, actor=cast.alice)
    assert request not in LicenseRequest.objects.open()
    assert LicenseRequest.objects.get().is_open


def test_what_became_of_it_outlives_who_answered(door: Door) -> None:
    request = LicenseRequestFactory.create(
        user=door.user, state=RequestState.DECLINED, answered_at=NOW
    )
    assert outcome_of(request).startswith("Declined by a former user on")


def test_an_administrator_asks_the_partner_for_seats_once(cast: Cast, door: Door) -> None:
    at: Any = {"customer": cast.contoso, "asker": cast.gail}
    request = ask_for_seats(door.product, 3, words="Four new users.", **at)
    assert (request.kind, request.seats, request.user) == (RequestKind.SEATS, 3, cast.gail)
    assert log()[-1].changes == {"product": "Teams", "seats_wanted": 3}
    with pytest.raises(Refused) as refused:
        ask_for_seats(door.product, 5, **at)
    assert refused.value.code == "request-open"


@pytest.mark.parametrize("seats", [0, -1, 1_000_001])
def test_a_number_that_no_subscription_has_is_refused_at_its_field(
    cast: Cast, door: Door, seats: int
) -> None:
    with pytest.raises(Refused) as refused:
        ask_for_seats(door.product, seats, customer=cast.contoso, asker=cast.gail)
    assert (refused.value.code, refused.value.field) == ("seats-asked-for-wrong", "seats")


def test_users_without_the_role_and_staff_ask_for_no_seats(cast: Cast, door: Door) -> None:
    for actor, code in ((door.user, "role-lacks-it"), (cast.alice, "requests-of-users-only")):
        with pytest.raises(Refused) as refused:
            ask_for_seats(door.product, 1, customer=cast.contoso, asker=actor)
        assert refused.value.code == code


def test_seats_are_not_asked_for_at_another_customer(cast: Cast) -> None:
    product = ProductFactory.create()
    SubscriptionFactory.create(customer=cast.northwind, product=product)
    with pytest.raises(Refused) as refused:
        ask_for_seats(product, 1, customer=cast.northwind, asker=cast.gail)
    assert refused.value.code == "customer-not-open"
