"""What a change of licenses comes to, decided in memory."""

import json
from collections import Counter

import pytest

from accounts.queries.license_groups import Group, Held
from accounts.services.licenses import LicenseChange, Shares, Step, check_rules, plan, problems_of
from accounts.services.licenses.planning import Changes, check_seats, fit
from customers.errors import Refused
from licensing.errors import NotActive, RulesBroken, SeatsShort
from licensing.models import Product, Subscription, SubscriptionStatus
from licensing.rules import Catalog
from licensing.services.seats import AlikeSeats, tally
from tests.factories import ProductFactory
from tests.support.cast import Cast

HAVE, LOSE = LicenseChange(have=True), LicenseChange(have=False)
ANN, BEN, CID = 1, 2, 3


def pool(pk: int, free: int = 9, status: str = SubscriptionStatus.ACTIVE) -> Subscription:
    product = Product(pk=pk * 10, name=f"Product {pk}")
    return Subscription(pk=pk, product=product, quantity=free, assigned=0, status=status)


POOLS = {pk: pool(pk) for pk in (1, 2, 3)}


def after(changes: Changes, held: dict[int, Held]) -> dict[int, tuple[str, ...]]:
    [step] = plan([Group("US", held, [ANN])], changes, POOLS)
    return {pk: one.off for pk, one in step.after.items()}


def one(pk: int, *off: str) -> dict[int, Held]:
    return {pk: Held(pk * 10, off)}


def test_a_change_survives_the_queue() -> None:
    for change in (
        LicenseChange(),
        HAVE,
        LicenseChange(True, frozenset({"CHAT", "MAIL"}), frozenset({"CALLS"}), 7),
    ):
        assert LicenseChange.from_json(json.loads(json.dumps(change.as_json()))) == change


def test_what_is_not_changed_stays() -> None:
    assert after({}, one(1, "CHAT")) == {1: ("CHAT",)}
    assert after({2: LicenseChange()}, one(1)) == {1: ()}


def test_a_license_is_given_with_the_plans_that_are_off() -> None:
    off = LicenseChange(have=True, switch_off=frozenset({"MAIL", "CHAT"}))
    assert after({2: off}, one(1)) == {1: (), 2: ("CHAT", "MAIL")}


def test_a_user_who_has_it_keeps_it_and_plans_are_switched() -> None:
    change = LicenseChange(True, frozenset({"CHAT"}), frozenset({"MAIL"}))
    assert after({1: change}, one(1, "MAIL", "CALLS")) == {1: ("CALLS", "CHAT")}


def test_plans_of_a_license_that_is_not_there_are_not_switched() -> None:
    assert after({2: LicenseChange(switch_off=frozenset({"CHAT"}))}, one(1)) == {1: ()}


def test_a_license_is_taken() -> None:
    assert after({1: LOSE, 2: LOSE}, one(1) | one(3)) == {3: ()}


def test_a_swap_is_for_those_who_have_the_other_one() -> None:
    swap = {2: LicenseChange(instead_of=1)}
    assert after(swap, one(1, "CHAT")) == {2: ()}
    assert after(swap, one(3)) == {3: ()}


@pytest.mark.parametrize(
    "changes",
    [
        {1: LOSE, 2: LicenseChange(instead_of=1)},
        {2: LicenseChange(instead_of=1), 3: LicenseChange(instead_of=1)},
    ],
)
def test_what_is_swapped_is_changed_in_no_other_way(changes: Changes) -> None:
    with pytest.raises(Refused) as caught:
        plan([], changes, POOLS)
    assert caught.value.code == "license-change-twice"


def test_a_step_says_what_is_taken_released_and_switched() -> None:
    step = Step([ANN], "US", one(1) | one(2), one(2, "CHAT") | one(3))
    assert (step.taken, step.released, step.switched) == ([3], [1], [2])
    assert step.touched == [1, 2, 3]
    assert Step([ANN], "US", one(1), one(1)).touched == []


def test_shares_are_gathered_by_subscription_and_plans() -> None:
    steps = [
        Step([ANN], "US", one(2), one(1)),
        Step([BEN, CID], "SE", {}, one(1)),
        Step([4], "SE", one(3), one(3, "CHAT") | one(1, "MAIL")),
    ]
    shares = Shares.of(steps)
    assert shares.take == [AlikeSeats(1, [ANN, BEN, CID]), AlikeSeats(1, [4], ("MAIL",))]
    assert shares.release == [AlikeSeats(2, [ANN])]
    assert shares.switch == [AlikeSeats(3, [4], ("CHAT",))]
    assert tally(shares.take) == Counter({1: 4})


def test_seats_are_asked_for_as_the_change_would_take_them() -> None:
    two = [Step([ANN, BEN], "US", {}, one(1))]
    check_seats(two, {1: pool(1, free=2)})
    with pytest.raises(SeatsShort):
        check_seats(two, {1: pool(1, free=1)})
    with pytest.raises(NotActive):
        check_seats(two, {1: pool(1, status=SubscriptionStatus.SUSPENDED)})


def test_first_come_first_served_and_all_that_is_wanted_or_nothing() -> None:
    steps = [Step([ANN, BEN, CID], "US", {}, one(1) | one(2)), Step([4], "US", {}, one(2))]
    fitting, lacking = fit(steps, [CID, ANN, 4, BEN], {1: pool(1, free=1), 2: pool(2, free=2)})
    assert [list(step.users) for step in fitting] == [[CID], [4]]
    assert lacking == {ANN: (1,), BEN: (1, 2)}


def test_who_wants_no_seat_always_fits() -> None:
    releasing = Step([ANN], "US", one(1), {})
    fitting, lacking = fit([releasing], [ANN], {1: pool(1, free=0)})
    assert (fitting, lacking) == ([releasing], {})


def test_rules_are_those_of_all_that_is_held_afterwards(cast: Cast) -> None:
    base = ProductFactory.create(name="Base")
    extra = ProductFactory.create(name="Extra", requires=[base])
    with_base = {1: Held(base.pk), 2: Held(extra.pk)}
    lost = Step([ANN, BEN], "US", with_base, {2: Held(extra.pk)})
    gained = Step([CID], "US", {}, {2: Held(extra.pk)})
    catalog = Catalog()
    assert problems_of(Step([ANN], "US", {}, with_base), catalog) == {}
    assert problems_of(gained, catalog) == {extra.pk: "Extra needs Base too."}
    assert set(problems_of(lost, catalog)) == {extra.pk}
    with pytest.raises(RulesBroken) as caught:
        check_rules([lost, gained], catalog)
    assert set(caught.value.problems) == {ANN, BEN, CID}


def test_a_country_is_asked_of_what_is_taken_and_not_of_what_is_kept(cast: Cast) -> None:
    calls = ProductFactory.create(name="Calls", blocked_countries=["KP"])
    held = {1: Held(calls.pk)}
    assert problems_of(Step([ANN], "KP", held, held), Catalog()) == {}
    assert set(problems_of(Step([ANN], "KP", {}, held), Catalog())) == {calls.pk}
