"""Whom the seats go to when there are too few."""

import pytest

from accounts.services.users import License, NewUser
from licensing.models import Subscription
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast
from uploads.services import Short, World
from uploads.services.entries import Change
from uploads.services.seating import Seating


@pytest.fixture
def mail(cast: Cast) -> Subscription:
    return SubscriptionFactory.create(customer=cast.contoso, quantity=1)


@pytest.fixture
def archive(cast: Cast, mail: Subscription) -> Subscription:
    """An add-on to mail, of which there is enough."""
    product = ProductFactory.create(requires=[mail.product])
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=5)


def seating(cast: Cast, short: Short, *scarce: Subscription) -> Seating:
    return Seating(World.of(cast.contoso, cast.alice), short, [row.pk for row in scarce])


def new(cast: Cast, *subscriptions: Subscription) -> NewUser:
    return NewUser(
        local_part="ada",
        domain=cast.contoso.domains.get(),
        display_name="Ada",
        fields={},
        licenses=tuple(License(row.pk) for row in subscriptions),
    )


def kept(user: NewUser) -> list[int]:
    return [item.subscription_id for item in user.licenses]


def test_the_first_ones_get_the_seats(cast: Cast, mail: Subscription) -> None:
    seats = seating(cast, Short.FIRST, mail)
    assert kept(seats.fitting(new(cast, mail))) == [mail.pk]
    assert kept(seats.fitting(new(cast, mail))) == []
    assert (seats.free[mail.pk], seats.lacking) == (0, {mail.pk: 1})


def test_nobody_gets_a_product_that_is_left_out(cast: Cast, mail: Subscription) -> None:
    other = SubscriptionFactory.create(customer=cast.contoso)
    seats = seating(cast, Short.WITHOUT, mail)
    assert kept(seats.fitting(new(cast, mail, other))) == [other.pk]
    assert seats.lacking == {mail.pk: 1}


def test_without_a_choice_nothing_is_left_out(cast: Cast, mail: Subscription) -> None:
    seats = seating(cast, Short.STOP, mail)
    for _number in range(3):
        assert kept(seats.fitting(new(cast, mail))) == [mail.pk]
    assert seats.lacking == {}


def test_somebody_without_licenses_is_left_as_is(cast: Cast, mail: Subscription) -> None:
    user = new(cast)
    assert seating(cast, Short.FIRST, mail).fitting(user) is user


def test_an_add_on_goes_with_what_it_requires(
    cast: Cast, mail: Subscription, archive: Subscription
) -> None:
    seats = seating(cast, Short.FIRST, mail)
    assert kept(seats.fitting(new(cast, mail, archive))) == [mail.pk, archive.pk]
    assert kept(seats.fitting(new(cast, mail, archive))) == []
    # A seat that nobody took is still there.
    assert (seats.free[archive.pk], seats.lacking) == (4, {mail.pk: 1, archive.pk: 1})


def test_what_is_held_stays_and_takes_no_seat(
    cast: Cast, mail: Subscription, archive: Subscription
) -> None:
    seats = seating(cast, Short.WITHOUT, mail)
    change = Change(1, held={mail.pk: ()}, licenses={mail.pk: ("POP",), archive.pk: ()})
    assert seats.fitting_change(change).licenses == {mail.pk: ("POP",), archive.pk: ()}
    assert (seats.free[mail.pk], seats.free[archive.pk]) == (1, 4)


def test_an_add_on_does_not_come_for_a_base_that_goes(
    cast: Cast, mail: Subscription, archive: Subscription
) -> None:
    seats = seating(cast, Short.FIRST, mail)
    change = Change(1, held={mail.pk: ()}, licenses={archive.pk: ()})
    assert seats.fitting_change(change).licenses == {}


def test_a_change_of_other_things_is_left_as_is(cast: Cast, mail: Subscription) -> None:
    change = Change(1, {"office": ["", "Leeds"]})
    assert seating(cast, Short.FIRST, mail).fitting_change(change) is change
