"""How counts are written."""

import pytest
from django.utils import translation

from customers.formats import figure, first_of


@pytest.mark.parametrize(
    "language, expected", [("en", "1,234,567"), ("de", "1.234.567"), ("sv", "1\xa0234\xa0567")]
)
def test_a_figure_is_grouped_as_the_reader_is_used_to(language: str, expected: str) -> None:
    with translation.override(language):
        assert figure(1_234_567) == expected


def test_up_to_ten_sentences_are_told() -> None:
    ten = [f"Sentence {number}." for number in range(10)]
    assert first_of(iter(ten)) == ten
    assert first_of([]) == []


def test_of_more_sentences_the_others_are_counted() -> None:
    ten = [f"Sentence {number}." for number in range(10)]
    assert first_of([*ten, "One more."]) == [*ten, "1 more like this."]
    assert first_of([*ten, "One more.", "Two more."]) == [*ten, "2 more like these."]
