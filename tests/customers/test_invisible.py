import pytest

from customers.invisible import visible
from customers.spreadsheet_files import csv_lines, text_cell, typed_value


@pytest.mark.parametrize(
    ("typed", "kept", "removed"),
    [
        ("Contoso", "Contoso", []),
        (" Con\ttoso\r\n", "Con toso", []),
        ("Con\u200btoso\u200b", "Contoso", ["U+200B (zero width space)"]),
        ("a\x00b", "ab", ["U+0000"]),
        ("\u202eabc", "abc", ["U+202E (right-to-left override)"]),
        ("می\u200cخواهم", "می\u200cخواهم", []),
        ("a\u200db", "ab", ["U+200D (zero width joiner)"]),
        ("\u3164", "", ["U+3164 (hangul filler)"]),
        ("株式会社 é ё", "株式会社 é ё", []),
    ],
)
def test_invisible_characters_are_taken_out_and_named(
    typed: str, kept: str, removed: list[str]
) -> None:
    assert visible(typed) == (kept, removed)


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'=1", "'@x", "''=1"])
def test_what_a_spreadsheet_would_run_becomes_text(value: str) -> None:
    assert text_cell(value) == f"'{value}"
    assert typed_value(text_cell(value)) == value


@pytest.mark.parametrize("value", ["", "a=b", "O'Brien", "'quoted'", "1-1", " =1"])
def test_what_is_harmless_stays(value: str) -> None:
    assert text_cell(value) == value
    assert typed_value(value) == value


def test_a_file_quotes_what_needs_it_and_begins_with_its_mark() -> None:
    lines = list(csv_lines([["a", 'say "x", y'], ["=1", "line\nbreak"]]))
    assert lines == ["\ufeff", 'a,"say ""x"", y"\r\n', '\'=1,"line\nbreak"\r\n']
