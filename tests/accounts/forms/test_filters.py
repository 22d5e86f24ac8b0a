"""A filter's name, and to whom it is offered."""

import pytest
from django.http import QueryDict

from accounts.forms.filters import NAME_LENGTH, SaveFilterForm
from accounts.models import User


def form_of(sent: str, *, customer_id: int | None = None) -> SaveFilterForm:
    return SaveFilterForm(QueryDict(sent), actor=User(customer_id=customer_id))


def test_staff_of_a_partner_save_for_all_customers_or_the_team() -> None:
    form = form_of("name=Blocked&is_shared=on&is_general=on")
    assert form.is_valid()
    assert form.cleaned_data == {"name": "Blocked", "is_shared": True, "is_general": True}


def test_a_customers_administrator_is_not_offered_other_customers() -> None:
    form = form_of("name=Blocked&is_general=on", customer_id=1)
    assert form.is_valid()
    assert form.cleaned_data == {"name": "Blocked", "is_shared": False}


@pytest.mark.parametrize("name", ["", "+++", "%E2%80%8B"])
def test_a_name_is_needed(name: str) -> None:
    assert form_of(f"name={name}").errors == {"name": ["Enter a name for this filter."]}


def test_a_name_that_the_database_does_not_hold_is_refused() -> None:
    assert NAME_LENGTH is not None
    assert form_of(f"name={'x' * NAME_LENGTH}").is_valid()
    errors = form_of(f"name={'x' * (NAME_LENGTH + 1)}").errors
    assert f"to {NAME_LENGTH} characters or fewer" in errors["name"][0]
