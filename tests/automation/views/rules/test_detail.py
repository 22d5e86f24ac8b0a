"""The page of a rule: its users by state, what is missing, and the last night's comparison."""

from datetime import timedelta

from django.utils import timezone

from automation.services.rules import add_exceptions
from automation.views.rules.detail import drift_of, missing_of
from customers.models import BatchKind
from customers.services.batches import close_batch_alike, open_batch
from tests.factories import UserFactory

from .conftest import Shop, text_of


def tabs_of(shop: Shop) -> list[str]:
    return [tab.label for tab in shop.client.get(shop.at("rule-detail")).context["tabs"]]


def test_users_are_listed_by_what_the_rule_comes_to_for_them(shop: Shop) -> None:
    UserFactory.create(
        customer=shop.cast.contoso, department="Sales", usage_location="", local_part="nowhere"
    )
    shop.rule.gives.create(subscription=shop.office, customer=shop.cast.contoso)
    shop.switch_on()
    assert tabs_of(shop) == ["By rule (4)", "Waiting (2)", "Not possible (2)", "Exceptions (0)"]
    for state, number in (("given", 4), ("waiting", 2), ("barred", 2), ("nonsense", 4)):
        page = shop.client.get(shop.at("rule-detail"), {"state": state})
        assert len(page.context["rows"]) == number, state
    barred = shop.client.get(shop.at("rule-detail"), {"state": "barred"})
    assert "Set the usage location first" in text_of(barred)
    waiting = shop.client.get(shop.at("rule-detail"), {"state": "waiting"})
    assert "Waits since" in text_of(waiting)


def test_seats_that_are_missing_are_bought_from_there(shop: Shop) -> None:
    shop.rule.gives.create(subscription=shop.office, customer=shop.cast.contoso)
    shop.switch_on()
    [missing] = missing_of(shop.rule, "/back/")
    assert (missing.product, missing.waiting) == ("Office", 2)
    assert missing.buy_url.endswith("?seats=3&next=%2Fback%2F")
    page = shop.client.get(shop.at("rule-detail"))
    assert "Office: 2 users wait for a seat." in text_of(page)
    assert "Buy more" in text_of(page)
    shop.client.force_login(shop.cast.gail)
    asked = text_of(shop.client.get(shop.at("rule-detail")))
    assert "Ask your partner for seats" in asked
    assert "Buy more" not in asked


def test_a_rule_that_is_off_leads_to_what_it_would_do(shop: Shop) -> None:
    page = shop.client.get(shop.at("rule-detail"))
    assert "This rule is off and assigns no licenses." in text_of(page)
    assert shop.at("rule-switch-on") in text_of(page)


def test_exceptions_are_listed_with_who_made_them(shop: Shop) -> None:
    add_exceptions(shop.rule, [shop.sales[0]], actor=shop.cast.bob)
    page = shop.client.get(shop.at("rule-detail"), {"state": "exceptions"})
    assert [row.user for row in page.context["rows"]] == [shop.sales[0]]
    assert "by Bob" in text_of(page)


def test_the_last_nights_comparison_is_told_for_a_day(shop: Shop) -> None:
    assert drift_of(shop.cast.contoso) is None
    batch = open_batch(
        BatchKind.RULES, actor=None, customer=shop.cast.contoso, request={"do": "drift"}
    )
    close_batch_alike(batch, [])
    assert drift_of(shop.cast.contoso) == batch
    assert "Last night" in text_of(shop.client.get(shop.at("rule-detail")))
    batch.created_at = timezone.now() - timedelta(days=2)
    batch.save(update_fields=["created_at"])
    assert drift_of(shop.cast.contoso) is None


def test_the_log_of_a_rule_is_shown_as_far_as_the_role_goes(shop: Shop) -> None:
    shop.switch_on()
    page = shop.client.get(shop.at("rule-detail"))
    assert [line.action for line in page.context["events"]] == ["License rule switched on or off"]
    shop.client.force_login(shop.cast.bob)
    assert shop.client.get(shop.at("rule-detail")).context["events"] == []
