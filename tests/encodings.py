"""How files are read that don't say their encoding: `python -m tests.encodings` measures it anew.

Names of many languages in all encodings that are usual for them, in files of one name, of five and
of fifty, of a customer in a country where the language is spoken, and in others where it is not.
"""

import io
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress

from tests.corpora import Corpus, held_out_names, own_names
from tests.letters import COMMAND as LETTERS_COMMAND
from tests.support.house import BASE_DIR
from uploads.spreadsheets.encodings.languages import headings_in
from uploads.spreadsheets.encodings.readings import readings
from uploads.spreadsheets.kinds import CODE_PAGES

FILE = BASE_DIR / "docs" / "encodings.md"
COMMAND = "python -m tests.encodings"
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
that no language has, or that seldom stand side by side in its names. Languages of the customer's
country, and of the file's own headings, cost nothing, one more language in the whole file a little,
and so does a code page that was made for none of them. A reading that is far likelier than all
others is taken, and the page of the upload says which one, with **Names look wrong?** beside it.
Where several are likely the user chooses among these; those that make the same text are one.

What is known of languages is derived from installed packages by `{LETTERS_COMMAND}`, whose head
names them; a test compares.

Below is what comes of it: files that were read right, those that were asked about with the right
reading among the choices, and those that were read wrong or did not offer the right reading.
*Windows* is the code page that Excel uses where the language is at home, *all* are the usual
encodings there with those of other systems, of MS-DOS and of old Macs, and *elsewhere* is the same
for customers in {", ".join(ELSEWHERE)}, *with headings* where a line of headings in the language
stands above. Each with files of 1, of 5 and of 50 names beyond ASCII: names that are ASCII say
nothing and change nothing.

A file of one such name is often asked about: in a single word there is little to tell by. That is
meant so, for a wrong letter would be stored. None of this is proof: a file of other words than
names, or of a language that is not listed, can be read wrong, which is why the page says how it was
read before anything is written.

Written by `{COMMAND}`; a test compares.
"""
_COLUMNS: tuple[tuple[str, bool, bool], ...] = (
    # What it is called, whether at home, whether the usual encodings of other systems too.
    ("Windows", True, False),
    ("all", True, True),
    ("elsewhere", False, True),
)
CORPORA = {
    """## Our own names

The rules were made with these before one's eyes: `names.txt` beside their tests.
""": own_names,
    """## Names that nothing was made of

Names of people and cities from Mimesis, without those that stand in the lists of which the letters
were counted; of languages that it has.
""": held_out_names,
}


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


def measured(
    language: str,
    encodings: Sequence[str],
    corpus: Corpus,
    *,
    home: bool,
    size: int,
    headings: bytes = b"",
) -> Counter[str]:
    """Return how often files were read right, asked about, and read wrong."""
    country, names = corpus[language]
    countries = [country] if home else [other for other in ELSEWHERE if other != country]
    return Counter(
        outcome(headings + content, encoding, where)
        for encoding in encodings
        for where in countries
        for content in files(names, encoding, size)
    )


def counts_of(language: str, corpus: Corpus) -> list[Counter[str]]:
    """Return what the row of a language holds, column by column."""
    usual = USUAL[language].split()
    counts = [
        measured(language, usual if every else usual[:1], corpus, home=home, size=size)
        for _name, home, every in _COLUMNS
        for size in SIZES
    ]
    headings = ";".join(headings_in(language)[:2]).encode()
    encodings = usual if headings else []
    above = headings + b"\r\n"
    counts.append(measured(language, encodings, corpus, home=False, size=1, headings=above))
    return counts


def line(language: str, counts: Sequence[Counter[str]]) -> str:
    return f"| {language} | {' | '.join(map(_cell, counts))} |"


def table(corpus: Corpus) -> list[str]:
    """Return the lines of a table, a row for each language."""
    head = [f"{name}, {size}" for name, _home, _all in _COLUMNS for size in SIZES]
    head.append("elsewhere with headings, 1")
    lines = [f"| language | {' | '.join(head)} |", f"|---{'|---' * len(head)}|"]
    totals = [Counter[str]() for _column in head]
    for language in corpus:
        counts = counts_of(language, corpus)
        for total, count in zip(totals, counts, strict=True):
            total.update(count)
        lines.append(line(language, counts))
    lines.append(f"| **all** | {' | '.join(map(_cell, totals))} |")
    shares = [100 * total["asked"] / max(1, total.total()) for total in totals]
    lines.append(f"| **asked** | {' | '.join(f'{share:.0f} %' for share in shares)} |")
    return lines


def page() -> str:
    """Return the page with a table for each corpus."""
    parts = [line for title, names in CORPORA.items() for line in (title, *table(names()), "")]
    return "\n".join([HEAD, *parts])


def _cell(count: Counter[str]) -> str:
    return " / ".join(str(count[name]) for name in _OUTCOMES)


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
