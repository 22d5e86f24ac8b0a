"""The form of a partner's help contact."""

import pytest

from customers.forms.partner import BrandingForm
from customers.models import Partner


@pytest.mark.parametrize("phone", ["+1 555 0100", "(0)40/12-34.5", "112", ""])
def test_phone_numbers_as_people_write_them_are_taken(phone: str) -> None:
    form = BrandingForm({"help_phone": phone}, row=Partner())
    assert form.is_valid()
    assert form.changes() == ({"help_phone": phone} if phone else {})


@pytest.mark.parametrize("phone", ["+", "call 112"])
def test_what_has_no_digit_or_a_word_is_no_phone_number(phone: str) -> None:
    assert "help_phone" in BrandingForm({"help_phone": phone}, row=Partner()).errors


def test_invisible_characters_are_told() -> None:
    form = BrandingForm({"help_note": "8\u200b to 17"}, row=Partner())
    assert form.is_valid()
    assert form.changes() == {"help_note": "8 to 17"}
    assert "invisible characters were removed" in form.removed[0]
