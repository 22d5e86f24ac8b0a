"""What is sent along when a rule is switched or removed."""

from django.http import QueryDict

from automation.forms.confirming import RuleConfirmForm, RuleEndForm
from customers.query_params import is_key
from tests.factories import LicenseRuleFactory
from tests.support.cast import Cast


def test_the_form_carries_the_version_and_a_key(cast: Cast) -> None:
    initial = RuleConfirmForm.initial_of(LicenseRuleFactory.create(customer=cast.contoso))
    assert initial["seen"] == 1
    assert is_key(str(initial["key"]))


def test_a_key_that_is_none_is_made_up() -> None:
    form = RuleConfirmForm(QueryDict("seen=x&key=../.."))
    assert form.is_valid()
    assert is_key(form.cleaned_data["key"])
    assert form.seen_version() is None


def test_licenses_are_kept_unless_chosen_otherwise() -> None:
    assert RuleEndForm().fields["licenses"].initial == "keep"
    assert not RuleEndForm(QueryDict("")).is_valid()
