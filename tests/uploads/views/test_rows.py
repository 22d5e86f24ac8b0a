"""The rows of an upload as its page draws them: cells, reasons, what can be done."""

from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from justhtml import JustHTML
from pytest_django import Settings

from tests.support.cast import Cast
from tests.uploads.uploading import Rows, upload_of
from uploads.models import Upload
from uploads.services import Options
from uploads.views.rows import Cell, ShownRow, is_shown, read_drawn

pytestmark = pytest.mark.usefixtures("no_patience")
HEADINGS = ["User Name", "Display Name", "Country or Region", "Pet"]


def checked(cast: Cast, *rows: list[str], options: Options | None = None) -> Upload:
    table: Rows = [HEADINGS, *rows]
    return upload_of(table, customer=cast.contoso, actor=cast.alice, options=options)


def wrong(count: int) -> list[list[str]]:
    return [[f"u{at}@contoso.example", "U", "Atlantis", ""] for at in range(count)]


def page_of(upload: Upload, rest: str = "") -> str:
    return f"/customers/{upload.customer_id}/uploads/{upload.pk}/{rest}"


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def shown(client: Client, upload: Upload, query: str = "") -> list[ShownRow]:
    rows: list[ShownRow] = client.get(page_of(upload, query)).context["rows"]
    return rows


def cell(row: ShownRow, label: str) -> Cell:
    [found] = [each for each in row.cells if each.label == label]
    return found


def test_columns_that_are_not_read_are_not_shown(alice: Client, cast: Cast) -> None:
    [row] = shown(alice, checked(cast, ["ada@contoso.example", "Ada", "", "cat"]))
    assert [each.label for each in row.cells] == HEADINGS[:3]
    assert [is_shown(name) for name in ("city", "", "status_update", "password")] == [
        True,
        False,
        False,
        False,
    ]


def test_columns_without_anything_on_the_page_take_no_room(alice: Client, cast: Cast) -> None:
    upload = checked(cast, ["ada@contoso.example", "", "", ""], ["bo@contoso.exampel", "", "", ""])
    answer = alice.get(page_of(upload))
    assert answer.context["labels"] == ["User Name"]
    row = answer.context["rows"][0]
    # What is missing can be typed all the same.
    assert [each.label for each in row.repairs] == ["Display Name"]
    data = {"cell-1": "Ada", "cell-0": "ada@contoso.example", "drawn": answer.context["drawn"]}
    headers = {"HX-Request": "true"}
    [row] = alice.post(page_of(upload, "rows/2/"), data, headers=headers).context["rows"]
    assert [each.label for each in row.drawn_cells] == ["User Name"]
    assert upload.rows.get(number=2).cells[1] == "Ada"
    assert alice.get(page_of(upload, "?show=all")).context["labels"] == HEADINGS[:2]
    # A page that doesn't say what it has, or nonsense, gets all.
    assert read_drawn("x -1 99", ["user_name", "", "city"]) == [0, 2]


def test_a_user_name_that_is_joined_stands_with_its_first_part(alice: Client, cast: Cast) -> None:
    table = [["mailNickname", "Domain", "Display Name"], ["ada", "contoso.example", "Ada"]]
    upload = upload_of(table, customer=cast.contoso, actor=cast.alice)
    [row] = shown(alice, upload)
    assert [(each.text, each.joined) for each in row.cells] == [
        ("ada", "ada@contoso.example"),
        ("contoso.example", ""),
        ("Ada", ""),
    ]


def test_a_wrong_cell_is_edited_in_the_first_column_and_the_others_are_text(
    alice: Client, cast: Cast
) -> None:
    [row] = shown(alice, checked(cast, ["ada@contoso.example", "Ada", "Germny", ""]))
    country = cell(row, "Country or Region")
    assert (country.edit, country.use, country.suggestion) == ("cell-2", "use-2", "Germany")
    assert country.reasons == "why-2-2"
    assert [(each.edit, each.reasons) for each in row.cells if each is not country] == [
        ("", "")
    ] * 2
    assert row.repairs == [country]
    assert (row.is_wrong, row.may_edit, row.tone) == (True, True, "danger")


@pytest.mark.parametrize(("name", "suggestion"), [("JosÃ©", "José"), ("M?ller", "")])
def test_a_doubtful_cell_is_edited_too_although_its_row_is_right(
    alice: Client, cast: Cast, name: str, suggestion: str
) -> None:
    [row] = shown(alice, checked(cast, ["j@contoso.example", name, "", ""]))
    doubtful = cell(row, "Display Name")
    assert (doubtful.edit, doubtful.suggestion) == ("cell-1", suggestion)
    assert (doubtful.problems, len(doubtful.notices), doubtful.reasons) == ([], 1, "why-2-1")
    assert (row.is_wrong, row.may_edit, row.repairs) == (False, True, [doubtful])


def test_what_is_said_of_a_cell_is_said_to_its_control(alice: Client, cast: Cast) -> None:
    upload = checked(cast, ["j@contoso.example", "M?ller", "Germny", ""])
    page: Any = JustHTML(alice.get(page_of(upload)).content.decode(), sanitize=False)
    for name, text in (("cell-1", "A letter was lost"), ("cell-2", "Germny")):
        [control] = page.query(f'input[name="{name}"]')
        [reasons] = page.query(f"#{control.attrs['aria-describedby']}")
        assert text in reasons.to_text()
        assert page.query(f'#row-2 .upload-what input[name="{name}"]') == [control]
    # Said once, with the control.
    assert page.to_text().count("Did you mean Germany?") == 1


def test_a_reason_of_no_column_stands_with_the_row(alice: Client, cast: Cast) -> None:
    [row] = shown(alice, checked(cast, ["ada@contoso.example", "Ada", "", "", "", "beyond"]))
    assert ("“beyond” has no heading" in row.problems[0], row.repairs) == (True, [])


def test_names_that_are_suggested_are_free_on_the_page_and_in_the_file(
    alice: Client, cast: Cast
) -> None:
    names = ["jürgen", "jürgén", "jurgen2"]
    upload = checked(cast, *([f"{name}@contoso.example", "J", "", ""] for name in names))
    assert [cell(row, "User Name").suggestion for row in shown(alice, upload)] == [
        "jurgen@contoso.example",
        "jurgen3@contoso.example",
    ]


def test_a_row_is_dropped_and_taken_in_again(alice: Client, cast: Cast) -> None:
    upload = checked(cast, ["ada@contoso.example", "Ada", "", ""], ["uma@contoso.example"] * 4)
    added, left = shown(alice, upload)
    assert [(row.may_drop, row.is_dropped) for row in (added, left)] == [
        (True, False),
        (False, False),
    ]
    alice.post(added.url, {"decision": "drop"})
    added = shown(alice, upload)[0]
    assert (added.may_drop, added.is_dropped, added.tone) == (False, True, "neutral")


def test_the_page_and_tab_that_a_row_stands_on_is_kept_in_its_address(
    alice: Client, cast: Cast
) -> None:
    upload = checked(cast, ["ada@contoso.example", "Ada", "", ""])
    [row] = shown(alice, upload, "?show=add&page=1")
    assert row.url == page_of(upload, "rows/2/?show=add&page=1")


def test_rows_come_in_pages_in_the_order_of_the_file(
    alice: Client, cast: Cast, settings: Settings
) -> None:
    settings.PAGE_SIZE = 2
    upload = checked(cast, *wrong(3))
    pages = [[row.number for row in shown(alice, upload, f"?page={at}")] for at in (1, 2, 9)]
    assert pages == [[2, 3], [4], [4]]


def test_a_tab_without_rows_says_so(alice: Client, cast: Cast) -> None:
    upload = checked(cast, ["ada@contoso.example", "Ada", "", ""])
    response = alice.get(page_of(upload, "?show=dropped"))
    assert response.context["rows"] == []
    assert "No such rows" in response.content.decode()


def test_rows_of_another_upload_are_not_shown(alice: Client, cast: Cast) -> None:
    upload, other = checked(cast, *wrong(1)), checked(cast, *wrong(3))
    assert [len(shown(alice, each)) for each in (upload, other)] == [1, 3]


def test_rows_are_there_for_nobody_else(client: Client, cast: Cast) -> None:
    upload = checked(cast, *wrong(1))
    for user, customer in ((cast.charlie, cast.contoso), (cast.alice, cast.northwind)):
        client.force_login(user)
        page = f"/customers/{customer.pk}/uploads/{upload.pk}/"
        answers: list[Any] = [client.get(page), client.post(f"{page}rows/2/", {"cell-2": "DE"})]
        assert [answer.status_code for answer in answers] == [HTTPStatus.NOT_FOUND] * 2
    assert upload.rows.get().cells[2] == "Atlantis"


def test_three_rows_take_as_many_queries_as_one(alice: Client, cast: Cast) -> None:
    counted = []
    for count in (1, 3):
        names = [[f"ü{at}@contoso.example", "JosÃ©", "Atlantis", ""] for at in range(count)]
        upload = checked(cast, *names)
        with CaptureQueriesContext(connection) as captured:
            assert len(shown(alice, upload)) == count
        counted.append(len(captured))
    assert counted[0] == counted[1]
