"""Rules in words."""

import pytest

from automation.queries.rule_pages import rules_in_words
from automation.rule_words import gifts, whom
from tests.factories import LicenseRuleFactory, ProductFactory, SubscriptionFactory
from tests.support.cast import Cast


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, ["All users"]),
        ({"department": "Sales"}, ["Department: Sales"]),
        (
            {"title": "Clerk", "location": "DE", "role": "User"},
            ["User (no administrator)", "Job title: Clerk", "Usage location: Germany"],
        ),
    ],
)
def test_a_rule_says_for_whom_it_is(query: dict[str, str], words: list[str]) -> None:
    assert whom(LicenseRuleFactory.build(filter=query)) == words


def test_a_rule_says_what_it_gives_and_which_plans_are_off(cast: Cast) -> None:
    pools = [
        SubscriptionFactory.create(
            customer=cast.contoso, product=ProductFactory.create(name=name, plans=["ONE", "TWO"])
        )
        for name in ("Office", "Mail")
    ]
    rule = LicenseRuleFactory.create(customer=cast.contoso, gives=pools)
    rule.gives.filter(subscription=pools[0]).update(services_off=["TWO"])
    [found] = rules_in_words(cast.contoso)
    assert [(gift.product, len(gift.off)) for gift in gifts(found)] == [("Mail", 0), ("Office", 1)]
