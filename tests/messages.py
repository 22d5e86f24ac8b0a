"""The portal's texts and what locale/ has of them: `python -m tests.messages` brings it up to date.

New texts are added without a translation, which tests/rules/test_messages.py asks for; those that
are no longer used go. A text that has changed is a new one.
"""

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from partnerportal.catalogs import LOCALE
from tests.support.house import BASE_DIR, OUR_PACKAGES, modules

LANGUAGES = ("de", "es", "fr")
# A text; or a singular with its plural.
Text = str | tuple[str, ...]
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    "npgettext": ((1, "c"), 2, 3),
}
# What a translation has as often as the text: placeholders, marks of HTML, addresses.
KEPT = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}|</?[a-z]+[^>]*>|https?://\S+|&[a-z]+;")
# Without it, a file would change with every day.
WRITTEN_AT = datetime(2026, 12, 1, tzinfo=UTC)


@cache
def texts() -> frozenset[tuple[str, Text]]:
    """All texts with their contexts, "" for none, from modules and templates."""
    found: set[tuple[str, Text]] = set()
    for source in _sources():
        for _line, text, _comments, context in extract("python", io.BytesIO(source), KEYWORDS):
            found.add((context or "", tuple(text) if isinstance(text, list | tuple) else text))
    # A text that is the singular of another is found there.
    singulars = {(context, text[0]) for context, text in found if isinstance(text, tuple)}
    return frozenset(found - singulars)


def _sources() -> Iterator[bytes]:
    for module in modules(*OUR_PACKAGES):
        yield (BASE_DIR / module).read_bytes()
    templates = BASE_DIR / "templates"
    for template in sorted([*templates.rglob("*.html"), *templates.rglob("*.txt")]):
        code = templatize(template.read_text(), origin=str(template))
        # What is no text is a row of X, whose indentation means nothing.
        yield "\n".join(line.strip() for line in code.split("\n")).encode()


def catalog_of(language: str) -> Catalog:
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return Catalog(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def entries(catalog: Catalog) -> dict[tuple[str, Text], Message]:
    """The translations by context and text, without the catalog's head."""
    found: dict[tuple[str, Text], Message] = {}
    for message in catalog:
        if message.id:
            text = message.id if isinstance(message.id, str) else tuple(message.id)
            found[message.context or "", text] = message
    return found


def wrong_in(message: Message) -> str:
    """Return what is wrong with a translation, or ""."""
    sources, given = _forms(message.id), _forms(message.string)
    if message.fuzzy:
        return "is fuzzy"
    if not given or not all(given):
        return "is missing"
    for source, form in zip((*sources, *sources[-1:] * len(given)), given, strict=False):
        kept = sorted(KEPT.findall(form))
        # One of a thing need not be counted.
        fits = [sorted(KEPT.findall(each)) for each in {source, *sources[1:]}]
        if message.pluralizable:
            fits += [[mark for mark in each if mark != "%(count)s"] for each in fits]
        if kept not in fits:
            return f"has {kept}, and not {fits[0]}"
        if (source[:1].isspace(), source[-1:].isspace()) != (
            form[:1].isspace(),
            form[-1:].isspace(),
        ):
            return "begins or ends otherwise"
    return ""


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def update(language: str) -> tuple[int, int]:
    """Write the catalog anew; return how many texts it has, and how many without translation."""
    known = entries(catalog_of(language))
    new = Catalog(
        language,
        project="Partner Portal",
        header_comment="",
        creation_date=WRITTEN_AT,
        revision_date=WRITTEN_AT,
        fuzzy=False,
    )
    for context, text in sorted(texts(), key=str):
        old = known.get((context, text))
        new.add(text, old.string if old else "", context=context or None)
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, new, width=0, no_location=True, omit_header=False)
    return len(texts()), sum(wrong_in(each) == "is missing" for each in entries(new).values())


def main() -> None:
    for language in LANGUAGES:
        print(language, "{} texts, {} to translate".format(*update(language)), file=sys.stderr)


if __name__ == "__main__":
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
    main()
