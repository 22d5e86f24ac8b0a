"""A help contact on one line."""

from customers.models import Partner


def test_the_line_has_what_there_is() -> None:
    assert Partner().help_line == ""
    assert Partner(help_email="help@fabrikam.example").help_line == "help@fabrikam.example"
    both = Partner(help_phone="+1 555 0100", help_note="8:00 to 17:00")
    assert both.help_line == "+1 555 0100 · 8:00 to 17:00"
