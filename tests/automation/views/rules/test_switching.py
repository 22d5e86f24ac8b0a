"""Switching a rule on and off, and removing it: asked once more, done once."""

from http import HTTPStatus
from typing import Any

import pytest
from django.urls import reverse

from automation.models import KeptLicense, LicenseRule
from automation.services.drafts import Draft
from automation.services.rules import change_rule
from customers.models import Batch, BatchKind
from tests.factories import assign

from .conftest import Shop, text_of


def sent(shop: Shop, **others: Any) -> dict[str, Any]:
    shop.rule.refresh_from_db()
    return {"seen": str(shop.rule.version), "key": "k" * 8, **others}


def test_what_comes_of_it_is_shown_before(shop: Shop) -> None:
    shop.rule.gives.create(subscription=shop.office, customer=shop.cast.contoso)
    page = shop.client.get(shop.at("rule-switch-on"))
    rows = {
        row.pool.subscription.product.name: (row.pool.get, row.pool.short, row.leaves)
        for row in page.context["seats"]
    }
    assert rows == {"Mail": (3, 0, 7), "Office": (1, 2, 0)}
    text = text_of(page)
    assert "3 users match this rule." in text
    assert "3 users get licenses" in text
    assert "2 seats are missing" in text
    assert "Buy more" in text
    assert not KeptLicense.objects.exists()


def test_a_rule_is_switched_on_once(shop: Shop) -> None:
    values = sent(shop, reason="ticket 7")
    first = shop.client.post(shop.at("rule-switch-on"), values)
    batch = Batch.objects.get(kind=BatchKind.RULES)
    assert first.headers["Location"] == reverse("accounts:batch-detail", args=[batch.pk])
    assert (shop.holders(shop.mail), batch.reason) == (shop.names(), "ticket 7")
    second = shop.client.post(shop.at("rule-switch-on"), values)
    assert second.headers["Location"] == first.headers["Location"]
    page = shop.client.get(shop.at("rule-switch-on"), follow=True)
    assert "This rule is already on." in text_of(page)


def test_the_result_says_that_users_without_a_seat_wait_for_one(shop: Shop) -> None:
    shop.rule.gives.create(subscription=shop.office, customer=shop.cast.contoso)
    shop.client.post(shop.at("rule-switch-on"), sent(shop))
    reasons = set(Batch.objects.get(kind=BatchKind.RULES).items.values_list("reason", flat=True))
    assert reasons == {"", "Office: no seats left. It is assigned as soon as a seat is free."}


def test_a_rule_that_has_been_changed_is_shown_again(shop: Shop) -> None:
    values = sent(shop)
    drafted = Draft.of(shop.rule)
    change_rule(shop.rule, Draft("Other", drafted.filter, drafted.gives), actor=shop.cast.bob)
    page = shop.client.post(shop.at("rule-switch-on"), values | {"reason": "why"})
    assert page.status_code == HTTPStatus.OK
    assert "Someone else has changed this rule" in text_of(page)
    assert page.context["form"]["reason"].value() == "why"
    assert not shop.holders(shop.mail)
    shop.client.post(
        shop.at("rule-switch-on"), sent(shop, seen=page.context["form"]["seen"].value())
    )
    assert shop.holders(shop.mail) == shop.names()


@pytest.mark.parametrize("name", ["rule-switch-off", "rule-remove"])
@pytest.mark.parametrize("licenses", ["keep", "take"])
def test_licenses_are_kept_or_taken(shop: Shop, name: str, licenses: str) -> None:
    assign(shop.mail, shop.support)
    shop.switch_on()
    page = shop.client.get(shop.at(name))
    assert "3 users lose licenses" in text_of(page)
    shop.client.post(shop.at(name), sent(shop, licenses=licenses))
    left = {shop.support.display_name}
    assert shop.holders(shop.mail) == (left | shop.names() if licenses == "keep" else left)
    assert not KeptLicense.objects.exists()
    assert LicenseRule.objects.exists() is (name == "rule-switch-off")


def test_a_form_without_its_reason_is_shown_again(shop: Shop) -> None:
    page = shop.client.post(shop.at("rule-switch-on"), {"seen": "77"})
    assert page.status_code == HTTPStatus.OK
    assert "Someone else has changed this rule" in text_of(page)


def test_a_rule_that_is_off_is_removed_without_a_batch(shop: Shop) -> None:
    page = shop.client.get(shop.at("rule-remove"))
    assert "It is off: no user loses a license." in text_of(page)
    page = shop.client.post(shop.at("rule-remove"), sent(shop, licenses="keep"), follow=True)
    assert "Sellers was removed." in text_of(page)
    assert not LicenseRule.objects.exists()


def test_the_second_click_on_remove_finds_the_first_ones_batch(shop: Shop) -> None:
    shop.switch_on()
    values = sent(shop, licenses="take")
    first = shop.client.post(shop.at("rule-remove"), values)
    second = shop.client.post(shop.at("rule-remove"), values)
    assert second.headers["Location"] == first.headers["Location"]
    assert shop.client.get(shop.at("rule-remove")).status_code == HTTPStatus.NOT_FOUND


def test_the_second_click_on_remove_of_a_rule_that_is_off_finds_it_done(shop: Shop) -> None:
    values = sent(shop, licenses="keep")
    first = shop.client.post(shop.at("rule-remove"), values)
    second = shop.client.post(shop.at("rule-remove"), values, follow=True)
    assert second.redirect_chain[0][0] == first.headers["Location"]
    assert "Sellers was removed." in text_of(second)


def test_what_is_off_is_not_switched_off(shop: Shop) -> None:
    page = shop.client.get(shop.at("rule-switch-off"), follow=True)
    assert "This rule is already off." in text_of(page)
    page = shop.client.post(shop.at("rule-switch-off"), sent(shop, licenses="keep"), follow=True)
    assert "off already" in text_of(page) or "already off" in text_of(page)


def test_a_choice_that_is_none_is_said_at_its_field(shop: Shop) -> None:
    shop.switch_on()
    page = shop.client.post(shop.at("rule-switch-off"), sent(shop, licenses="burn"))
    assert "Choose from the list." in str(page.context["form"].errors["licenses"])
    assert shop.holders(shop.mail) == shop.names()
