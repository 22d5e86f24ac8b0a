"""What a rule may say."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest

from accounts.queries.filters import UserFilter
from automation.queries.rule_facts import RuleFacts
from automation.services.drafts import covers, may_overlap
from automation.services.rule_switching import switch_off, switch_on
from automation.services.rules import add_rule
from customers.errors import Refused
from licensing.models import Subscription
from licensing.services.subscriptions import cancel_subscription
from tests.accounts.verbs import subscribe
from tests.automation.ruled import draft, rule_on
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast

HR = UserFilter(department="HR")


def refused(act: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(Refused) as found:
        act()
    return found.value.code, found.value.field


@pytest.mark.parametrize(
    "found, code",
    [
        (UserFilter(q="uma"), "rule-filter-wrong"),
        (UserFilter(days=7), "rule-filter-wrong"),
        (UserFilter(never_signed_in=True), "rule-filter-wrong"),
        (UserFilter(signed_in_before=date(2026, 3, 9)), "rule-filter-wrong"),
        (UserFilter(domain="wood.example"), "rule-filter-wrong"),
        (UserFilter(sign_in=("blocked",)), "rule-filter-wrong"),
        (UserFilter(deleted=True), "rule-filter-wrong"),
        (UserFilter(unknown=(("filter", "x"),)), "rule-filter-wrong"),
        (UserFilter(seats="unlicensed"), "rule-circular"),
        (UserFilter(seats="with", subscription=1), "rule-circular"),
    ],
)
def test_a_filter_depends_on_the_users_alone(cast: Cast, found: UserFilter, code: str) -> None:
    wanted = draft(subscribe(cast), to=found)
    assert refused(lambda: add_rule(wanted, customer=cast.contoso, actor=cast.alice)) == (
        code,
        "filter",
    )


def test_a_rule_has_a_name_and_gives_something(cast: Cast) -> None:
    teams = subscribe(cast)
    strange = SubscriptionFactory.create(customer=cast.northwind)
    table = [
        (draft(teams, name=" \u200b "), "rule-name-wrong", "name"),
        (draft(teams, name="x" * 61), "rule-name-wrong", "name"),
        (draft(), "rule-gives-nothing", "gives"),
        (draft(strange), "subscription-gone", "gives"),
        (draft(teams, off=["NONE"]), "service-plan-gone", ""),
    ]
    for wanted, *expected in table:
        found = refused(partial(add_rule, wanted, customer=cast.contoso, actor=cast.alice))
        assert found == tuple(expected)
    cancel_subscription(teams, actor=cast.alice)
    wanted = draft(teams)
    found = refused(lambda: add_rule(wanted, customer=cast.contoso, actor=cast.alice))
    assert found == ("subscription-canceled", "gives")


def products(cast: Cast) -> tuple[Subscription, Subscription, Subscription]:
    """A base, what needs it, and what can't be combined with the base."""
    base = ProductFactory.create(name="Base")
    more = ProductFactory.create(name="More", requires=[base])
    rival = ProductFactory.create(name="Rival", conflicts=[base])
    first, second, third = (
        SubscriptionFactory.create(customer=cast.contoso, product=product)
        for product in (base, more, rival)
    )
    return first, second, third


def test_a_rule_does_not_contradict_itself_or_another(cast: Cast) -> None:
    base, _more, rival = products(cast)
    both = draft(base, rival)
    found = refused(lambda: add_rule(both, customer=cast.contoso, actor=cast.alice))
    assert found == ("rule-contradicts", "gives")
    rule_on(cast, base)
    everybody = draft(rival, name="All", to=UserFilter())
    with pytest.raises(Refused, match="“Sales” gives to the same users"):
        add_rule(everybody, customer=cast.contoso, actor=cast.alice)
    add_rule(draft(rival, name="HR", to=HR), customer=cast.contoso, actor=cast.alice)


def test_what_is_required_comes_from_the_rules(cast: Cast) -> None:
    base, more, _rival = products(cast)
    found = refused(lambda: add_rule(draft(more), customer=cast.contoso, actor=cast.alice))
    assert found == ("rule-lacks-requirement", "gives")
    add_rule(draft(more, base, name="Both"), customer=cast.contoso, actor=cast.alice)
    # Of a rule for all of them, it may be another's.
    wide = add_rule(
        draft(base, name="All", to=UserFilter()), customer=cast.contoso, actor=cast.alice
    )
    rule = add_rule(draft(more), customer=cast.contoso, actor=cast.alice)
    found = refused(lambda: switch_on(rule, actor=cast.alice))
    assert found == ("rule-lacks-requirement", "gives"), "the other one is off"
    switch_on(wide, actor=cast.alice)
    switch_on(rule, actor=cast.alice)
    found = refused(lambda: switch_off(wide, actor=cast.alice))
    assert found == ("rule-needed", "")


def test_a_product_is_not_given_where_it_is_barred(cast: Cast) -> None:
    product = ProductFactory.create(name="Phone", blocked_countries=["FR"])
    phone = SubscriptionFactory.create(customer=cast.contoso, product=product)
    wanted = draft(phone, to=UserFilter(usage_location="FR"))
    found = refused(lambda: add_rule(wanted, customer=cast.contoso, actor=cast.alice))
    assert found == ("rule-contradicts", "gives")


def test_filters_overlap_unless_a_field_differs() -> None:
    sales = UserFilter(department="Sales")
    agents = UserFilter(job_title="Agent")
    plain = UserFilter(permission="User")
    admin = UserFilter(permission="Global administrator")
    billing = UserFilter(permission="Billing administrator")
    assert may_overlap(sales, agents)
    assert may_overlap(sales, UserFilter())
    assert may_overlap(admin, billing)
    assert not may_overlap(sales, HR)
    assert not may_overlap(plain, admin)
    both = UserFilter(department="Sales", job_title="Agent")
    wide, narrow = RuleFacts(1, "", 1, sales, {}), RuleFacts(2, "", 2, both, {})
    assert covers(wide, narrow)
    assert not covers(narrow, wide)
