"""What is no table is named, with what to do instead; and no table is taken for something else."""

import codecs
import io

import pytest

from uploads.errors import FileRefused
from uploads.spreadsheets import open_table
from uploads.spreadsheets.no_tables import check_is_table

IN_A_SPREADSHEET = "which can't be read as a table. Open it in a spreadsheet program and save it as"
IN_ITS_PROGRAM = "Export the users as CSV or Excel in the program that it comes from"
ADA = "ada@contoso.example"
EXCEL_2003 = (
    '<?xml version="1.0"?>\r\n<?mso-application progid="Excel.Sheet"?>\r\n<Workbook'
    ' xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
)
OTHERS = [
    # What HR programs and web pages export as .xls.
    ("<table border=1><tr><td>Email</td></tr></table>", "a web page (HTML)", IN_A_SPREADSHEET),
    ("<!DOCTYPE html>\n<table>", "a web page (HTML)", IN_A_SPREADSHEET),
    ("\n <HTML xmlns:x='urn:schemas-microsoft-com'>", "a web page (HTML)", IN_A_SPREADSHEET),
    ("<!-- saved from url --><html>", "a web page (HTML)", IN_A_SPREADSHEET),
    ("<?xml version='1.0'?>\n<!DOCTYPE html>", "a web page (HTML)", IN_A_SPREADSHEET),
    ("<div class=x>\n<table></table></div>\n", "a web page (HTML)", IN_A_SPREADSHEET),
    ("MIME-Version: 1.0\r\nContent-Type: multipart/related", "(MHTML)", IN_A_SPREADSHEET),
    (EXCEL_2003, "an XML workbook of Excel 2003", IN_A_SPREADSHEET),
    (f"<?xml version='1.0'?><users><user>{ADA}</user></users>", "an XML file", IN_A_SPREADSHEET),
    (f"<users>\n <user mail='{ADA}'/>\n</users>\n", "an XML file", IN_A_SPREADSHEET),
    ('[{"userPrincipalName": "ada@contoso.example"}]', "a JSON file", IN_ITS_PROGRAM),
    ('{"value":\n [{"mail": "ada@contoso.example"}]}', "a JSON file", IN_ITS_PROGRAM),
    ('{"mail": "a@b"}\n{"mail": "c@d"}\n', "a JSON file", IN_ITS_PROGRAM),
    ('{ "a \\"b": 1}', "a JSON file", IN_ITS_PROGRAM),
    ('[["Email", "City"], ["ada@contoso.example", "Leeds"]]', "a JSON file", IN_ITS_PROGRAM),
    ("dn: cn=Ada,dc=contoso\nmail: ada@contoso.example\n", "an LDIF file", IN_ITS_PROGRAM),
    ("version: 1\n\n# all of us\ndn:: Y249QWRh\n", "an LDIF file", IN_ITS_PROGRAM),
    ("# extended LDIF\n#\n# base <dc=contoso>\n\ndn: uid=ada\n", "an LDIF file", IN_ITS_PROGRAM),
    ("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\n", "a file of contacts (vCard)", IN_ITS_PROGRAM),
    ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "a calendar", IN_ITS_PROGRAM),
]
TABLES = [
    "<Name>,<Email>\nAda,ada@contoso.example\n",
    "<Header>\tEmail\nAda\tada@contoso.example\n",
    "<Email>\n<ada@contoso.example>\n",
    "<b>Name</b>;<b>Email</b>\n<b>Ada</b>;ada@contoso.example\n",
    "<Body>,Email\nx,ada@contoso.example\n",
    "<Table>\tEmail\n5\tada@contoso.example\n",
    "User\nAda <ada@contoso.example>\nBob <bob@contoso.example>\n",
    "[Users],Email\n1,ada@contoso.example\n",
    "{Name},Email\nAda,ada@contoso.example\n",
    '["Name"],Email\nAda,ada@contoso.example\n',
    '{"Name"},Email\nAda,ada@contoso.example\n',
    "[1],[2]\nEmail,City\nada@contoso.example,Leeds\n",
    "DN,objectClass,mail\n,user,ada@contoso.example\n",
    "dn: our list,\nEmail,City\nada@contoso.example,Leeds\n",
    "version: 1,\nEmail,City\nada@contoso.example,Leeds\n",
    "version:v1.0,\nEmail,City\nada@contoso.example,Leeds\n",
    "# of staff,Email\n1,ada@contoso.example\n",
    "Begin,Email\nVCARD,ada@contoso.example\n",
    "BEGIN:VCARD holders,\nEmail,City\nada@contoso.example,Leeds\n",
    "MIME,Email\n1.0,ada@contoso.example\n",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(("content", "kind", "advice"), OTHERS)
def test_what_it_is_and_what_to_do_is_said(
    content: str, kind: str, advice: str, encoding: str
) -> None:
    file = io.BytesIO(content.encode(encoding))
    with pytest.raises(FileRefused) as caught, open_table(file, name="users.xls", row_limit=9):
        pass
    assert str(caught.value).startswith("“users.xls” is ")
    assert kind in str(caught.value)
    assert advice in str(caught.value)
    assert caught.value.code == "file-not-a-table"


def test_a_mark_of_the_other_order_hides_nothing() -> None:
    content = codecs.BOM_UTF16_BE + '{"a": 1}'.encode("utf-16-be")
    with pytest.raises(FileRefused, match="“x” is a JSON file"):
        check_is_table(io.BytesIO(content), "x")


def test_a_file_without_a_name_is_called_the_file() -> None:
    with pytest.raises(FileRefused, match=r"^The file is a JSON file, not a table"):
        check_is_table(io.BytesIO(b'{"a": 1}'), "")


@pytest.mark.parametrize("content", TABLES)
def test_a_table_is_taken_for_nothing_else(content: str) -> None:
    file = io.BytesIO(content.encode())
    with open_table(file, name="users.csv", row_limit=9) as table:
        rows = list(table.rows)
    assert any("ada@contoso.example" in cell for row in rows for cell in (*row.cells, row.beyond))


@pytest.mark.parametrize(
    "content",
    [b"[" * 16_000, b'{"' + b"\\" * 16_000, b"<" + b"a" * 16_000, b"\n# x" * 4_000, b"<!" * 8_000],
    ids=repr,
)
def test_no_beginning_takes_long(content: bytes) -> None:
    check_is_table(io.BytesIO(content), "x")
