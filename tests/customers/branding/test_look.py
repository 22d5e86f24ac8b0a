"""What a partner shows of itself: the shown name, and whether anything is shown at all."""

import pytest

from customers.models import Partner


def test_the_displayed_name_goes_before_the_partners_own() -> None:
    assert Partner(name="Fabrikam").shown_name == "Fabrikam"
    assert Partner(name="Fabrikam", brand_name="Fabrikam Cloud").shown_name == "Fabrikam Cloud"


@pytest.mark.parametrize("field", Partner.LOOK_FIELDS)
def test_each_part_is_a_look_and_a_help_contact_is_none(field: str) -> None:
    assert not Partner(name="Fabrikam", help_phone="+1 555 0100").has_look
    assert Partner(name="Fabrikam", **{field: "#d4002a"}).has_look
