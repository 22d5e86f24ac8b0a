"""Figures in sentences stand as the reader's language has them, wherever they come from."""

import ast
import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from customers import formats
from customers.formats import exact, figure, figure_lazy, first_of
from tests.support.house import OUR_PACKAGES, modules, tree


@pytest.mark.parametrize(
    "language, number, text",
    [
        ("en", 999, "999"),
        ("en", 1_000, "1,000"),
        ("en", 1_234_567, "1,234,567"),
        ("en", -1_000, "-1,000"),
        ("de", 1_234_567, "1.234.567"),
        ("fr", 1_000, "1\xa0000"),
    ],
)
def test_a_language_groups_its_figures(language: str, number: int, text: str) -> None:
    with override(language):
        assert figure(number) == text


@pytest.mark.parametrize(
    ("language", "day", "text"),
    [
        ("en", date(2026, 12, 2), "2 Dec 2026"),
        ("de", date(2026, 12, 2), "2. Dez. 2026"),
        ("de", date(2026, 5, 2), "2. Mai 2026"),
        ("fr", date(2026, 12, 2), "2 déc. 2026"),
        ("es", date(2026, 12, 2), "2 dic 2026"),
    ],
)
def test_a_month_is_shortened_as_the_language_does(language: str, day: date, text: str) -> None:
    with override(language):
        assert date_format(day, "SHORT_DATE_FORMAT") == date_format(day) == text


def test_a_figure_that_is_made_before_its_reader_is_known_waits_for_the_language() -> None:
    made_early = figure_lazy(5_000)
    with override("de"):
        assert str(made_early) == "5.000"


def groups_digits(node: ast.AST) -> bool:
    if isinstance(node, ast.FormattedValue):
        return node.format_spec is not None and "," in ast.unparse(node.format_spec)
    return isinstance(node, ast.Constant) and bool(re.search(r"\{\w*:,", str(node.value)))


@pytest.mark.parametrize(
    "source, expected",
    [
        ("f'{count:,} users'", True),
        ("'{:,} users'.format(count)", True),
        ("f'{share:.1f} %, {count} users'", False),
    ],
)
def test_the_walk_finds_what_groups_digits(source: str, *, expected: bool) -> None:
    assert any(map(groups_digits, ast.walk(ast.parse(source)))) is expected


def test_no_sentence_groups_digits_by_itself() -> None:
    """A comma in a format is English for every reader."""
    found = [
        f"{module}:{getattr(node, 'lineno', 0)}"
        for module in modules(*OUR_PACKAGES)
        for node in ast.walk(tree(module))
        if groups_digits(node)
    ]
    assert found == []


def test_up_to_ten_sentences_are_told() -> None:
    ten = [f"Sentence {number}." for number in range(10)]
    assert first_of(iter(ten)) == ten
    assert first_of([]) == []


def test_of_more_sentences_the_others_are_counted() -> None:
    ten = [f"Sentence {number}." for number in range(10)]
    assert first_of([*ten, "One more."]) == [*ten, "1 more like this."]
    assert first_of([*ten, "One more.", "Two more."]) == [*ten, "2 more like these."]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Oslo", "2026-01-01T00:30:00+01:00"),
        ("America/St_Johns", "2025-12-31T20:00:00-03:30"),
        ("UTC", "2025-12-31T23:30:00+00:00"),
    ],
)
def test_a_moment_has_its_offset(zone: str, expected: str) -> None:
    with timezone.override(zone):
        assert exact(datetime(2025, 12, 31, 23, 30, 0, 999, tzinfo=UTC)) == expected


@pytest.mark.parametrize(
    "say, expected",
    [
        (formats.is_added, "Contoso is added."),
        (formats.is_on, "Contoso is on."),
        (formats.was_removed, "Contoso was removed."),
    ],
)
def test_what_was_done_is_said_by_name(say: Callable[[object], str], expected: str) -> None:
    assert say("Contoso") == expected
