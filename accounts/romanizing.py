"""Names in the letters a to z, as the country spells them: for user names that are proposed.

The Add user page does the same in the browser, by the table that `spelled_table` writes.
"""

import re
import unicodedata
from functools import cache

from customers.folding import APOSTROPHES, HYPHENS, fold

_NO_MARKS = dict.fromkeys(range(0x300, 0x370))
# After an apostrophe a word goes on.
INSIDE = "".join(sorted(APOSTROPHES))
# The letters that are none of a to z with a mark, as searches read them; and hyphens, all as one.
_LATIN = " ".join(f"{letter}={fold(letter)}" for letter in "ßæœøđðþłħŧıŋĸəǥɓɗɖƙƴɛɔ")
_HYPHENS = " ".join(f"{hyphen}=-" for hyphen in sorted(HYPHENS))
# International Civil Aviation Organization, Doc 9303, as in Russia's passports; the letters of its
# neighbours beside them.
_CYRILLIC = (
    "а=a б=b в=v г=g д=d е=e ё=e ж=zh з=z и=i й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh"
    " ц=ts ч=ch ш=sh щ=shch ъ=ie ы=y ь= э=e ю=iu я=ia і=i ї=i є=ie ґ=g ў=u ђ=dj ј=j љ=lj њ=nj ћ=c"
    " џ=dz ѓ=gj ќ=kj ѕ=dz ә=a ғ=g қ=k ң=n ө=o ұ=u ү=u һ=h ӣ=i ӯ=u ҳ=h ҷ=j"
)
# ELOT 743, as in Greece's passports.
_GREEK = (
    "α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch"
    " ψ=ps ω=o ϊ=i ϋ=y ΐ=i ΰ=y ου=ou γγ=ng γξ=nx γχ=nch ^μπ=b μπ=mp αυ=av ευ=ev ηυ=iv"
)
# Before these voiceless sounds upsilon after a vowel is f, before all others v.
_VOICELESS = ["θ=th", "κ=k", "ξ=x", "π=p", "σ=s", "τ=t", "φ=f", "χ=ch", "ψ=ps"]
_GREEK += "".join(
    f" {vowel}υ{voiceless[0]}={latin}f{voiceless[2:]}"
    for vowel, latin in ("αa", "εe", "ηi")
    for voiceless in _VOICELESS
)
_GEORGIAN = (
    "ა=a ბ=b გ=g დ=d ე=e ვ=v ზ=z თ=t ი=i კ=k ლ=l მ=m ნ=n ო=o პ=p ჟ=zh რ=r ს=s ტ=t უ=u ფ=p ქ=k ღ=gh"
    " ყ=q შ=sh ჩ=ch ც=ts ძ=dz წ=ts ჭ=ch ხ=kh ჯ=j ჰ=h"
)

_GERMAN = "ä=ae ö=oe ü=ue"
_DANISH = "ø=oe å=aa ä=ae ö=oe"
_SERBIAN = "ж=z х=h ц=c ч=c ш=s đ=dj"
_CUSTOMS = {
    "DE": _GERMAN,
    "AT": _GERMAN,
    "CH": _GERMAN,
    "LI": _GERMAN,
    "DK": _DANISH,
    "NO": _DANISH,
    "FO": _DANISH,
    "GL": _DANISH,
    "UA": ("г=h и=y й=i ^й=y ї=i ^ї=yi є=ie ^є=ye ю=iu ^ю=yu я=ia ^я=ya зг=zgh х=kh щ=shch"),
    "BG": "й=y х=h щ=sht ъ=a ь=y ю=yu я=ya",
    "BY": "г=h ё=io ^ё=yo ^е=ye ^ю=yu ^я=ya",
    "MK": "х=h ц=c џ=dj",
    "RS": _SERBIAN,
    "ME": _SERBIAN,
    "BA": _SERBIAN,
}


def romanized(text: str, country: str = "") -> str:
    """Return the text in small letters a to z, digits and hyphens; what has none is left out."""
    return re.sub(r"[^a-z0-9-]", "", spelled(text, country))


def spelled(text: str, country: str = "") -> str:
    """Return the text in small letters, those that the country has a spelling for by that."""
    pattern, letters = _rules(country.upper())
    plain = "".join(
        char if char in letters else unicodedata.normalize("NFKD", char).translate(_NO_MARKS)
        for char in unicodedata.normalize("NFC", text.lower())
    )

    def latin(found: re.Match[str]) -> str:
        begins = not plain[: found.start()].rstrip(INSIDE)[-1:].isalpha()
        native = found.group()
        return letters[f"^{native}" if begins and f"^{native}" in letters else native]

    return pattern.sub(latin, plain)


def spelled_table(country: str) -> str:
    """Return the country's letters as the Add user page reads them: pairs such as ü=ue.

    One that begins with ^ is for the beginning of a word.
    """
    letters = _rules(country.upper())[1]
    return " ".join(f"{native}={latin}" for native, latin in letters.items())


@cache
def _rules(country: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """Return the letters of a country, and the pattern that finds them, the longest first."""
    texts = (_LATIN, _HYPHENS, _CYRILLIC, _GREEK, _GEORGIAN, _CUSTOMS.get(country, ""))
    pairs = [pair.partition("=") for text in texts for pair in text.split()]
    letters = {native: latin for native, _sign, latin in pairs}
    longest = sorted({native.lstrip("^") for native in letters}, key=len, reverse=True)
    return re.compile("|".join(longest)), letters
