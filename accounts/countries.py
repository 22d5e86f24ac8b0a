"""Countries as users write them: in any language that has a list of them, short, old, or wrong."""

import gettext
import re
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

import django_countries
from django_countries import countries
from django_countries.data import COUNTRIES

from customers.folding import fold

# What users write, and no list has: short forms, parts, former names, names in the own language.
_WRITTEN = {
    "AE": "uae, emirates, vae",
    "AL": "shqiperia, shqiperi",
    "AM": "hayastan",
    "BA": "bosnia, bih, bosna",
    "BE": "belgie, belgique, belgien",
    "BN": "brunei",
    "BO": "bolivia",
    "BR": "brasil",
    "CD": "drc, dr congo, dr kongo, rd congo, congo kinshasa, zaire",
    "CG": "congo brazzaville, republic of congo, republic of the congo",
    "CH": "schweiz, suisse, svizzera, svizra, confoederatio helvetica",
    "CI": "ivory coast",
    "CN": "zhongguo, prc",
    "CV": "cape verde",
    "CZ": "czech republic, czech rep, tschechien, tschechische republik, ceska republika",
    "DE": "brd, bundesrepublik deutschland, federal republic of germany",
    "EG": "misr",
    "FM": "micronesia",
    "GB": "uk, great britain, britain, england, scotland, wales, northern ireland,"
    " grossbritannien, royaume uni, angleterre, inglaterra, reino unido, engeland, schottland",
    "GE": "sakartvelo",
    "GR": "el, hellas, ellada",
    "HK": "hong kong sar",
    "IE": "eire, republic of ireland",
    "IN": "bharat",
    "IR": "iran",
    "IS": "island",
    "JP": "nippon, nihon",
    "KP": "north korea, dprk",
    "KR": "south korea, republic of korea, korea republic, rok",
    "LA": "laos",
    "LU": "letzebuerg",
    "MD": "moldova",
    "MK": "macedonia, fyrom, makedonija",
    "MM": "burma",
    "MO": "macau, macao sar",
    "MT": "malta",
    "NL": "holland, the netherlands, hollande, holanda, olanda",
    "PS": "palestine",
    "RU": "russia, ussr",
    "RE": "reunion",
    "SY": "syria",
    "SZ": "swaziland",
    "TL": "east timor",
    "TR": "turkey, turkiye",
    "TW": "taiwan, republic of china",
    "TZ": "tanzania",
    "US": "usa, us, united states, america, etats unis, eeuu, ee uu",
    "VA": "vatican, holy see",
    "VE": "venezuela",
    "VN": "vietnam, viet nam",
    "XK": "kosovo, kosova, kosove",
}
# Signs of cars and teams, which are no codes of countries: one may mean another country, so they
# are asked about.
_SIGNS = {
    sign: code
    for code, signs in {
        "AT": "a",
        "BE": "b",
        "BG": "bul",
        "CH": "sui",
        "DE": "d ger",
        "DK": "den",
        "ES": "e",
        "FR": "f",
        "GR": "gre",
        "HR": "cro",
        "HU": "h",
        "IT": "i",
        "JP": "j",
        "LU": "l",
        "LV": "lat",
        "NL": "ned",
        "NO": "n",
        "PT": "p por",
        "SE": "s",
        "SI": "slo",
        "ZA": "rsa",
    }.items()
    for sign in signs.split()
}
LONGEST = 100
# Words that stand in a name in one list and not in the next.
_LITTLE = {"the", "of", "and", "sar", "y", "und", "et", "e", "en", "og", "och"}


def country_of(text: str) -> str:
    """Return the code of the country that a text names, or "" where it names none, or two."""
    # Nobody's country has so long a name; and a cell can have a million brackets.
    whole = text.strip()[:LONGEST]
    code = whole.replace(".", "").replace(" ", "").upper()
    is_code = code.isascii() and len(code) in ((2, 3) if code.isalpha() else (3,))
    if is_code and (found := str(countries.alpha2(code))):
        return found
    named, _bracket, inside = whole.partition("(")
    inside = inside.rstrip(") ")
    found = _names().get(_plain(whole), "")
    if found or not inside:
        return found
    # "Deutschland (DE)": both must mean the same, if the brackets mean a country at all.
    outer, inner = _names().get(_plain(named), ""), country_of(inside)
    return outer if inner in ("", outer) else ""


def country_meant(text: str) -> str:
    """Return the code of the country that was probably meant by a text that names none, or ""."""
    plain = _plain(text[:LONGEST])
    if plain in _SIGNS:
        return _SIGNS[plain]
    best, code = 0.8, ""
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(plain)
    # Of thousands of names those that begin alike and are about as long.
    for name in _by_initial().get(plain[:1], ()):
        if abs(len(name) - len(plain)) > 3:
            continue
        matcher.set_seq1(name)
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
            ratio = matcher.ratio()
            if ratio > best:
                best, code = ratio, _names()[name]
    return code


def _plain(name: str) -> str:
    """Return a name without case, accents and what is written in more ways than one."""
    text = fold(name.replace("&", " and ").replace(".", " "))
    text = re.sub(r"\bst\b", "saint", re.sub(r"[^\w\s]", " ", text))
    # U.S.A. is USA.
    text = re.sub(r"\b(\w) (?=\w\b)", r"\1", text)
    words = [word for word in text.split() if word not in _LITTLE]
    # "Korea, Republic of" is "Republic of Korea".
    return " ".join(sorted(words))


@cache
def _names() -> dict[str, str]:
    """Return the codes by plain name, in every language that the library of countries knows.

    A name of two countries is of neither, unless in English.
    """
    english = {_plain(str(name)): code for code, name in countries}
    english |= {_plain(str(name)): code for code, name in COUNTRIES.items()}
    for code, names in countries.OLD_NAMES.items():
        english |= {_plain(str(name)): code for name in names if code in countries}
    written = {_plain(name): code for code, names in _WRITTEN.items() for name in names.split(", ")}
    others: dict[str, set[str]] = {}
    known = {(code, str(name)) for code, name in countries}
    known |= {(code, str(name)) for code, name in COUNTRIES.items()}
    # The catalogs are read and forgotten: to switch languages would keep those of all apps.
    for path in Path(django_countries.__file__).parent.glob("locale/*/*/django.mo"):
        with path.open("rb") as file:
            catalog = gettext.GNUTranslations(file)
        for code, name in known:
            others.setdefault(_plain(catalog.gettext(name)), set()).add(code)
    clear = {name: codes.pop() for name, codes in others.items() if name and len(codes) == 1}
    return clear | english | written


@cache
def _by_initial() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in sorted(_names()):
        found.setdefault(name[:1], []).append(name)
    return found
