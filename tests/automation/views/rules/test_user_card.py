"""The card of the license rules on the page of a user."""

from django.urls import reverse

from accounts.models import User
from automation.services.rules import add_exceptions
from automation.views.rules.user_card import rules_card

from .conftest import Shop, text_of


def page_of(shop: Shop, user: User) -> str:
    address = reverse("accounts:user-detail", args=[shop.cast.contoso.pk, user.pk])
    return text_of(shop.client.get(address))


def test_while_no_rule_is_on_there_is_no_card(shop: Shop) -> None:
    assert rules_card(shop.sales[0], shop.cast.alice) is None
    assert rules_card(shop.cast.bob, shop.cast.alice) is None


def test_the_card_names_the_rules_that_match(shop: Shop) -> None:
    shop.switch_on()
    page = page_of(shop, shop.sales[0])
    assert "By rule Sellers" in page
    assert shop.at("rule-detail") in page
    assert shop.at("exception-add") in page
    assert "No rule matches this user." in page_of(shop, shop.support)


def test_the_card_says_what_the_user_waits_for_or_can_not_have(shop: Shop) -> None:
    shop.rule.gives.create(subscription=shop.office, customer=shop.cast.contoso)
    User.objects.filter(pk=shop.sales[2].pk).update(usage_location="")
    shop.switch_on()
    assert "Waits for Office since" in page_of(shop, shop.sales[1])
    page = page_of(shop, shop.sales[2])
    assert "Mail is not possible" in page
    assert "Set the usage location first" in page


def test_an_exception_is_removed_from_there(shop: Shop) -> None:
    shop.switch_on()
    add_exceptions(shop.rule, [shop.sales[0]], actor=shop.cast.alice)
    page = page_of(shop, shop.sales[0])
    assert "Exception: gives nothing" in page
    assert shop.at("exception-remove", shop.sales[0].pk) in page


def test_who_may_only_look_has_no_buttons(shop: Shop) -> None:
    shop.switch_on()
    card = rules_card(shop.sales[0], shop.cast.uma)
    assert card is not None
    assert not card.context["may_manage"]
