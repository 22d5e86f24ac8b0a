"""The order of letters by country, as Unicode's CLDR 48 has it, for accounts.sorting.

Of Arabic letters those of Persian are alike with the Arabic ones wherever they are written.
"""

from collections.abc import Iterator

# In the order in which they follow the country's own. Letters with = are alike but for an accent.
ALPHABETS = {
    "Latin": "a b c d e ə f g ǥ h i ı j k l m n ŋ o p q ĸ r s t ŧ u v w x y z þ",
    "Greek": "α β γ δ ε ζ η θ ι κ λ μ ν ξ ο π ρ σ=ς τ υ φ χ ψ ω",
    "Cyrillic": (
        "а ә б в г ғ д ђ е=ё є ж з ѕ и і й ј к қ л љ м н ң њ о ө п р с т ћ у ү ұ ф х ҳ һ"
        " ц ч џ ш щ ъ ы ь э ю я"
    ),
    "Hebrew": "א ב ג ד ה ו ז ח ט י כ=ך ל מ=ם נ=ן ס ע פ=ף צ=ץ ק ר ש ת",
    "Arabic": "ا ب پ ت ث ج چ ح خ د ذ ر ز ژ س ش ص ض ط ظ ع غ ف ق ك=ک گ ل م ن ه=ة و ي=ی=ى",
}
# Letters that follow another one, apart. Where the other is z, they end the alphabet. What has a
# minus is no letter of its own, but those that it is spelled with.
_SWEDISH = "-þ y=ü=ű z<å<ä=æ=ę<ö=ø=ő=œ=ô"
_FINNISH = "-þ g=ǥ n=ŋ t=ŧ y=ü z<å<ä=æ<ö=ø"
_GREENLANDIC = "-þ q=ĸ y=ü=ű z<æ=ä<ø=ö=ő<å"
_DANISH = "-þ y=ü=ű z<æ=ä<ø=ö=ő<å=aa"
_NORWEGIAN = "-þ y=ü=ű z<æ=ä=ę<ø=ö=ő=œ<å=aa"
_CROATIAN = "c<č<ć d<dž<đ l<lj n<nj s<š z<ž"
_SPANISH_SPEAKING = (
    *("ES", "MX", "AR", "CO", "CL", "PE", "VE", "EC", "GT", "CU", "BO", "DO", "HN", "PY", "SV"),
    *("NI", "CR", "PR", "PA", "UY", "GQ", "PH"),
)
_ARABIC_WRITING = (
    *("AE", "BH", "DZ", "EG", "IQ", "JO", "KW", "LB", "LY", "MA", "OM", "PS", "QA", "SA", "SD"),
    *("SY", "TN", "YE", "IR", "AF", "PK"),
)
TAILORED = {
    "SE": _SWEDISH,
    **dict.fromkeys(("FI", "AX"), _FINNISH),
    **dict.fromkeys(("DK", "FO"), _DANISH),
    "GL": _GREENLANDIC,
    **dict.fromkeys(("NO", "SJ"), _NORWEGIAN),
    "IS": "a<á d<ð ə<é ı<í o<ó u<ú y<ý z<þ<æ=ä<ö=ø<å",
    "CZ": "c<č h<ch r<ř s<š z<ž",
    "SK": "a<ä c<č h<ch o<ô r<ř s<š z<ž",
    "PL": "a<ą c<ć e<ę l<ł n<ń o<ó s<ś z<ź<ż",
    "HU": "c<cs d<dz<dzs g<gy l<ly n<ny o<ö=ő s<sz t<ty u<ü=ű z<zs",
    **dict.fromkeys(("RO", "MD"), "a<ă<â i<î s<ș=ş t<ț=ţ"),
    **dict.fromkeys(("HR", "BA", "RS", "ME"), _CROATIAN),
    "SI": "c<č<ć d<đ s<š z<ž",
    "LT": "c<č i=y s<š z<ž",
    "LV": "a<ā c<č e<ē g<ģ i<y<ī k<ķ l<ļ n<ņ o<ō r<ŗ s<š u<ū z<ž",
    "EE": "s<š<z<ž w<õ<ä<ö<ü",
    "TR": "c<ç g<ğ h<ı o<ö s<ş u<ü",
    "AZ": "c<ç e<ə g<ğ h<x<ı k<q o<ö s<ş u<ü z<w",
    **dict.fromkeys(("AL", "XK"), "c<ç d<dh ə<ë ǥ<gj l<ll ŋ<nj r<rr s<sh ŧ<th x<xh z<zh"),
    "VN": "a<ă<â d<đ e<ê o<ô<ơ u<ư",
    "MT": "b<ċ f<ġ ǥ<għ h<ħ y<ż",
    "UA": "г<ґ е<є и<і<ї<й",
    "BY": "е<ё у<ў",
    "KZ": "е<ё ы<і ұ<ү",
    "KG": "е<ё",
    "MK": "и=й ђ<ѓ ћ<ќ",
    **dict.fromkeys(("IR", "AF", "PK"), "ن<و<ه=ة"),
    **dict.fromkeys(_SPANISH_SPEAKING, "n<ñ"),
}
# Countries whose own alphabet, and not the Latin one, is the first.
OWN_ALPHABET = {
    **dict.fromkeys(["RU", "BY", "UA", "BG", "MK", "KZ", "KG", "TJ", "MN"], "Cyrillic"),
    **dict.fromkeys(("GR", "CY"), "Greek"),
    "IL": "Hebrew",
    **dict.fromkeys(_ARABIC_WRITING, "Arabic"),
}
# Letters of no alphabet above that come first, in the order of their numbers.
OWN_BLOCK = {
    **dict.fromkeys(("KR", "KP"), (0xAC00, 0xD7A4)),
    "GE": (0x10D0, 0x1100),
    "AM": (0x0561, 0x0588),
    "TH": (0x0E01, 0x0E60),
    "LA": (0x0E81, 0x0EE0),
    "IN": (0x0900, 0x0E00),
}
# Old encodings number ideographs by reading (Japan, the mainland) or by strokes (Taiwan).
NUMBERED = {
    "JP": "euc_jp",
    **dict.fromkeys(("CN", "SG"), "gb2312"),
    **dict.fromkeys(("TW", "HK", "MO"), "big5"),
}
HAN_FIRST = {"CN", "SG", "TW", "HK", "MO"}
# By combining mark, in the order of Unicode.
ACCENTS = {
    "\u0301": "2",
    "\u0300": "3",
    **dict.fromkeys("\u0306\u0302", "4"),
    **dict.fromkeys("\u030c\u030a", "5"),
    **dict.fromkeys("\u0308\u030b", "6"),
    **dict.fromkeys("\u0303\u0307", "7"),
    **dict.fromkeys("\u0327\u0328\u0338", "8"),
}
ANOTHER_ACCENT = "9"


def alphabets_of(country: str) -> Iterator[tuple[bool, list[list[str]]]]:
    """Yield all alphabets, letters that are alike together, and whether it is the country's own."""
    own = OWN_ALPHABET.get(country, "Latin")
    for name, letters in ALPHABETS.items():
        yield name == own, tailored(letters, TAILORED.get(country, "") if name == own else "")


def tailored(alphabet: str, rules: str) -> list[list[str]]:
    """Return the alphabet's letters, alike ones together, after rules such as z<å<ä=æ."""
    groups = [letters.split("=") for letters in alphabet.split()]
    for rule in rules.split():
        if rule.startswith("-"):
            groups = [group for group in groups if group != [rule[1:]]]
            continue
        [anchor, *alike], *after = [letters.split("=") for letters in rule.split("<")]
        moved = {*alike, *(letter for group in after for letter in group)}
        groups = [[letter for letter in group if letter not in moved] for group in groups]
        at = next(at for at, group in enumerate(groups) if anchor in group)
        groups[at] += alike
        groups[at + 1 : at + 1] = after
    return [group for group in groups if group]
