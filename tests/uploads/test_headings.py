"""Which column a heading stands for, in whatever way it is written."""

from collections import Counter

import pytest

from accounts.columns import COLUMNS
from uploads.headings import bare, column_of, is_weak


def test_each_alias_is_of_one_column_alone() -> None:
    forms = Counter(
        form
        for column in COLUMNS.values()
        for form in {*map(bare, (column.heading, *column.aliases, *column.weak))}
    )
    assert [form for form, times in forms.items() if times > 1 or not form] == []


@pytest.mark.parametrize(
    "heading",
    [
        "USER NAME",
        " user  name ",
        "\xa0User Name\xa0",
        "\ufeffUser Name",
        '"User Name"',
        "UserName",
    ],
)
def test_case_spaces_quotes_and_marks_make_no_difference(heading: str) -> None:
    assert column_of(heading) == "user_name"


@pytest.mark.parametrize(
    "heading", ["", "  ", "Name", "User", "Nom", "Email (private)", "Home phone", "x" * 100_000]
)
def test_what_may_mean_something_else_is_not_known(heading: str) -> None:
    assert column_of(heading) == ""


def test_an_address_is_the_user_name_only_where_there_is_no_other() -> None:
    assert is_weak("E-Mail-Adresse")
    assert is_weak("Email Address [Required]")
    assert not is_weak("User name [userPrincipalName] Required")
    assert not is_weak("Shoe size")
