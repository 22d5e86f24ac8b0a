"""The list of rules, and the buttons that put them in another order."""

from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from automation.models import LicenseRule
from tests.factories import LicenseRuleFactory, UserFactory

from .conftest import Shop, text_of


def list_of(shop: Shop) -> str:
    return reverse("automation:rule-list", args=[shop.cast.contoso.pk])


def second(shop: Shop) -> LicenseRule:
    rule: LicenseRule = LicenseRuleFactory.create(
        customer=shop.cast.contoso,
        name="All",
        gives=[shop.office],
        position=2,
        for_newcomers=True,
    )
    return rule


def test_the_list_says_for_whom_a_rule_is_and_what_it_does(shop: Shop) -> None:
    second(shop)
    shop.switch_on()
    page = shop.client.get(list_of(shop))
    rows = [
        (row.rule.name, list(row.whom), list(row.gives), row.rule.given)
        for row in page.context["rows"]
    ]
    assert rows == [
        ("Sellers", ["Department: Sales"], ["Mail"], 3),
        ("All", ["All users"], ["Office"], 0),
    ]
    assert "New users only" in text_of(page)


def test_without_rules_it_explains_them(shop: Shop) -> None:
    shop.rule.delete()
    text = text_of(shop.client.get(list_of(shop)))
    assert "No license rules yet" in text
    assert reverse("automation:rule-add", args=[shop.cast.contoso.pk]) in text


def test_without_subscriptions_one_is_to_be_added_first(shop: Shop) -> None:
    page = shop.client.get(reverse("automation:rule-list", args=[shop.cast.northwind.pk]))
    assert "No subscriptions yet" in text_of(page)
    assert reverse("licensing:subscription-add", args=[shop.cast.northwind.pk]) in text_of(page)
    shop.client.force_login(shop.cast.bob)
    page = shop.client.get(reverse("automation:rule-list", args=[shop.cast.northwind.pk]))
    assert "Ask one of these roles" in text_of(page)


def test_a_rule_moves_up_and_down(shop: Shop) -> None:
    other = second(shop)
    order = LicenseRule.objects.filter(customer=shop.cast.contoso)
    for to, expected in (
        ("up", ["All", "Sellers"]),
        ("up", ["All", "Sellers"]),
        ("down", ["Sellers", "All"]),
        ("down", ["Sellers", "All"]),
        ("sideways", ["Sellers", "All"]),
    ):
        response = shop.client.post(shop.at("rule-move", rule=other), {"to": to})
        assert response.headers["Location"] == f"{list_of(shop)}#rule-{other.pk}"
        assert [rule.name for rule in order.all()] == expected


def test_more_rules_ask_no_more_queries(
    shop: Shop, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    shop.client.get(list_of(shop))
    for position in range(2, 12):
        LicenseRuleFactory.create(
            customer=shop.cast.contoso, gives=[shop.mail, shop.office], position=position
        )
    UserFactory.create_batch(5, customer=shop.cast.contoso, department="Sales")
    shop.switch_on()
    with django_assert_max_num_queries(16):
        shop.client.get(list_of(shop))
