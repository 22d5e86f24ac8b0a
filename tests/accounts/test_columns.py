"""The columns of an upload: which fields they fill, and what stands above them."""

import re
from typing import Any

import pytest

from accounts.columns import COLUMNS, Column
from accounts.models import User
from accounts.names import DISPLAY_NAME_LENGTH
from customers.folding import fold

# Worked out from the cell, and no field of the user.
WORKED_OUT = {"permissions", "subscriptions", "services_off", "status_update"}
FIELDS = [name for name in COLUMNS if name not in WORKED_OUT]


@pytest.mark.parametrize("name", FIELDS)
def test_every_other_column_is_a_field_of_the_user(name: str) -> None:
    assert User._meta.get_field(name.removesuffix("__code")).concrete


@pytest.mark.parametrize("name", FIELDS)
def test_a_limit_that_is_told_is_the_one_that_the_database_keeps(name: str) -> None:
    told = re.search(r"p to ([\d,]+) characters", str(COLUMNS[name].about))
    if told:
        field: Any = User._meta.get_field(name)
        assert int(told[1].replace(",", "")) == field.max_length


def test_limits_are_told_of_the_fields_that_are_typed_freely() -> None:
    told = {name for name in FIELDS if "characters" in str(COLUMNS[name].about)}
    assert {"first_name", "last_name", "department", "street", "postal_code"} <= told
    assert User._meta.get_field("display_name").max_length == DISPLAY_NAME_LENGTH


def test_the_template_has_each_heading_once() -> None:
    headings = [column.heading for column in COLUMNS.values()]
    assert len({fold(heading) for heading in headings}) == len(headings)
    assert headings[0] == "User Name"


@pytest.mark.parametrize("name", COLUMNS)
def test_a_weak_alias_is_none_of_the_strong_ones(name: str) -> None:
    column = COLUMNS[name]
    strong = {fold(alias) for alias in (column.heading, *column.aliases)}
    assert strong.isdisjoint(fold(alias) for alias in column.weak)


@pytest.mark.parametrize("name", COLUMNS)
def test_aliases_are_whole_headings_without_the_commas_between_them(name: str) -> None:
    for alias in (*COLUMNS[name].aliases, *COLUMNS[name].weak):
        assert alias == alias.strip() != ""
        assert "," not in alias
        assert "\n" not in alias


def test_email_stands_for_the_user_name_only_where_nothing_else_does() -> None:
    column = COLUMNS["user_name"]
    assert "Email" in column.weak
    assert "Email" not in column.aliases


def test_a_column_needs_a_heading_and_words_about_it_alone() -> None:
    column = Column("Shoe size", "In whole numbers.")
    assert (column.aliases, column.weak) == ((), ())
