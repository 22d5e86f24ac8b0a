"""How files are read that don't say their encoding: `python -m tests.encodings` measures it anew.

Names of many languages in all encodings that are usual for them, in files of one name, of five and
of fifty, of a customer in a country where the language is spoken, and in others where it is not.
"""

import io
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from tests.support.house import BASE_DIR
from uploads.spreadsheets.encodings.readings import readings
from uploads.spreadsheets.kinds import CODE_PAGES

FILE = BASE_DIR / "docs" / "encodings.md"
COMMAND = "python -m tests.encodings"
NAMES = Path(__file__).parent / "uploads" / "spreadsheets" / "encodings" / "names.txt"
SIZES = (1, 5, 50)
ELSEWHERE = ("FR", "CZ", "US")
_WEST = "windows-1252 iso8859-1 iso8859-15 mac-roman cp850 cp437"
_MIDDLE = "windows-1250 iso8859-2 mac-latin2 cp852"
_CYRILLIC = "windows-1251 iso8859-5 mac-cyrillic cp866"
USUAL = {
    "cs": _MIDDLE,
    "sk": _MIDDLE,
    "pl": _MIDDLE,
    "hu": _MIDDLE,
    "hr": _MIDDLE,
    "ro": _MIDDLE,
    "sl": _MIDDLE,
    "de": f"{_WEST} windows-1250",
    "fr": _WEST,
    "es": _WEST,
    "pt": _WEST,
    "it": _WEST,
    "nl": _WEST,
    "da": _WEST,
    "no": _WEST,
    "sv": _WEST,
    "fi": _WEST,
    "is": _WEST,
    "et": "windows-1257 windows-1252 iso8859-15",
    "lv": "windows-1257",
    "lt": "windows-1257",
    "tr": "windows-1254 iso8859-9",
    "vi": "windows-1258",
    "ru": f"{_CYRILLIC} koi8-r",
    "uk": "windows-1251 iso8859-5 mac-cyrillic koi8-u",
    "bg": _CYRILLIC,
    "sr": "windows-1251 iso8859-5 mac-cyrillic",
    "el": "windows-1253 iso8859-7",
    "he": "windows-1255 iso8859-8",
    "ar": "windows-1256",
    "th": "cp874 iso8859-11",
    "ja": "cp932 shift-jis euc-jp",
    "zh-hans": "gbk gb2312",
    "zh-hant": "cp950 big5",
    "ko": "cp949 euc-kr",
}
_OUTCOMES = ("right", "asked", "wrong")
HEAD = f"""# Encodings

A text file that begins with a mark, or is UTF-8 as a whole, says itself how its letters are stored.
Any other is read in all {len(CODE_PAGES)} code pages that the portal knows, and each reading is
judged by its words: letters of two scripts in one word, capitals and symbols within words, letters
that no language has, or that never stand side by side in the names of the languages that have them.
Languages of the customer's country cost nothing, one more language in the whole file a little. A
reading that is far likelier than all others is taken, and the page of the upload says which one,
with **Names look wrong?** beside it. Where several are likely the user chooses among these; those
that make the same text are one.

What comes of that, measured with {len(USUAL)} languages: files that were read right, those that
were asked about with the right reading among the choices, and those that were read wrong or did
not offer the right reading. *Windows* is the code page that Excel uses where the language is at
home, *all* are the usual encodings there with those of other systems, of MS-DOS and of old Macs,
and *elsewhere* is the same for customers in {", ".join(ELSEWHERE)}. Each with files of 1, of 5 and
of 50 names beyond ASCII: names that are ASCII say nothing and change nothing.

A file of one such name is often asked about: in a single word there is little to tell by. That is
meant so, for a wrong letter would be stored. None of this is proof: a file of other words than
names, or of a language that is not listed, can be read wrong, which is why the page says how it was
read before anything is written.

Written by `{COMMAND}`; a test compares.
"""


def encoded(text: str, encoding: str) -> bytes:
    """Return the text as a program saves it; of Vietnamese the tones follow their letters."""
    if encoding != "windows-1258":
        return text.encode(encoding)
    found = b""
    for letter in text:
        try:
            found += letter.encode(encoding)
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tone = next(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
            rest = unicodedata.normalize("NFC", parts.replace(tone, ""))
            found += (rest + tone).encode(encoding)
    return found


def outcome(content: bytes, encoding: str, country: str) -> str:
    """Return what becomes of a file; it is wrong, too, to ask and not to offer what is right."""
    right = content.decode(encoding)
    found = [content.decode(reading.encoding) for reading in readings(io.BytesIO(content), country)]
    if right not in found:
        return "wrong"
    return "right" if len(found) == 1 else "asked"


def files(names: list[str], encoding: str, size: int) -> Iterator[bytes]:
    """Yield files of so many names; of those of a single name each third one."""
    able = []
    for name in names:
        with suppress(UnicodeEncodeError, StopIteration):
            able.append(encoded(name, encoding))
    able = [name for name in able if not name.isascii()]
    for at in range(0, len(able) - size + 1, size if size > 1 else 3):
        yield b"\r\n".join(able[at : at + size])


@cache
def names() -> dict[str, tuple[str, list[str]]]:
    """Return by language the country and the names."""
    lines = (line.split() for line in NAMES.read_text(encoding="utf-8").splitlines())
    return {line[0]: (line[1], line[2:]) for line in lines}


@cache
def measured(language: str, encoding: str, *, home: bool, size: int) -> Counter[str]:
    country, all_names = names()[language]
    countries = [country] if home else [other for other in ELSEWHERE if other != country]
    return Counter(
        outcome(content, encoding, where)
        for where in countries
        for content in files(all_names, encoding, size)
    )


def table() -> str:
    head = [f"{where}, {size}" for where in ("Windows", "all", "elsewhere") for size in SIZES]
    lines = [f"| language | {' | '.join(head)} |", f"|---{'|---' * len(head)}|"]
    totals = [Counter[str]() for _column in head]
    for language in names():
        usual = USUAL[language].split()
        counts = [
            sum((measured(language, each, home=home, size=size) for each in some), Counter())
            for some, home in ((usual[:1], True), (usual, True), (usual, False))
            for size in SIZES
        ]
        for total, count in zip(totals, counts, strict=True):
            total.update(count)
        lines.append(f"| {language} | {' | '.join(map(_cell, counts))} |")
    lines.append(f"| **all** | {' | '.join(map(_cell, totals))} |")
    shares = [100 * total["asked"] / max(1, total.total()) for total in totals]
    lines.append(f"| **asked** | {' | '.join(f'{share:.0f} %' for share in shares)} |")
    return "\n".join([HEAD, *lines, ""])


def _cell(count: Counter[str]) -> str:
    return " / ".join(str(count[name]) for name in _OUTCOMES)


if __name__ == "__main__":
    FILE.write_text(table(), encoding="utf-8")
