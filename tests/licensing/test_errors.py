"""Refusals of the seat ledger: sentences that name the product, and figures for programs."""

import pytest

from customers.refusals import Status
from licensing.errors import (
    NotActive,
    RulesBroken,
    SeatsChanged,
    SeatsShort,
    canceled,
    no_seat,
    resume_first,
    seats_missing,
    suspended,
)
from licensing.models import Product, Subscription, SubscriptionStatus


def subscription(name: str = "Teams", status: str = SubscriptionStatus.ACTIVE) -> Subscription:
    return Subscription(product=Product(name=name), status=status)


def test_each_product_that_lacks_seats_is_a_sentence() -> None:
    both = {1: subscription("Teams"), 2: subscription("Office")}
    short = SeatsShort({2: 1, 1: 12}, both)
    assert str(short) == "Teams: 12 seats are missing. Office: 1 seat is missing."
    assert (short.missing, short.code, short.status) == (
        {1: 12, 2: 1},
        "seats-short",
        Status.CONFLICT,
    )


def test_a_subscription_that_is_not_active_says_what_to_do_or_that_it_is_over() -> None:
    paused = subscription(status=SubscriptionStatus.SUSPENDED)
    assert str(NotActive(paused)) == resume_first(paused)
    assert resume_first(paused) == "The subscription to Teams is suspended: resume it first."
    over = NotActive(subscription(status=SubscriptionStatus.CANCELED))
    assert str(over) == "The subscription to Teams is canceled."
    assert over.code == "subscription-not-active"


def test_changed_seats_are_told_with_the_number_of_now() -> None:
    changed = SeatsChanged(1_200)
    assert str(changed) == "The number of seats has changed: it is now 1,200."
    assert (changed.quantity, changed.code) == (1_200, "seats-changed")


def test_broken_rules_are_told_once_and_known_by_user_and_product() -> None:
    broken = RulesBroken(
        {
            7: {1: "Teams needs Office too.", 2: "Visio can't be used in Iran."},
            8: {1: "Teams needs Office too."},
            9: {1: "Set the usage location first."},
        }
    )
    assert str(broken) == (
        "Teams needs Office too. Visio can't be used in Iran. Set the usage location first."
    )
    assert broken.problems == {
        7: ["Teams needs Office too.", "Visio can't be used in Iran."],
        8: ["Teams needs Office too."],
        9: ["Set the usage location first."],
    }
    assert broken.users == {
        1: {"Teams needs Office too.": [7, 8], "Set the usage location first.": [9]},
        2: {"Visio can't be used in Iran.": [7]},
    }
    assert broken.code == "license-rules"


@pytest.mark.parametrize(
    "count, text",
    [
        (1, "1 seat is missing."),
        (2, "2 seats are missing."),
        (1_500, "1,500 seats are missing."),
    ],
)
def test_missing_seats_are_counted(count: int, text: str) -> None:
    assert seats_missing(count) == text


def test_short_reasons_begin_with_the_product() -> None:
    assert [reason("Teams") for reason in (suspended, canceled, no_seat)] == [
        "Teams: the subscription is suspended.",
        "Teams: the subscription was canceled.",
        "Teams: no seats left.",
    ]
