"""Forms that know what their page opened with."""

from customers.forms.partner import BrandingForm
from customers.models import Partner

PARTNER = Partner(help_phone="1", help_note="8 to 17")


def form(**sent: str) -> BrandingForm:
    seen = {"seen_help_phone": "1", "seen_help_email": "", "seen_help_note": "8 to 17"}
    return BrandingForm({"help_phone": "1", "help_note": "8 to 17"} | seen | sent, row=PARTNER)


def test_only_what_the_user_changed_is_a_change() -> None:
    changed = form(help_phone="2")
    assert changed.is_valid()
    assert changed.changes() == {"help_phone": "2"}


def test_a_field_that_only_another_changed_stays_as_it_is() -> None:
    later = form(help_phone="7", seen_help_phone="7")
    assert later.is_valid()
    assert later.changes() == {}


def test_what_both_changed_needs_a_second_save() -> None:
    clash = form(help_phone="2", seen_help_phone="0")
    assert "Someone else changed this to “1”" in clash.errors["help_phone"][0]
    assert clash["seen_help_phone"].value() == "1"


def test_what_both_changed_alike_is_no_clash() -> None:
    assert form(help_phone="1", seen_help_phone="0").is_valid()
