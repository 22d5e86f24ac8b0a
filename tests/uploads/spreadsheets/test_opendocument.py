"""An .ods workbook is read as a person sees it."""

import io

import pytest

from tests.uploads.spreadsheets.workbooks import archive
from uploads.spreadsheets import COLUMN_LIMIT, Answers, FileRefused, Row, Table, open_table
from uploads.spreadsheets.opendocument import SPREADSHEET

NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style", "drawing")
)
NOTE = "<office:annotation><text:p>a note</text:p></office:annotation>"
UNASKED = Answers()


def cell(text: str = "", **attributes: str) -> str:
    told = "".join(f' {name.replace("_", ":", 1).replace("_", "-")}="{value}"'
                   for name, value in attributes.items())  # fmt: skip
    return f"<table:table-cell{told}>{text and f'<text:p>{text}</text:p>'}</table:table-cell>"


def row(*cells: str, **attributes: str) -> str:
    told = "".join(
        f' table:{name.replace("_", "-")}="{value}"' for name, value in attributes.items()
    )
    return f"<table:table-row{told}>{''.join(cells)}</table:table-row>"


def document(*sheets: str, styles: str = "", **parts: str | bytes) -> bytes:
    tables = "".join(
        sheet
        if sheet.startswith("<table:table ")
        else f'<table:table table:name="S">{sheet}</table:table>'
        for sheet in sheets
    )
    content = (
        f"<office:document-content {NAMES}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return archive({"mimetype": SPREADSHEET, "content.xml": content, **parts})


def read(content: bytes, answers: Answers = UNASKED) -> tuple[Table, list[Row]]:
    with open_table(io.BytesIO(content), name="x.ods", answers=answers, row_limit=100) as table:
        return table, list(table.rows)


def text_of(xml: str) -> str:
    _table, rows = read(document(row(cell("Email"), cell("Fax")) + row(cell("a@x"), xml)))
    return rows[0].cells[1]


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (cell("01234", office_value_type="float", office_value="1234"), "01234"),
        (cell("4.92E+11", office_value_type="float", office_value="491701234567"), "491701234567"),
        (cell("###", office_value_type="float", office_value="7"), "7"),
        (cell("", office_value_type="float", office_value="7.50"), "7.5"),
        (cell("###", office_value_type="float", office_value="x"), "###"),
        (cell("", office_value_type="float", office_value="x"), "x"),
        (cell("", office_value_type="float", office_value="1E+300000"), "1E+300000"),
        (cell("1E+99", office_value_type="float", office_value="1E2000000000"), "1E+99"),
        (cell("31.01.26", office_value_type="date", office_date_value="2026-01-31"), "31.01.26"),
        (cell("", office_value_type="date", office_date_value="2026-01-31"), "2026-01-31"),
        (cell("WAHR", office_value_type="boolean", office_boolean_value="true"), "TRUE"),
        (cell("", office_value_type="string", office_string_value="Ada"), "Ada"),
        (cell("#N/A", table_formula="of:=x"), "#N/A"),
        (cell("", table_formula="of:=x"), "#FORMULA!"),
        (cell("", table_formula="of:=x", office_value_type="string"), ""),
        (cell('a<text:s text:c="2"/>b<text:s/>c<text:tab/>d<text:line-break/>e'), "a  b c\td\ne"),
        (cell("a</text:p><text:p>b"), "a\nb"),
        (cell("<text:span>Zo</text:span>ë <text:a>link</text:a>"), "Zoë link"),
        (f"<table:table-cell>{NOTE}<text:p>Ada</text:p></table:table-cell>", "Ada"),
        ("<table:covered-table-cell><text:p>under</text:p></table:covered-table-cell>", "under"),
    ],
)
def test_a_cell_is_the_text_that_it_shows(xml: str, expected: str) -> None:
    assert text_of(xml) == expected


def test_rows_and_cells_may_be_repeated() -> None:
    content = document(
        row(cell("Email"), cell("City"), cell("Fax"))
        + row(cell(table_number_columns_repeated="3"), number_rows_repeated="2")
        + row(cell("a@x"), cell("b", table_number_columns_repeated="2"))
        + row(cell("c@x"), number_rows_repeated="2")
        + row(cell(table_number_columns_repeated="16384"), number_rows_repeated="1048570")
    )
    _table, rows = read(content)
    assert rows == [Row(4, ("a@x", "b", "b")), Row(5, ("c@x", "", "")), Row(6, ("c@x", "", ""))]


def test_what_stands_far_to_the_right_is_beyond_the_headings() -> None:
    far = cell(table_number_columns_repeated="5000") + cell("x")
    wide = cell("x", table_number_columns_repeated="16384")
    for more in (far, wide):
        _table, rows = read(document(row(cell("Email")) + row(cell("a@x"), more)))
        assert rows == [Row(2, ("a@x",), beyond="x")]
    assert COLUMN_LIMIT < 5_000


def test_hidden_rows_and_columns_are_left_out() -> None:
    content = document(
        '<table:table-column/><table:table-column table:visibility="collapse"/>'
        '<table:table-column table:number-columns-repeated="2"/>'
        + row(cell("Email"), cell("Fax"), cell("City"))
        + row(cell("a@x"), cell("1"), cell("Oslo"))
        + row(cell("b@x"), cell("2"), cell("Rome"), visibility="filter", number_rows_repeated="2")
    )
    table, rows = read(content)
    assert (table.headings, rows) == (("Email", "City"), [Row(2, ("a@x", "Oslo"))])
    assert (table.found.hidden_rows, table.found.hidden_columns) == (2, ("Fax",))
    table, rows = read(content, Answers(hidden=True))
    assert [each.cells for each in rows] == [
        ("a@x", "1", "Oslo"), ("b@x", "2", "Rome"), ("b@x", "2", "Rome"),
    ]  # fmt: skip


def test_collapsed_groups_of_rows_and_columns_are_left_out() -> None:
    def group(kind: str, within: str, display: str = "false") -> str:
        tag = f"table:table-{kind}-group"
        return f'<{tag} table:display="{display}">{within}</{tag}>'

    content = document(
        "<table:table-column/>"
        + group("column", "<table:table-column/>")
        + group("column", "<table:table-column/>", "true")
        + row(cell("Email"), cell("Fax"), cell("City"))
        + group("row", row(cell("a@x"), cell("1"), cell("Oslo")), "true")
        + group("row", group("row", row(cell("b@x"), cell("2"), cell("Rome")), "true"))
        + row(cell("c@x"), cell("3"), cell("Bonn"))
    )
    table, rows = read(content)
    assert table.headings == ("Email", "City")
    assert [each.cells for each in rows] == [("a@x", "Oslo"), ("c@x", "Bonn")]
    assert table.found.hidden_rows == 1
    _table, rows = read(content, Answers(hidden=True))
    assert [each.cells[0] for each in rows] == ["a@x", "b@x", "c@x"]


def test_the_best_sheet_that_is_shown_is_read() -> None:
    styles = (
        '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
        '<style:style style:name="s"><style:table-properties table:display="true"/></style:style>'
    )
    sheet = '<table:table table:name="{}" table:style-name="{}">{}</table:table>'
    users = row(cell("Email"), cell("City")) + row(cell("a@x"), cell("Oslo"))
    table, rows = read(
        document(
            sheet.format("Hidden", "h", users),
            sheet.format("Notes", "s", row(cell("Hello")) + row(cell("World"))),
            sheet.format("Users", "s", users),
            styles=styles,
        )
    )
    assert (table.kind, table.sheet, table.sheets) == ("ods", "Users", ("Notes",))
    assert [each.cells for each in rows] == [("a@x", "Oslo")]
    assert table.described() == "Read from the sheet Users."


def test_a_table_within_a_cell_is_none_of_the_sheet() -> None:
    inner = f'<table:table table:name="in">{row(cell("x"))}</table:table>'
    content = document(
        row(cell("Email"))
        + row(f"<table:table-cell>{inner}<text:p>a@x</text:p></table:table-cell>")
    )
    assert [each.cells for each in read(content)[1]] == [("a@x",)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (document(), "The file is empty"),
        (document(row(cell("Email"))), "no row below them"),
        (
            document(**{"META-INF/manifest.xml": "<m><encryption-data/></m>"}),
            "protected with a password",
        ),
        (document(row(cell("Email")) + row(cell("x" * 100_001))), "damaged"),
        (document(row(cell("Email")) + row(cell('<text:s text:c="999999"/>a'))), "damaged"),
        (
            document(row(cell("Email")) + row(number_rows_repeated="9999999") + row(cell("a"))),
            "damaged",
        ),
        (
            document(row(cell("Email")) + row(cell("a@x"), number_rows_repeated="99999")),
            "more than 100 rows",
        ),
        (
            document(
                row(cell("Email")) + row(cell("x" * 900, table_number_columns_repeated="999"))
            ),
            "damaged",
        ),
        (archive({"mimetype": SPREADSHEET, "content.xml": "<a"}), "damaged"),
        (
            archive({"mimetype": SPREADSHEET, "content.xml": b"<a/>" * 10_000_000}),
            "holds more",
        ),
        (
            archive({"mimetype": "application/other", "content.xml": ""}),
            "an OpenDocument file other",
        ),
        (archive({"content.xml": ""}), "an OpenDocument file other"),
    ],
    ids=range(12),
)
def test_what_is_no_workbook_is_refused_with_a_reason(content: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused, match=sentence):
        read(content)
