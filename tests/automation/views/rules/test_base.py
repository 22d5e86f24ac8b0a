"""What all pages of rules have in common."""

from http import HTTPStatus

from django.urls import reverse

from tests.factories import LicenseRuleFactory

from .conftest import Shop


def test_a_rule_of_another_customer_is_not_found(shop: Shop) -> None:
    theirs = LicenseRuleFactory.create(customer=shop.cast.northwind)
    for name in ("rule-detail", "rule-change", "rule-switch-on", "rule-switch-off", "rule-remove"):
        assert shop.client.get(shop.at(name, rule=theirs)).status_code == HTTPStatus.NOT_FOUND


def test_who_can_not_buy_reads_whom_to_ask(shop: Shop) -> None:
    shop.client.force_login(shop.cast.bob)
    page = shop.client.get(shop.at("rule-detail"))
    assert not page.context["may_buy"]
    assert "Ask one of these roles" in str(page.context["who_buys"])


def test_a_plain_user_has_no_rules(shop: Shop) -> None:
    shop.client.force_login(shop.cast.uma)
    page = shop.client.get(reverse("automation:rule-list", args=[shop.cast.contoso.pk]))
    assert page.status_code == HTTPStatus.FORBIDDEN
