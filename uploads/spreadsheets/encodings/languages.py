"""The letters of languages, and which stand beside which: facts, counted in lists of names."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

_LETTERS = Path(__file__).with_name("letters.txt")
_CHARACTERS = Path(__file__).with_name("characters.txt")

# Languages that are written beyond ASCII, by country. Of others the names are foreign anyway.
_COUNTRIES = {
    "ar": "AE BH DJ DZ EG IQ JO KM KW LB LY MA MR OM PS QA SA SD SO SY TD TN YE",
    "az": "AZ",
    "be": "BY",
    "bg": "BG",
    "ca": "AD ES",
    "cs": "CZ",
    "da": "DK FO GL",
    "de": "AT BE CH DE IT LI LU",
    "el": "CY GR",
    "es": "AR BO CL CO CR CU DO EC ES GQ GT HN MX NI PA PE PR PY SV UY VE",
    "et": "EE",
    "fa": "AF IR",
    "fi": "FI",
    "fr": "BE BF BI BJ BL CA CD CF CG CH CI CM FR GA GF GN GP HT LU MC MF MG ML MQ NC NE PF RE RW"
    " SN TG YT",
    "ga": "IE",
    "he": "IL",
    "hr": "BA HR ME RS XK",
    "hu": "HU RO SK",
    "is": "FO IS",
    "it": "CH IT SM VA",
    "ja": "JP",
    "ko": "KP KR",
    "lt": "LT",
    "lv": "LV",
    "mk": "MK",
    "nl": "AW BE BQ CW NL SR SX",
    "no": "NO SJ",
    "pl": "PL",
    "pt": "AO BR CV GW MZ PT ST TL",
    "ro": "MD RO",
    "ru": "BY KG KZ MD RU TJ UA UZ",
    "sk": "SK",
    "sl": "SI",
    "sq": "AL ME MK XK",
    "sr": "BA ME RS XK",
    "sv": "AX FI SE",
    "th": "TH",
    "tr": "CY TR",
    "uk": "UA",
    "vi": "VN",
    "zh-hans": "CN SG",
    "zh-hant": "HK MO TW",
}

# Words of headings in ASCII, by which a file says its language, wherever its customer is.
_HEADINGS = {
    "da": "fornavn efternavn brugernavn afdeling stilling adresse postnummer by land kontor",
    "de": "vorname nachname familienname benutzername anmeldename anzeigename abteilung adresse"
    " stadt ort plz postleitzahl land telefon telefonnummer mobiltelefon handy anrede strasse",
    "es": "nombre apellido apellidos usuario departamento puesto calle ciudad oficina correo",
    "et": "eesnimi perekonnanimi kasutajanimi osakond amet linn telefon aadress",
    "fi": "etunimi sukunimi osasto nimike kaupunki puhelin osoite postinumero",
    "fr": "nom identifiant utilisateur fonction poste service ville pays bureau courriel rue",
    "hr": "ime prezime odjel grad adresa ulica telefon",
    "hu": "osztaly cim varos utca telefon beosztas",
    "it": "nome cognome utente reparto ufficio mansione qualifica telefono indirizzo provincia cap",
    "lt": "vardas skyrius pareigos miestas adresas telefonas",
    "lv": "vards uzvards nodala amats pilseta adrese talrunis",
    "nl": "voornaam achternaam gebruikersnaam weergavenaam afdeling functie straat plaats land"
    " woonplaats postcode telefoon kantoor",
    "no": "fornavn etternavn brukernavn avdeling stilling adresse postnummer poststed land kontor",
    "pl": "nazwisko nazwa stanowisko miasto ulica kraj telefon biuro adres",
    "pt": "nome sobrenome apelido utilizador cargo departamento cidade telefone rua",
    "ro": "nume prenume utilizator departament oras adresa telefon",
    "sl": "ime priimek oddelek ulica mesto telefon naslov",
    "sv": "namn efternamn avdelning befattning titel gatuadress postnummer ort land telefon",
    "tr": "ad soyad departman unvan telefon adres",
    "vi": "ten ho phong",
}
_WORD = re.compile(rb"[A-Za-z]+")
# One such word may be another language's as well, or a name.
_SEVERAL = 2

# What the code pages were made for.
_WESTERN = frozenset(
    ("ca", "da", "de", "es", "et", "fi", "fr", "ga", "is", "it", "nl", "no", "pt", "sq", "sv")
)
_CENTRAL = frozenset(("cs", "de", "hr", "hu", "pl", "ro", "sk", "sl", "sq"))
_CYRILLIC = frozenset(("be", "bg", "mk", "ru", "sr", "uk"))
_WRITTEN = {
    **dict.fromkeys(("windows-1252", "iso8859-15", "mac-roman", "cp850", "cp437"), _WESTERN),
    **dict.fromkeys(("windows-1250", "iso8859-2", "mac-latin2", "cp852"), _CENTRAL),
    **dict.fromkeys(("windows-1251", "iso8859-5", "mac-cyrillic", "cp866", "koi8-u"), _CYRILLIC),
    "koi8-r": frozenset({"bg", "ru"}),
    **dict.fromkeys(("windows-1253", "iso8859-7"), frozenset({"el"})),
    "windows-1254": frozenset({"az", "tr"}) | _WESTERN - {"is"},
    "windows-1255": frozenset({"he"}),
    "windows-1256": frozenset({"ar", "fa", "fr"}),
    "windows-1257": frozenset({"et", "lt", "lv"}),
    "windows-1258": frozenset({"fr", "vi"}),
    "cp874": frozenset({"th"}),
    **dict.fromkeys(("cp932", "euc-jp"), frozenset({"ja"})),
    "gbk": frozenset({"zh-hans"}),
    "cp949": frozenset({"ko"}),
    "cp950": frozenset({"zh-hant"}),
}


@dataclass(slots=True)
class Language:
    """A language's letters beyond ASCII; `pairs` of neighbors, ^ and $ at the ends of a word.

    Of the `rare` letters few neighbors are known: another one is half as odd.
    """

    letters: set[str] = field(default_factory=set)
    pairs: set[str] = field(default_factory=set)
    rare: set[str] = field(default_factory=set)

    def oddity(self, pairs: set[str]) -> float:
        """Return how many of the pairs are not known to occur in the language."""
        return sum(0.5 + 0.5 * self.rare.isdisjoint(pair) for pair in pairs - self.pairs)


@cache
def alphabets() -> dict[str, Language]:
    """Return what is known of each language that has an alphabet."""
    found: defaultdict[str, Language] = defaultdict(Language)
    for line in _LETTERS.read_text(encoding="utf-8").splitlines():
        name, letter, before, after = line.split(" ")
        found[name].letters.add(letter)
        if "*" in before:
            found[name].rare.add(letter)
        found[name].pairs |= {other + letter for other in before}
        found[name].pairs |= {letter + other for other in after}
    return dict(found)


@cache
def characters() -> dict[str, frozenset[str]]:
    """Return those that names have, of the languages of East Asia."""
    lines = _CHARACTERS.read_text(encoding="utf-8").splitlines()
    return {name: frozenset(known) for name, known in (line.split(" ") for line in lines)}


@cache
def speakers(letter: str) -> frozenset[str]:
    """Return the languages that have the letter."""
    return frozenset(name for name, language in alphabets().items() if letter in language.letters)


@cache
def spoken_in(country: str) -> frozenset[str]:
    return frozenset(name for name, where in _COUNTRIES.items() if country in where.split())


def headings_in(language: str) -> list[str]:
    """Return words of headings by which the language is known, if there are any in ASCII."""
    return _HEADINGS.get(language, "").split()


def told_by(head: bytes) -> frozenset[str]:
    """Return the languages of the headings that stand at the beginning of a file, in ASCII."""
    found = {word.decode("ascii").lower() for word in _WORD.findall(head)}
    return frozenset(
        name for name in _HEADINGS if len(found.intersection(headings_in(name))) >= _SEVERAL
    )


@cache
def written_in(encoding: str) -> frozenset[str]:
    """Return the languages that an encoding was made for."""
    return _WRITTEN[encoding]


@cache
def is_at_home(encoding: str, own: frozenset[str]) -> bool:
    """Whether the encoding was made for one of the languages, or for English if there are none."""
    return not written_in(encoding).isdisjoint(own or _WESTERN)


@cache
def script(char: str) -> str:
    """Return the first word of a letter's Unicode name: the script, or nearly so."""
    return unicodedata.name(char, "none").partition(" ")[0]
