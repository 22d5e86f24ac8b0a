"""The form of a rule: what is added, changed, refused at its field, and never lost."""

from typing import Any

import pytest
from django.urls import reverse

from automation.models import LicenseRule
from automation.services.drafts import Draft
from automation.services.rules import change_rule
from tests.factories import LicenseRuleFactory

from .conftest import Shop, text_of


def sent(shop: Shop, **others: Any) -> dict[str, Any]:
    """What the form of the rule sends."""
    pk = shop.mail.pk
    return {
        "seen": str(shop.rule.version),
        "name": "Sellers",
        "place": "1",
        "whom": "some",
        "department": "Sales",
        "when": "all",
        "gives": [str(pk), f"{pk}:INBOX", f"{pk}:ARCHIVE"],
        **others,
    }


def add(shop: Shop) -> str:
    return reverse("automation:rule-add", args=[shop.cast.contoso.pk])


def test_a_rule_is_added_off_and_at_its_place(shop: Shop) -> None:
    gives = [str(shop.mail.pk), f"{shop.mail.pk}:INBOX", str(shop.office.pk)]
    values = sent(shop, name="New hires", title="Trainee", location="DE", when="new", gives=gives)
    page = shop.client.post(add(shop), values, follow=True)
    rule = LicenseRule.objects.get(name="New hires")
    assert page.redirect_chain[0][0] == shop.at("rule-detail", rule=rule)
    assert (rule.is_on, rule.for_newcomers, rule.position) == (False, True, 1)
    assert rule.filter == {"department": "Sales", "title": "Trainee", "location": "DE"}
    off = dict(rule.gives.values_list("subscription", "services_off"))
    assert off == {shop.mail.pk: ["ARCHIVE"], shop.office.pk: []}
    assert "was added. Switch it on when you are ready." in text_of(page)


def test_all_users_is_a_filter_without_conditions(shop: Shop) -> None:
    shop.client.post(add(shop), sent(shop, name="All", whom="all", place="2"))
    assert LicenseRule.objects.get(name="All").filter == {}


def test_a_second_click_leads_to_what_the_first_has_added(shop: Shop) -> None:
    values = sent(shop, name="Twice", place="2")
    for _click in range(2):
        page = shop.client.post(add(shop), values, follow=True)
    rule = LicenseRule.objects.get(name="Twice")
    assert page.redirect_chain[0][0] == shop.at("rule-detail", rule=rule)
    assert "Twice was already added." in text_of(page)


@pytest.mark.parametrize(
    ("others", "field", "says"),
    [
        ({"name": ""}, "name", "This field is required."),
        ({"name": "x" * 61}, "name", "Shorten this to 60 characters or fewer"),
        ({"department": ""}, "whom", "Enter at least one condition, or choose All users."),
        ({"gives": []}, "gives", "Choose at least one subscription."),
        ({"gives": ["4711"]}, "gives", "A chosen subscription is no longer available."),
        ({"place": "9"}, "place", "Choose from the list."),
        ({"location": "XX"}, "location", "Choose from the list."),
        ({"name": "sellers"}, "name", "A rule with this name already exists."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    shop: Shop, others: dict[str, Any], field: str, says: str
) -> None:
    page = shop.client.post(add(shop), sent(shop, **{"name": "New", **others}))
    assert says in str(page.context["form"].errors[field])
    assert LicenseRule.objects.count() == 1
    assert 'value="Sales"' in text_of(page) or "department" in others


def test_plans_without_their_product_give_nothing(shop: Shop) -> None:
    page = shop.client.post(add(shop), sent(shop, name="New", gives=[f"{shop.mail.pk}:INBOX"]))
    assert "Choose at least one subscription." in str(page.context["form"].errors["gives"])


def test_the_form_shows_the_rule_as_it_is(shop: Shop) -> None:
    shop.rule.gives.update(services_off=["ARCHIVE"])
    page = shop.client.get(shop.at("rule-change"))
    form = page.context["form"]
    assert form["department"].value() == "Sales"
    boxes = {row.key: (row.is_on, [plan.is_on for plan in row.plans]) for row in form.rows}
    assert boxes == {str(shop.mail.pk): (True, [False, True]), str(shop.office.pk): (False, [])}
    assert page.context["proposals"]["departments"] == ["Sales", "Support"]


def test_a_rule_that_is_off_is_changed_at_once(shop: Shop) -> None:
    LicenseRuleFactory.create(customer=shop.cast.contoso, name="Other", position=2)
    values = sent(shop, name="Support", department="Support", place="2")
    page = shop.client.post(shop.at("rule-change"), values, follow=True)
    assert "Saved." in text_of(page)
    shop.rule.refresh_from_db()
    assert (shop.rule.name, shop.rule.filter) == ("Support", {"department": "Support"})
    assert [rule.name for rule in LicenseRule.objects.all()] == ["Other", "Support"]


def test_a_rule_that_is_on_shows_first_what_changes(shop: Shop) -> None:
    shop.switch_on()
    values = sent(shop, department="Support")
    page = shop.client.post(shop.at("rule-change"), values)
    assert (page.context["forecast"].get.count, page.context["forecast"].lose.count) == (1, 3)
    assert shop.holders(shop.mail) == shop.names()
    back = shop.client.post(shop.at("rule-change"), dict(values, edit="yes"))
    assert back.context["form"]["department"].value() == "Support"
    done = shop.client.post(
        shop.at("rule-change"),
        {**dict(page.context["sent"]), "gives": values["gives"], "key": "k" * 8, "sure": "yes"},
    )
    assert "/batches/" in done.headers["Location"]
    assert shop.holders(shop.mail) == {shop.support.display_name}
    again = shop.client.post(shop.at("rule-change"), values | {"sure": "yes", "key": "k" * 8})
    assert again.headers["Location"] == done.headers["Location"]


def test_a_new_name_of_a_rule_that_is_on_needs_no_forecast(shop: Shop) -> None:
    shop.switch_on()
    shop.client.post(shop.at("rule-change"), sent(shop, name="Sales team"))
    shop.rule.refresh_from_db()
    assert shop.rule.name == "Sales team"


def test_what_someone_else_has_changed_is_told_and_nothing_is_lost(shop: Shop) -> None:
    values = sent(shop, name="Mine", department="Support")
    drafted = Draft.of(shop.rule)
    theirs = Draft("Theirs", drafted.filter, drafted.gives, for_newcomers=True)
    change_rule(shop.rule, theirs, actor=shop.cast.bob)
    page = shop.client.post(shop.at("rule-change"), values)
    told = page.context["newer"]
    assert sorted(sentence.partition(":")[0] for sentence in told) == ["Applies to", "Name"]
    assert all("Bob" in sentence for sentence in told)
    form = page.context["form"]
    assert (form["name"].value(), form["department"].value()) == ("Mine", "Support")
    shop.rule.refresh_from_db()
    assert shop.rule.name == "Theirs"
    shop.client.post(shop.at("rule-change"), values | {"seen": form["seen"].value()})
    shop.rule.refresh_from_db()
    assert (shop.rule.name, shop.rule.for_newcomers) == ("Mine", False)
