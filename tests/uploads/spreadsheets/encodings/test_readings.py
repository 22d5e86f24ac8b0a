"""Readings of files that don't say their encoding: never wrong, and seldom asked about."""

import io
import re

import pytest

from tests import corpora, encodings
from uploads.services.cells.mojibake import repaired
from uploads.spreadsheets.encodings.readings import Decoding, differing, pieces, readings


def read(content: bytes, country: str = "", *, every: bool = False) -> dict[str, str]:
    found = readings(io.BytesIO(content), country, every=every)
    return {reading.encoding: reading.read(content) for reading in found}


PAGE = encodings.FILE.read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.once
def test_the_table_is_up_to_date() -> None:
    assert encodings.page() == PAGE, f"run {encodings.COMMAND}"


def test_no_file_of_names_is_read_wrong() -> None:
    totals = re.findall(r"^\| \*\*all\*\* \| (.*) \|$", PAGE, re.MULTILINE)
    assert len(totals) == len(encodings.CORPORA)
    counts = [count for line in totals for count in line.split(" | ")]
    assert {count.rpartition(" / ")[2] for count in counts} == {"0"}


@pytest.mark.once
@pytest.mark.parametrize("language", ["tr", "th"])
def test_lines_of_the_table_are_up_to_date(language: str) -> None:
    """Each of a script or a habit of its own; all of them take minutes."""
    for names in encodings.CORPORA.values():
        corpus = names()
        if language in corpus:
            line = encodings.line(language, encodings.counts_of(language, corpus))
            assert line in PAGE.splitlines(), f"run {encodings.COMMAND}"


@pytest.mark.parametrize("language", ["cs", "de", "ru", "ja"])
def test_fifty_names_are_read_without_a_question(language: str) -> None:
    usual = encodings.USUAL[language].split()
    names = corpora.own_names()
    assert encodings.measured(language, usual, names, home=True, size=50).keys() == {"right"}


def test_pieces_are_what_stands_between_bytes_of_no_letter() -> None:
    assert list(pieces([b"a@b;Zo\xeb Ada;\xc1", b"\xc2\r\nZo\xeb"])) == [b"Zo\xeb", b"\xc1\xc2"]


def test_a_piece_without_an_end_is_not_kept_whole() -> None:
    long = b"\xe9" * (3 << 20)
    assert b"".join(pieces(iter([long[:1_000_000]] * 3))) == long[:3_000_000]


def test_readings_that_are_alike_are_one() -> None:
    assert read("Müller".encode("cp1252"), "DE") == {"windows-1252": "Müller"}


@pytest.mark.parametrize("pasted", ["Käthe Schäfer", "Zoë\r\nJosé"])
def test_a_file_with_lines_in_utf_8_is_what_its_other_lines_are(pasted: str) -> None:
    """What that makes of these lines is known for garbled, and repaired."""
    own = "Jörg Müller\r\nFrançois Groß\r\n"
    content = own.encode("cp1252") + pasted.encode()
    garbled = pasted.encode().decode("cp1252")
    assert read(content, "DE") == {"windows-1252": own + garbled}
    assert [repaired(line) for line in garbled.splitlines()] == pasted.splitlines()


def test_of_a_line_in_two_encodings_nobody_but_a_user_can_tell() -> None:
    content = "Jörg Müller\r\nJörg ".encode("cp1252") + "Käthe".encode()
    assert len(read(content, "DE")) > 1


def test_unlikely_readings_come_where_every_one_is_wanted() -> None:
    content = "Müller".encode("cp1252")
    every = read(content, "DE", every=True)
    assert next(iter(every)) == "windows-1252"
    assert every["windows-1251"] == "Mьller"
    assert len(set(every.values())) == len(every)


def test_a_language_from_elsewhere_is_believed_if_many_names_are_of_it() -> None:
    one, more = Decoding("cp852", 0, 0, paid=1.0), Decoding("cp852", 0, 0, paid=20.0)
    one.savings["cs"], more.savings["cs"] = 1.0, 20.0
    assert (one.cost, more.cost) == (1.0, 1.5)


def test_a_letter_far_down_tells() -> None:
    same = " ".join(f"Zo{letter}{letter}" for letter in "éüö") + "\r\n"
    content = (same * 50_000 + "Řehoř Dvořák Jiří Kučerů Vaněk").encode("cp1250")
    assert next(iter(read(content, "CZ"))) == "windows-1250"


def test_what_differs_is_found() -> None:
    file = io.BytesIO("Zoë Kučera Dvořák".encode("cp1250"))
    several = [Decoding("windows-1250", 0, 0), Decoding("windows-1252", 0, 1)]
    found = [piece.decode("cp1250") for piece in differing(file, several, 9)]
    assert sorted(found) == ["Dvořák", "Kučera"]
    assert len(differing(file, several, 1)) == 1


@pytest.mark.parametrize("country", ["DK", "NO"])
def test_a_code_page_that_was_made_for_the_country_is_likelier(country: str) -> None:
    content = "Søren".encode("cp1252")
    assert list(read(content, country)) == ["windows-1252"]
    assert {"windows-1252", "windows-1250"} <= read(content, "PL").keys()


def test_headings_say_the_language_of_a_file_from_elsewhere() -> None:
    name = "Søren".encode("cp1252")
    assert len(read(name, "US")) > 1
    assert list(read(b"fornavn;efternavn\r\n" + name, "US")) == ["windows-1252"]


def test_where_it_is_asked_the_reading_from_elsewhere_is_offered() -> None:
    assert "Szőlős" in read("Szőlős".encode("cp1250"), "FR").values()


def test_absurd_readings_are_not_offered_beside_likely_ones() -> None:
    content = "Kučera".encode("cp1250")
    several = read(content, "FR")
    assert len(several) > 1
    assert "KuиEra" not in several.values()
    assert "windows-1251" not in several
