"""What is known of the letters of languages, derived anew: `python -m tests.letters` writes it.

Counted in the names of people and places that Faker has, in the names of countries of
django-countries, and where these are few in Django's own sentences: all are installed for other
reasons. Which letters a language has beyond ASCII is written below, as Unicode's CLDR 48 has it:
all of its main letters, and of the auxiliary ones those that names have.
"""

import gettext
import os
import pkgutil
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import django
import django_countries

from tests.support.house import BASE_DIR

# Run by itself, this imports the portal, and so does what builds on it.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from uploads.spreadsheets.encodings.languages import script

COMMAND = "python -m tests.letters"
FOLDER = BASE_DIR / "uploads" / "spreadsheets" / "encodings"
# A letter of fewer words is rare: another neighbor of it says little.
_RARE = 12
# So many names beyond ASCII say which letters stand side by side.
_FEW = 400
LATIN = {
    "az": "çöüğışə",
    "ca": "àáçèéíïñòóúü",
    "cs": "áéíóöúüýčďěňřšťůž",
    "da": "åæéø",
    "de": "ßáäçèéêëöü",
    "es": "áéíñóúü",
    "et": "äõöüšž",
    "fi": "äåéöšž",
    "fr": "àâäæçèéêëîïôöùûüÿœ",
    "ga": "áéíóú",
    "hr": "ćčđšž",
    "hu": "áäéíóöúüőű",
    "is": "áæéíðóöúýþ",
    "it": "àèéìíòóöùü",
    "lt": "ąčėęįšūųž",
    "lv": "āčēģīķļņšūž",
    "nl": "âáäçèéêëíïóöûúü",
    "no": "àåæéòóôø",
    "pl": "óąćęłńśźż",
    "pt": "àáâãçéêíòóôõúü",
    "ro": "âîăşţșț",
    "sk": "áäéíóôöúüýčďĺľňŕšťž",
    "sl": "ćčđšž",
    "sq": "çë",
    "sv": "äàåéöü",
    "tr": "âçîöûüğış",
    "vi": "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
}
# Of other alphabets all letters that stand in the lists more than once.
OTHERS = {
    "ar": "ARABIC",
    "be": "CYRILLIC",
    "bg": "CYRILLIC",
    "el": "GREEK",
    "fa": "ARABIC",
    "he": "HEBREW",
    "mk": "CYRILLIC",
    "ru": "CYRILLIC",
    "sr": "CYRILLIC",
    "th": "THAI",
    "uk": "CYRILLIC",
}
CHARACTERS = {"ja": "CJK", "ko": "HANGUL", "zh-hans": "CJK", "zh-hant": "CJK"}
# What the packages call a language, where it is not what we call it.
_FAKER = {"zh-hans": "zh_CN", "zh-hant": "zh_TW"}
_DJANGO = {"no": "nb", "zh-hans": "zh_Hans", "zh-hant": "zh_Hant"}
_COUNTRIES = {"he": "he", "ko": "ko_KR", "th": "th_TH", "tr": "tr_TR", **_DJANGO}
_PROVIDERS = ("person", "address")


def names(language: str) -> Iterator[str]:
    """Yield all names of people, places and countries that the packages have in the language."""
    for kind in _PROVIDERS:
        for locale in _locales(kind, _FAKER.get(language, language)):
            provider = import_module(f"faker.providers.{kind}.{locale}").Provider
            yield from _strings({k: v for k, v in vars(provider).items() if k[:2] != "__"})
    name = _COUNTRIES.get(language, language)
    yield from _translated(Path(django_countries.__file__).parent, name)


def _translated(folder: Path, name: str) -> Iterator[str]:
    for file in sorted(folder.glob(f"**/locale/{name}/LC_MESSAGES/django.mo")):
        with file.open("rb") as content:
            # Of what is said in several numbers the catalog has a line for each.
            catalog = gettext.GNUTranslations(content)._catalog  # type: ignore[attr-defined] # noqa: SLF001
        yield from (said for asked, said in catalog.items() if asked)


def _locales(kind: str, name: str) -> list[str]:
    package = import_module(f"faker.providers.{kind}")
    found = [module.name for module in pkgutil.iter_modules(package.__path__)]
    return [locale for locale in sorted(found) if locale == name or locale.startswith(f"{name}_")]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings([*value.keys(), *value.values()])
    elif isinstance(value, list | tuple | set):
        for each in value:
            yield from _strings(each)


@cache
def known_words(language: str) -> frozenset[str]:
    """Return the words of the language in small letters; of sentences where names are few."""
    found = _words(names(language))
    if sum(not word.isascii() for word in found) < _FEW:
        name = _DJANGO.get(language, language)
        found |= _words(_translated(Path(django.__file__).parent, name))
    return found


def _words(texts: Iterable[str]) -> frozenset[str]:
    found = set[str]()
    for text in texts:
        # Within a Cyrillic word no apostrophe parts it.
        whole = re.sub("(?<=[\u0400-\u052f])[’ʼ](?=[\u0400-\u052f])", "", text)
        plain = unicodedata.normalize("NFC", whole.replace("İ", "i")).lower()
        found |= set(
            "".join(
                char if unicodedata.category(char)[0] in "LM" else " " for char in plain
            ).split()
        )
    return frozenset(found)


def letters_of(language: str) -> set[str]:
    if language in LATIN:
        return set(LATIN[language])
    counts = Counter(char for word in known_words(language) for char in set(word))
    name = OTHERS[language]
    return {char for char, count in counts.items() if count > 1 and script(char) == name}


def letters() -> str:
    """Return the file of letters: language, letter, what stands before it, and after it."""
    lines = []
    for language in sorted({*LATIN, *OTHERS}):
        own = letters_of(language)
        before, after = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        counts: Counter[str] = Counter()
        for word in known_words(language):
            strange = {char for char in word if not char.isascii()} - own
            if word.isascii() or strange:
                continue
            counts.update(set(word) & own)
            for one, other in pairwise(f"^{word}$"):
                if other in own:
                    before[other].add(one)
                if one in own and other not in own:
                    after[one].add(other)
        for letter in sorted(own):
            rare = "*" * (counts[letter] < _RARE)
            sides = ("".join(sorted(side[letter])) for side in (before, after))
            lines.append(f"{language} {letter} {rare}{' '.join(sides)}\n")
    return "".join(lines)


def characters() -> str:
    """Return the file of characters of East Asia, by language."""
    lines = []
    for language, name in CHARACTERS.items():
        found = {char for word in known_words(language) for char in word if script(char) == name}
        lines.append(f"{language} {''.join(sorted(found))}\n")
    return "".join(lines)


if __name__ == "__main__":
    (FOLDER / "letters.txt").write_text(letters(), encoding="utf-8")
    (FOLDER / "characters.txt").write_text(characters(), encoding="utf-8")
