"""Readings of files that don't say their encoding: never wrong, and seldom asked about."""

import io
from collections import Counter

import pytest

from tests import encodings
from uploads.spreadsheets.encodings.readings import Reading, differing, pieces, readings


def read(content: bytes, country: str = "", *, every: bool = False) -> dict[str, str]:
    found = readings(io.BytesIO(content), country, every=every)
    return {reading.encoding: reading.read(content) for reading in found}


@pytest.mark.slow
@pytest.mark.once
def test_no_file_of_names_is_read_wrong_and_the_table_is_up_to_date() -> None:
    table = encodings.table()
    totals = table.partition("| **all** | ")[2].partition(" |\n")[0].split(" | ")
    assert {total.rpartition(" / ")[2] for total in totals} == {"0"}
    assert encodings.FILE.read_text(encoding="utf-8") == table, f"run {encodings.COMMAND}"


@pytest.mark.parametrize("language", ["cs", "de", "ru", "ja"])
def test_fifty_names_are_read_without_a_question(language: str) -> None:
    usual = encodings.USUAL[language].split()
    counts = [encodings.measured(language, each, home=True, size=50) for each in usual]
    assert sum(counts, Counter()).keys() == {"right"}


def test_pieces_are_what_stands_between_bytes_of_no_letter() -> None:
    assert list(pieces([b"a@b;Zo\xeb Ada;\xc1", b"\xc2\r\nZo\xeb"])) == [b"Zo\xeb", b"\xc1\xc2"]


def test_a_piece_without_an_end_is_not_kept_whole() -> None:
    long = b"\xe9" * (3 << 20)
    assert b"".join(pieces(iter([long[:1_000_000]] * 3))) == long[:3_000_000]


def test_readings_that_are_alike_are_one() -> None:
    assert read("Müller".encode("cp1252"), "DE") == {"windows-1252": "Müller"}


def test_unlikely_readings_come_where_every_one_is_wanted() -> None:
    content = "Müller".encode("cp1252")
    every = read(content, "DE", every=True)
    assert next(iter(every)) == "windows-1252"
    assert every["windows-1251"] == "Mьller"
    assert len(set(every.values())) == len(every)


def test_a_language_from_elsewhere_is_believed_if_many_names_are_of_it() -> None:
    one, more = Reading("cp852", 1.0, 0), Reading("cp852", 20.0, 0)
    one.savings["cs"], more.savings["cs"] = 1.0, 20.0
    assert (one.cost, more.cost) == (1.0, 1.5)


def test_a_letter_far_down_tells() -> None:
    same = " ".join(f"Zo{letter}{letter}" for letter in "éüö") + "\r\n"
    content = (same * 50_000 + "Řehoř Dvořák Jiří Kučerů Vaněk").encode("cp1250")
    assert next(iter(read(content, "CZ"))) == "windows-1250"


def test_what_differs_is_found() -> None:
    file = io.BytesIO("Zoë Kučera Dvořák".encode("cp1250"))
    several = [Reading("windows-1250", 0, 0), Reading("windows-1252", 0, 1)]
    found = [piece.decode("cp1250") for piece in differing(file, several, 9)]
    assert sorted(found) == ["Dvořák", "Kučera"]
    assert len(differing(file, several, 1)) == 1
