"""The cells of a row, read for what they say about a user."""

from collections.abc import Sequence

import pytest

from customers.models import Domain
from customers.roles import Role
from licensing.models import Subscription
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast
from uploads.services import World
from uploads.services.cleaning import Cleaner
from uploads.services.entries import Licenses, ReadRow

COLUMNS = ("user_name", "office", "", "country", "permissions", "subscriptions", "services_off")


@pytest.fixture
def mail(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Mail", sku="MAIL-1", plans=["POP", "IMAP"])
    return SubscriptionFactory.create(customer=cast.contoso, product=product)


@pytest.fixture
def cleaner(cast: Cast, mail: Subscription) -> Cleaner:
    return Cleaner(COLUMNS, World.of(cast.contoso, cast.alice))


def read(cleaner: Cleaner, *cells: str, default: Licenses | None = None) -> ReadRow:
    return cleaner.entry(2, cells, default=default or {})


def told(row: ReadRow) -> list[tuple[str, str]]:
    return [(problem.column, problem.suggestion) for problem in row.problems]


def test_a_row_is_read_by_the_places_of_its_columns(cleaner: Cleaner, mail: Subscription) -> None:
    row = read(cleaner, "Ada@Contoso.example", "Leeds", "left out", "Norway", "User", "mail", "Pop")
    assert told(row) == []
    assert (row.user_name, row.key) == ("Ada@Contoso.example", "ada@contoso.example")
    assert row.domain == Domain.objects.get(name="contoso.example")
    assert row.values == {"office": "Leeds", "country": "NO"}
    assert (row.roles, row.licenses) == ((), {mail.pk: ("POP",)})


def test_a_row_that_is_short_says_nothing_of_the_rest(cleaner: Cleaner) -> None:
    row = read(cleaner, "ada@contoso.example")
    assert (row.problems, row.values, row.roles, row.licenses) == ([], {}, None, None)
    assert read(cleaner, "ada@contoso.example", "", "", "", " ", " ", " ").licenses is None


def test_a_value_beyond_the_headings_is_wrong(cleaner: Cleaner) -> None:
    cells = ["ada@contoso.example", *[""] * 6, "stray"]
    assert told(read(cleaner, *cells)) == [("", "")]


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("", ""),
        ("ada", "ada@contoso.example"),
        ("a da", "a.da@contoso.example"),
        ("a da@contoso.example", "a.da@contoso.example"),
        ("ada@contoso.exampel", "ada@contoso.example"),
        ("ada@woodgrove.test", ""),
        ("a\u200bda@contoso.example", "ada@contoso.example"),
    ],
)
def test_a_wrong_user_name_comes_with_a_right_one_where_there_is_one(
    cleaner: Cleaner, name: str, suggestion: str
) -> None:
    row = read(cleaner, name)
    assert told(row) == [("user_name", suggestion)]
    assert row.key == ""


def test_a_user_name_is_compared_without_case_and_width(cleaner: Cleaner) -> None:
    assert read(cleaner, " ＡＤＡ@Contoso.example ").key == "ada@contoso.example"


def test_both_halves_of_a_user_name_are_told_of(cleaner: Cleaner) -> None:
    row = read(cleaner, "a da@nowhere.test")
    assert [column for column, _suggestion in told(row)] == ["user_name", "user_name"]


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("ada smith@contoso.exampel", "ada.smith@contoso.example"),
        ("ada smith@nowhere.invalid", ""),
    ],
)
def test_what_is_suggested_is_right_in_both_halves(
    cleaner: Cleaner, name: str, suggestion: str
) -> None:
    assert told(read(cleaner, name))[0] == ("user_name", suggestion)


def test_other_problems_leave_the_user_name_alone(cleaner: Cleaner) -> None:
    row = read(cleaner, "ada@contoso.example", "", "", "Atlantis")
    assert [column for column, _suggestion in told(row)] == ["country"]
    assert row.key == "ada@contoso.example"


def test_what_is_invisible_is_left_out_and_noted(cleaner: Cleaner) -> None:
    row = read(cleaner, "ada@contoso.example", "Le\u200beds")
    assert row.values == {"office": "Leeds"}
    assert [notice.column for notice in row.notices] == ["office"]
    nothing = read(cleaner, "ada@contoso.example", "\u200b")
    assert (nothing.values, len(nothing.notices)) == ({}, 1)


def test_each_row_is_told_of_what_many_have_alike(cleaner: Cleaner) -> None:
    for _row in range(2):
        row = read(cleaner, "ada@contoso.example", "Le\u200beds", "", "Atlantis", "Emperor", "Nope")
        assert [problem.column for problem in row.problems] == [
            "country",
            "permissions",
            "subscriptions",
        ]
        assert len(row.notices) == 1


def test_permissions_name_roles(cleaner: Cleaner) -> None:
    row = read(cleaner, "ada@contoso.example", "", "", "", "Global administrator")
    assert row.roles == (Role.GLOBAL_ADMIN,)


def test_services_of_the_licenses_for_all_are_switched_off(
    cleaner: Cleaner, mail: Subscription
) -> None:
    cells: Sequence[str] = ("ada@contoso.example", "", "", "", "", "", "IMAP")
    row = read(cleaner, *cells, default={mail.pk: ()})
    assert (row.licenses, row.default) == (None, {mail.pk: ("IMAP",)})
    # Without a license there is no service.
    assert [column for column, _suggestion in told(read(cleaner, *cells))] == ["services_off"]


def test_services_of_products_that_are_wrong_are_not_told_of_as_well(cleaner: Cleaner) -> None:
    row = read(cleaner, "ada@contoso.example", "", "", "", "", "Nope", "IMAP")
    assert [column for column, _suggestion in told(row)] == ["subscriptions"]


def test_the_memory_of_what_was_read_has_an_end(
    cleaner: Cleaner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uploads.services.cleaning.REMEMBERED", 3)
    offices = [f"Office {number}" for number in range(10)]
    for office in offices * 2:
        assert read(cleaner, "ada@contoso.example", office).values == {"office": office}
        assert len(cleaner._known) <= 3  # noqa: SLF001


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("Jane Doe <jane.doe@contoso.example>", "jane.doe@contoso.example"),
        ("mailto:mail.to@contoso.example", "mail.to@contoso.example"),
        ("dot.x@contoso.example.", "dot.x@contoso.example"),
        ("semi.x@contoso.example;", "semi.x@contoso.example"),
        (
            '=HYPERLINK("mailto:a@contoso.example","a@contoso.example")',
            "a@contoso.example",
        ),
        ("[md.x@contoso.example](mailto:md.x@contoso.example)", "md.x@contoso.example"),
        ("at.x @ contoso.example", "at.x@contoso.example"),
        ("com,ma@contoso.example", "comma@contoso.example"),
        ("o’brien@contoso.example", "o'brien@contoso.example"),
        ("jürgen.groß@contoso.example", "jurgen.gross@contoso.example"),
        ("łukasz@contoso.example", "lukasz@contoso.example"),
        ("Jane <jane@elsewhere.example>", ""),
        ("a@contoso.example; b@contoso.example", ""),
    ],
)
def test_a_user_name_as_pasted_has_a_suggestion_that_is_right(
    cleaner: Cleaner, name: str, suggestion: str
) -> None:
    row = read(cleaner, name)
    assert {problem.suggestion for problem in row.problems} == {suggestion}
    if suggestion:
        assert read(cleaner, suggestion).problems == []


def test_a_cell_of_several_keeps_those_that_are_right_in_its_suggestion(cleaner: Cleaner) -> None:
    roles = read(cleaner, "ada@contoso.example", "", "", "", "User administrator; Billing admn")
    assert told(roles) == [("permissions", "User administrator; Billing administrator")]
    lost = read(cleaner, "ada@contoso.example", "", "", "", "Billing admn; Emperor")
    assert told(lost) == [("permissions", "")]
