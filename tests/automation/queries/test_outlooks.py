"""What would come of an approval, before anybody gives it."""

from accounts.models import User
from automation.queries.outlooks import outlook_of
from licensing.services.subscriptions import suspend_subscription
from tests.automation.services.asked import closed_door
from tests.factories import LicenseRequestFactory, ProductFactory, assign
from tests.support.cast import Cast


def test_a_free_seat_makes_it_possible_and_none_is_short(cast: Cast) -> None:
    door = closed_door(cast, quantity=1)
    request = LicenseRequestFactory.create(user=door.user, product=door.product)
    assert outlook_of(request).is_possible
    assign(door.pool, cast.uma)
    found = outlook_of(request)
    assert (found.is_short, found.is_possible) == (True, False)


def test_who_has_the_license_needs_no_seat(cast: Cast) -> None:
    door = closed_door(cast, quantity=1)
    assign(door.pool, door.user)
    found = outlook_of(LicenseRequestFactory.create(user=door.user, product=door.product))
    assert (found.has_it_already, found.is_short, found.is_possible) == (True, False, True)


def test_rules_countries_and_suspension_are_in_the_way(cast: Cast) -> None:
    door = closed_door(cast)
    request = LicenseRequestFactory.create(user=door.user, product=door.product)
    door.product.requires.add(ProductFactory.create(name="Basic"))
    assert outlook_of(request).problems == ["Teams needs Basic too."]
    User.objects.filter(pk=door.user.pk).update(usage_location="")
    assert "usage location" in outlook_of(request).problems[0]
    suspend_subscription(door.pool, actor=cast.alice)
    assert not outlook_of(request).is_possible


def test_without_a_subscription_nothing_is_promised(cast: Cast) -> None:
    door = closed_door(cast)
    request = LicenseRequestFactory.create(user=door.user, product=ProductFactory.create())
    found = outlook_of(request)
    assert (found.subscription, found.is_possible, found.is_short) == (None, False, False)
