"""Which encoding a text file has is proven, likely beyond doubt, or asked."""

import codecs
import io

import pytest

from uploads.errors import FileRefused
from uploads.spreadsheets import Unclear
from uploads.spreadsheets.decoding import find_encoding
from uploads.spreadsheets.kinds import ALL, CODE_PAGES


def found(content: bytes, answer: str = "", country: str = "") -> str:
    return find_encoding(io.BytesIO(content), answer, country)


def asked(content: bytes, answer: str = "", country: str = "") -> Unclear:
    with pytest.raises(Unclear) as caught:
        found(content, answer, country)
    assert caught.value.question == "encoding"
    return caught.value


def refused(content: bytes) -> str:
    with pytest.raises(FileRefused) as caught:
        found(content)
    return caught.value.code


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"", "utf-8"),
        (b"User Name\nada", "utf-8"),
        ("Zoë, 桜井".encode(), "utf-8"),
        ("Zoë".encode("utf-8-sig"), "utf-8-sig"),
        ("Zoë".encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + "Zoë".encode("utf-16-be"), "utf-16"),
    ],
)
def test_unicode_proves_itself(content: bytes, encoding: str) -> None:
    assert found(content) == encoding


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_so_does_utf_16_without_a_mark(encoding: str) -> None:
    content = "Email;City\r\nzoë@b;Łódź\r\n".encode(encoding)
    assert found(content) == encoding
    # A code page that was chosen for it says nothing.
    assert found(content, "windows-1252") == encoding
    assert refused(content[:-1]) == "file-not-text"


def test_the_place_where_the_file_was_left_makes_no_difference() -> None:
    file = io.BytesIO("Zoë".encode("utf-8-sig"))
    file.seek(0, io.SEEK_END)
    assert find_encoding(file) == "utf-8-sig"


def test_a_mark_that_does_not_hold_is_refused() -> None:
    assert refused(codecs.BOM_UTF8 + b"Ad\xe1") == "file-encoding-wrong"
    assert refused(codecs.BOM_UTF16_LE + b"A") == "file-encoding-wrong"


@pytest.mark.parametrize("content", [b"Ada\0", b"Ad\xe1\0", "Adá\0".encode("utf-8-sig")])
def test_nul_is_no_text(content: bytes) -> None:
    assert refused(content) == "file-not-text"


def test_encodings_that_lack_a_letter_of_the_file_are_not_offered() -> None:
    offered = {choice.value for choice in asked(b"\x81\x9d\xff", ALL).choices}
    assert offered.isdisjoint({"windows-1252", "windows-1250", "gbk", "cp949"})
    assert "mac-roman" in offered


@pytest.mark.parametrize(
    ("text", "encoding", "country"),
    [
        ("Müller", "windows-1252", "DE"),
        ("Wałęsa", "windows-1250", "DE"),
        ("Søren Kjær", "windows-1252", "DK"),
        ("Dvořák Kučera Novotný Růžička", "windows-1250", "CZ"),
        ("Γιάννης Παπαδόπουλος", "windows-1253", "GR"),
        ("Сергей Кузнецов Наталья Яковлева", "windows-1251", "US"),
        ("桜井 翔太", "cp932", "JP"),
    ],
)
def test_an_encoding_is_taken_where_no_other_gives_likely_words(
    text: str, encoding: str, country: str
) -> None:
    assert text.encode(encoding).decode(found(text.encode(encoding), country=country)) == text


def test_letters_that_may_be_others_are_asked_for() -> None:
    choices = asked("Name\nKučera\n".encode("windows-1250")).choices
    samples = {choice.value: choice.sample for choice in choices}
    assert samples["windows-1250"] == (("Kučera",),)
    assert samples["windows-1252"] == (("Kuèera",),)
    # What no language writes is not offered.
    assert samples.keys().isdisjoint({"windows-1251", "cp852", "gbk"})


def test_the_languages_of_the_country_are_likelier() -> None:
    content = "Hélène;Thérèse".encode("windows-1252")
    first = {country: asked(content, country=country).choices[0] for country in ("FR", "CZ")}
    assert {country: choice.value for country, choice in first.items()} == {
        "FR": "windows-1252",
        "CZ": "windows-1250",
    }


def test_all_readings_are_shown_where_they_are_asked_for_each_once() -> None:
    choices = asked("Name\nZoë\n".encode("windows-1252"), ALL).choices
    read = [choice.sample for choice in choices]
    assert choices[0].sample == (("Zoë",),)
    assert (("Zoл",),) in read
    assert len({choice.value for choice in choices}) == len(choices) < len(CODE_PAGES)
    assert len(set(read)) == len(read)


def test_an_answer_is_taken_where_the_file_can_be_read_so() -> None:
    content = "Kováč".encode("windows-1250")
    assert found(content, "windows-1250") == "windows-1250"
    assert found("桜井".encode("cp932"), "cp932") == "cp932"
    # What is Unicode needs no answer.
    assert found(b"Ada", "windows-1250") == "utf-8"


def test_an_answer_that_cannot_be_is_asked_for_again() -> None:
    content = "Kučera".encode("windows-1250")
    assert asked(content, "klingon").choices
    # 0x9D stands for nothing in Windows-1252.
    assert "windows-1252" not in {
        choice.value for choice in asked(b"\x9d\xff", "windows-1252").choices
    }


def test_samples_show_few_lines_each_with_something_new() -> None:
    same = "Zoë;Leeds\r\n" * 50
    more = "".join(f"{letter};x\r\n" for letter in "áàâäãåéèê")
    choices = asked((same + more).encode("windows-1252"), ALL).choices
    sample = max(choice.sample for choice in choices if choice.sample[0] == ("Zoë",))
    assert len(sample) == 6
