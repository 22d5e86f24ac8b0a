"""A table says how it was read."""

from uploads.spreadsheets import Table


def test_a_table_says_how_it_was_read() -> None:
    book = Table("xlsx", ("A",), iter(()), sheet="People")
    assert book.described() == "Read from the sheet People."
    assert Table("ods", ("A",), iter(()), sheet="P").described() == "Read from the sheet P."
    text = Table("csv", ("A", "B"), iter(()), encoding="windows-1250", separator=";")
    assert text.described() == "Read as Central European (Windows-1250), separated by semicolons."
    single = Table("csv", ("A",), iter(()), encoding="utf-8", separator=",")
    assert single.described() == "Read as UTF-8, one column."


def test_each_table_has_findings_of_its_own() -> None:
    one, other = (Table("csv", ("A",), iter(())) for _time in range(2))
    one.found.repeated = 1
    assert (other.found.notes(), other.notes, other.sheets) == ((), (), ())
