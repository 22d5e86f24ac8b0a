"""The form of a rule, by itself: what it offers, and what it makes of what is sent."""

from django.http import QueryDict

from automation.forms.rules import RuleForm
from customers.errors import Refused
from tests.factories import LicenseRuleFactory, ProductFactory, SubscriptionFactory
from tests.support.cast import Cast


def test_the_place_is_the_last_one_of_a_new_rule_and_its_own_of_another(cast: Cast) -> None:
    first, second = (
        LicenseRuleFactory.create(customer=cast.contoso, name=name, position=position)
        for position, name in enumerate(("A", "B"), 1)
    )
    new = RuleForm(customer=cast.contoso, others=[first, second])
    labels = [str(label) for _value, label in new.fields["place"].choices]  # type: ignore[attr-defined]
    assert labels == ["First", "After A", "After B"]
    assert new["place"].value() == "3"
    own = RuleForm(customer=cast.contoso, others=[second], rule=first)
    assert own["place"].value() == "1"


def test_a_suspended_subscription_can_be_chosen_by_no_new_rule(cast: Cast) -> None:
    pool = SubscriptionFactory.create(
        customer=cast.contoso, product=ProductFactory.create(), status="suspended"
    )
    [row] = RuleForm(customer=cast.contoso, others=[]).rows
    assert row.is_off
    rule = LicenseRuleFactory.create(customer=cast.contoso, gives=[pool])
    [row] = RuleForm(customer=cast.contoso, others=[], rule=rule).rows
    assert (row.is_off, row.is_on) == (False, True)


def test_invisible_characters_are_left_out_of_the_draft(cast: Cast) -> None:
    pool = SubscriptionFactory.create(customer=cast.contoso)
    data = QueryDict(mutable=True)
    data.update(
        {"name": "Sales\u200b", "place": "1", "whom": "some", "when": "new", "title": "Clerk"}
    )
    data["gives"] = str(pool.pk)
    form = RuleForm(data, customer=cast.contoso, others=[])
    assert form.is_valid(), form.errors
    draft = form.draft()
    assert (draft.name, draft.for_newcomers, form.chosen_place()) == ("Sales", True, 1)
    assert draft.filter.query() == {"title": "Clerk"}
    assert form.seen_version() is None


def test_a_refusal_is_said_at_the_field_that_shows_it(cast: Cast) -> None:
    for field, shown in (("filter", "whom"), ("gives", "gives"), ("", "__all__")):
        form = RuleForm(QueryDict("name=x"), customer=cast.contoso, others=[])
        form.is_valid()
        form.refuse(Refused("No.", code="rule-contradicts", field=field))
        assert "No." in form.errors[shown], field
