"""The encodings and separators that are offered are those that can be read."""

import codecs
import csv

import pytest

from uploads.spreadsheets.kinds import CODE_PAGES, MARKED, SEPARATORS, encoding_label


@pytest.mark.parametrize("encoding", [*MARKED, *CODE_PAGES])
def test_python_can_read_every_encoding(encoding: str) -> None:
    assert codecs.decode("Ada".encode(encoding), encoding) == "Ada"


@pytest.mark.parametrize("encoding", CODE_PAGES)
def test_every_code_page_leaves_ascii_alone(encoding: str) -> None:
    # Only so can headings be known, and quotes and separators be found, before it is answered.
    plain = bytes(range(128))
    assert plain.decode(encoding) == plain.decode("ascii")


@pytest.mark.parametrize("separator", SEPARATORS)
def test_csv_can_split_at_every_separator(separator: str) -> None:
    assert list(csv.reader([f"a{separator}b"], delimiter=separator)) == [["a", "b"]]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("windows-1252", "Western European (Windows-1252)"),
        ("cp932", "Japanese (Windows-932)"),
    ],
)
def test_a_sentence_says_of_a_code_page_where_it_is_used(encoding: str, name: str) -> None:
    assert encoding_label(encoding) == name


def test_no_two_encodings_have_one_name() -> None:
    assert len({encoding_label(encoding) for encoding in CODE_PAGES}) == len(CODE_PAGES)
    assert "" not in {encoding_label(encoding) for encoding in CODE_PAGES}
