"""Texts that know what they are made of: which text of the catalogs, with which values.

`words` is this as JSON: {"id": text}, perhaps with "context", "plural" and "number", and "with" its
values; or {"figure": number}, {"day": …}, {"moment": …}, {"country": code}; or {"join": parts,
"by": text}. A value is a text or a number as it is, or again such words. What is stored is data: it
is filled in with nothing but the values beside it, and each of them is a mere text.

In a column of their own they have the "sum" of the sentence that they were stored with. A version
of before, which runs while the portal is upgraded, writes another sentence and leaves the words:
they are of no use then.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self
from zlib import crc32

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise, lazy
from django.utils.translation import ngettext_lazy as ngettext_lazy  # noqa: PLC0414 - the rest of the names
from django.utils.translation import trans_real
from django_countries import countries

Words = dict[str, Any]

# Sentences within sentences: none of ours goes half as deep.
DEEPEST = 8
# What a column of words is called, beside that of the sentence.
BESIDE = "_said"
# What is raised by what another version of the portal has stored: it may have any form.
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Said(str):
    """A text in the language of the moment, and what it takes to say it in another.

    It is a text like any other, and loses its words where it is put into one that has none, or cut;
    `%` and `joined` keep them. Equal texts are equal.
    """

    __slots__ = ("language", "words")

    words: Words
    language: str | None

    def __new__(cls, text: str, words: Words, language: str | None = None) -> Self:
        """Return the text, in the language that is active now where none is given."""
        new = super().__new__(cls, text)
        # Asking takes as long as translating does: a crowd has a sentence for each of its users.
        new.words, new.language = words, language or translation.get_language()
        return new

    def __getnewargs__(self) -> Any:
        """Return what a copy is made of."""
        return plain(self), self.words

    def __str__(self) -> str:
        """Return the text with its words, so that str() of a refusal keeps them."""
        return self

    def __mod__(self, values: Any) -> str:
        """Return the text with its values filled in; they are kept as they are."""
        text = str.__mod__(self, values)
        if not isinstance(values, Mapping) or "with" in self.words or "id" not in self.words:
            return text
        return Said(text, {**self.words, "with": dict(values)}, self.language)


def plain(text: object) -> str:
    """Return the mere text, also of one that is lazy."""
    return str.__str__(str(text))


def gettext(text: str) -> str:
    """Return the text in the language of the moment, as Django does."""
    return Said(translation.gettext(text), {"id": text})


def ngettext(text: str, plural: str, number: int) -> str:
    words = {"id": text, "plural": plural, "number": number}
    return Said(translation.ngettext(text, plural, number), words)


def pgettext(context: str, text: str) -> str:
    return Said(translation.pgettext(context, text), {"id": text, "context": context})


if TYPE_CHECKING:
    from django.utils.translation import gettext_lazy as gettext_lazy  # noqa: PLC0414
    from django.utils.translation import pgettext_lazy as pgettext_lazy  # noqa: PLC0414
else:
    gettext_lazy, pgettext_lazy = lazy(gettext, str), lazy(pgettext, str)


def joined(parts: Iterable[object], by: str = " ") -> str:
    """Return the parts as one text, as `by.join` does."""
    texts = [part if isinstance(part, str) else str(part) for part in parts]
    if len(texts) == 1:
        return texts[0]
    if not any(isinstance(text, Said) for text in texts):
        return by.join(texts)
    return Said(by.join(texts), {"join": texts, "by": by})


joined_lazy = lazy(joined, str)


def figure(number: int) -> str:
    """Return the number as the reader's language groups it."""
    # Every language writes small ones alike, and asking which takes ten times as long.
    if 0 <= number < 1_000:
        return str(number)
    return Said(number_format(number, force_grouping=True), {"figure": number})


def day(on: date) -> str:
    """Return a day as the reader's language writes it."""
    return Said(date_format(on, "DATE_FORMAT"), {"day": on.isoformat()[:10]})


def moment(at: datetime) -> str:
    """Return a moment as the reader's language writes it, in the reader's time zone."""
    shown = date_format(timezone.localtime(at), "DATETIME_FORMAT")
    return Said(shown, {"moment": at.isoformat()})


def country(code: str) -> str:
    """Return the name of a country."""
    return Said(countries.name(code), {"country": code})


def cut(text: str, most: int) -> str:
    """Return the text as a column of so many characters holds it; its words tell all of it."""
    short = plain(text)[:most]
    return Said(short, text.words, text.language) if isinstance(text, Said) else short


def cleaned(text: str, clean: Callable[[str], str]) -> str:
    """Return the text with this done to it, and to each of its values."""
    if not isinstance(text, Said):
        return clean(text)
    words = dict(text.words)
    if "with" in words:
        values = words["with"].items()
        words["with"] = {
            name: cleaned(value, clean) if isinstance(value, str) else value
            for name, value in values
        }
    if "join" in words:
        words["join"] = [cleaned(part, clean) for part in words["join"]]
    return Said(clean(plain(text)), words, text.language)


def words_of(text: object) -> Words | None:
    """Return what is stored beside the text, or None for one that can't be said otherwise."""
    if isinstance(text, Promise):
        text = str(text)
    return _as_data(text.words) if isinstance(text, Said) else None


def words_beside(text: object) -> Words | None:
    """Return what is stored in the column beside that of the text."""
    words = words_of(text)
    return None if words is None else {**words, "sum": _sum(plain(text))}


def columns_of(name: str, text: str, most: int | None = None) -> dict[str, Any]:
    """Return the values of the column of a sentence, and of that of its words, for `update`."""
    short = text if most is None else cut(text, most)
    return {name: plain(short), f"{name}{BESIDE}": words_beside(short)}


def _sum(text: str) -> int:
    return crc32(text.encode(errors="replace"))


def _as_data(words: Words) -> Words:
    found = {name: value for name, value in words.items() if name != "sum"}
    if "with" in found:
        # No more than the sentence shows: what else was at hand is nobody's to keep.
        texts = f"{found['id']} {found.get('plural', '')}"
        shown = [name for name in found["with"] if f"%({name})" in texts]
        found["with"] = {str(name): _value(found["with"][name]) for name in shown}
    if "join" in found:
        found["join"] = [_value(part) for part in found["join"]]
    return found


def _value(value: object) -> Any:
    if isinstance(value, Promise):
        value = str(value)
    if isinstance(value, Said):
        return _as_data(value.words)
    return value if isinstance(value, int) else str(value)


def retold(text: str, words: Any) -> str:
    """Return a stored text in the reader's language; as it is where that can't be done.

    So it is where it was stored without words, or with those of another sentence, and where a later
    version has other texts.
    """
    if not isinstance(words, dict) or not words:
        return text
    try:
        if words.get("sum") not in {None, _sum(text)}:
            return text
        return _say(words, translation.get_language())
    except UNREADABLE:
        return text


def retold_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns, or facts, in the reader's language, and without the words beside them."""
    return {
        name: retold(value, row.get(f"{name}{BESIDE}"))
        for name, value in row.items()
        if not name.endswith(BESIDE)
    }


def words_in(value: object) -> Any:
    """Return the words of all texts in a value of JSON, in its shape; None where none has any."""
    if isinstance(value, str):
        return words_of(value)
    if isinstance(value, list | tuple):
        each = [words_in(part) for part in value]
        return each if any(each) else None
    if isinstance(value, dict):
        return {name: found for name, part in value.items() if (found := words_in(part))} or None
    return None


def retold_in(value: Any, words: Any) -> Any:
    """Return a value of JSON with its texts in the reader's language, by their words_in."""
    if not words:
        return value
    if isinstance(value, str):
        return retold(value, words)
    if isinstance(value, list) and isinstance(words, list) and len(value) == len(words):
        return [retold_in(part, found) for part, found in zip(value, words, strict=True)]
    if isinstance(value, dict) and isinstance(words, dict):
        return {name: retold_in(part, words.get(name)) for name, part in value.items()}
    return value


def _say(words: Words, language: str | None, depth: int = 0) -> Said:
    """Return the text; its values are again texts with words, so that it can be stored anew."""
    if depth > DEEPEST:
        raise ValueError("too deep")

    def part(value: Any) -> Any:
        return _say(value, language, depth + 1) if isinstance(value, dict) else value

    if "join" in words:
        parts, by = [part(value) for value in words["join"]], str(words["by"])
        return Said(by.join(map(str, parts)), {"join": parts, "by": by}, language)
    if "id" not in words:
        return Said(_shown(words), words, language)
    text = _translated(words)
    if "with" not in words:
        return Said(text, words, language)
    values = {name: part(value) for name, value in words["with"].items()}
    return Said(text % values, {**words, "with": values}, language)


def _shown(words: Words) -> str:
    if "figure" in words:
        return number_format(int(words["figure"]), force_grouping=True)
    if "day" in words:
        return date_format(date.fromisoformat(words["day"]), "DATE_FORMAT")
    if "country" in words:
        return countries.name(str(words["country"]))
    at = timezone.localtime(datetime.fromisoformat(words["moment"]))
    return date_format(at, "DATETIME_FORMAT")


def _translated(words: Words) -> str:
    text, context = str(words["id"]), words.get("context")
    _check_known(f"{context}{trans_real.CONTEXT_SEPARATOR}{text}" if context else text)
    if "plural" in words:
        return translation.ngettext(text, str(words["plural"]), int(words["number"]))
    return translation.pgettext(context, text) if context else translation.gettext(text)


def _check_known(text: str) -> None:
    """Raise KeyError for a text that the catalog of the language lacks: it is another one now."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    if language == settings.LANGUAGE_CODE:
        return
    catalog = trans_real.translation(language)._catalog  # type: ignore[attr-defined]  # noqa: SLF001
    if text not in catalog and (text, 0) not in catalog:
        raise KeyError(text)
