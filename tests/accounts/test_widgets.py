"""Cells of an uploaded file: what they become, and what to do where they become nothing."""

import pytest
from django.utils import translation

from accounts.widgets import CountryWidget, DetailWidget, EmailWidget, Suggested


def test_a_detail_is_kept_up_to_its_length() -> None:
    widget = DetailWidget(5)
    assert (widget.clean("Sales"), widget.clean(""), widget.clean(12)) == ("Sales", "", "12")
    with pytest.raises(ValueError, match=r"^Shorten this to 5 characters or fewer \(it has 6\)\.$"):
        widget.clean("Sales!")


def test_letters_count_and_not_their_bytes() -> None:
    assert DetailWidget(3).clean("東京都") == "東京都"


def test_an_address_is_one() -> None:
    widget = EmailWidget(20)
    assert widget.clean("ada@mail.example") == "ada@mail.example"
    for wrong in ("ada", "ada@", "@mail.example", "ada mail@x.example", "a@b@c.example"):
        with pytest.raises(ValueError, match="address"):
            widget.clean(wrong)


def test_an_address_that_is_too_long_is_told_so_first() -> None:
    with pytest.raises(ValueError, match="10 characters or fewer"):
        EmailWidget(10).clean("x" * 11)


@pytest.mark.parametrize(
    "cell, code",
    [
        ("DE", "DE"),
        ("de", "DE"),
        ("DEU", "DE"),
        ("Germany", "DE"),
        ("  germany ", "DE"),
        ("GERMANY", "DE"),
        ("Åland Islands", "AX"),
        ("aland islands", "AX"),
        ("UK", "GB"),
        ("usa", "US"),
        ("United States", "US"),
        ("South  Korea", "KR"),
        ("Czech Republic", "CZ"),
        ("Turkey", "TR"),
    ],
)
def test_a_country_is_found_by_code_name_and_habit(cell: str, code: str) -> None:
    assert CountryWidget().clean(cell) == code


def test_a_misspelt_country_comes_with_what_was_probably_meant() -> None:
    with pytest.raises(Suggested) as caught:
        CountryWidget().clean("Germny")
    assert caught.value.suggestion == "Germany"
    assert str(caught.value) == "Germny is not a country. Did you mean Germany?"


@pytest.mark.parametrize("cell", ["Atlantis", "ZZ", "ZZZ", "--", "x" * 1_000])
def test_what_is_no_country_is_refused_without_a_guess(cell: str) -> None:
    with pytest.raises(Suggested) as caught:
        CountryWidget().clean(cell)
    assert caught.value.suggestion == ""
    assert len(str(caught.value)) < 200, "the message does not repeat a whole file"


def test_codes_are_the_same_in_another_language() -> None:
    with translation.override("de"):
        assert CountryWidget().clean("NL") == "NL"
