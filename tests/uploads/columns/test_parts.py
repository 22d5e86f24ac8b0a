"""Parts of a user name, and cells about sign-in."""

import pytest
from django.utils.translation import override

from accounts.columns import COLUMNS
from uploads.columns.parts import (
    BLOCKED,
    ENABLED,
    PARTS,
    column_of_field,
    field_of,
    label_of,
    part_of,
    places_of,
    read_places,
    says_blocked,
)
from uploads.headings import column_of


def test_no_heading_of_a_part_is_one_of_a_column() -> None:
    known = ["mailNickname", "Domain", "Domäne", "Block credential", "accountEnabled"]
    assert [column_of(heading) for heading in known] == [""] * 5
    assert [part_of(heading) for heading in known] == [
        "local_part",
        "domain",
        "domain",
        BLOCKED,
        ENABLED,
    ]
    assert part_of("Shoe size") == ""


@pytest.mark.parametrize(
    ("column", "cell", "is_blocked"),
    [
        (BLOCKED, "True", True),
        (BLOCKED, "Yes", True),
        (BLOCKED, "WAHR", True),
        (BLOCKED, "1", True),
        (BLOCKED, "False", False),
        (BLOCKED, "", False),
        (ENABLED, "False", True),
        (ENABLED, "Suspended", True),
        (ENABLED, "DEPROVISIONED", True),
        (ENABLED, "Active", False),
        (ENABLED, "", False),
    ],
)
def test_a_cell_says_whether_sign_in_is_blocked(
    *, column: str, cell: str, is_blocked: bool
) -> None:
    assert says_blocked(column, cell) is is_blocked


def test_a_field_leads_back_to_its_column() -> None:
    for column in [*COLUMNS, *PARTS]:
        assert column_of_field(field_of(column)) == column
        assert column_of_field(column) == column
        assert label_of(column) == label_of(field_of(column))


def test_the_first_cell_with_a_value_is_read() -> None:
    columns = ("fax", "city", "fax", "", "fax")
    assert places_of(columns) == {"fax": (0, 2, 4), "city": (1,)}
    assert read_places(columns, ["", "x", " ", "", "3"]) == {"fax": 4, "city": 1}
    assert read_places(columns, ["", "", ""]) == {"fax": 0, "city": 1}


def test_a_joined_user_name_is_that_of_its_first_part() -> None:
    columns = ["domain", "local_part"]
    assert read_places(columns, ["b", "a"]) == {"domain": 0, "local_part": 1, "user_name": 1}
    both = ["user_name", "local_part"]
    assert read_places(both, ["a@b", "a"])["user_name"] == 0
    assert read_places(both, ["", "a"])["user_name"] == 1


def test_a_page_translates_the_heading_of_the_template() -> None:
    # Of the headings, Django's own catalog has this one.
    with override("de"):
        assert label_of("permissions") == "Berechtigungen"
    assert COLUMNS["permissions"].heading == "Permissions"
