"""The closed lists: which encodings and which separators a file can have."""

from customers.said import gettext_lazy as _

# A mark at the file's beginning names these, or the text itself proves UTF-8, or UTF-16 with its
# order of bytes; the last one has a mark before each word.
MARKED = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-8": "UTF-8",
    "iso2022_jp": "ISO-2022-JP",
}

# What Excel, older programs and other systems save where they are not asked for Unicode. Of two
# that read a file alike the first is named. ISO-8859-1 and -9 are parts of Windows-1252 and -1254,
# Shift JIS, EUC-KR, GB 2312 and Big5 of Windows-932, -949, -936 and -950.
CODE_PAGES = {
    "windows-1252": _("Western European (Windows-1252)"),
    "windows-1250": _("Central European (Windows-1250)"),
    "windows-1251": _("Cyrillic (Windows-1251)"),
    "windows-1253": _("Greek (Windows-1253)"),
    "windows-1254": _("Turkish (Windows-1254)"),
    "windows-1255": _("Hebrew (Windows-1255)"),
    "windows-1256": _("Arabic (Windows-1256)"),
    "windows-1257": _("Baltic (Windows-1257)"),
    "windows-1258": _("Vietnamese (Windows-1258)"),
    "cp874": _("Thai (Windows-874)"),
    "cp932": _("Japanese (Windows-932)"),
    "gbk": _("Simplified Chinese (Windows-936)"),
    "cp949": _("Korean (Windows-949)"),
    "cp950": _("Traditional Chinese (Windows-950)"),
    "iso8859-15": _("Western European (ISO-8859-15)"),
    "iso8859-2": _("Central European (ISO-8859-2)"),
    "iso8859-5": _("Cyrillic (ISO-8859-5)"),
    "iso8859-7": _("Greek (ISO-8859-7)"),
    "koi8-r": _("Cyrillic (KOI8-R)"),
    "koi8-u": _("Cyrillic (KOI8-U)"),
    "euc-jp": _("Japanese (EUC-JP)"),
    "mac-roman": _("Western European (Macintosh)"),
    "mac-latin2": _("Central European (Macintosh CE)"),
    "mac-cyrillic": _("Cyrillic (Macintosh Cyrillic)"),
    "cp850": _("Western European (MS-DOS)"),
    "cp437": _("Western European (MS-DOS 437)"),
    "cp852": _("Central European (MS-DOS 852)"),
    "cp866": _("Cyrillic (MS-DOS 866)"),
}

# The answer that asks for a choice among all readings.
ALL = "all"

# How much less likely than those of Windows some are before a word is read.
RARITY = {
    **dict.fromkeys(("iso8859-15", "iso8859-2", "iso8859-5", "iso8859-7", "euc-jp"), 0.5),
    **dict.fromkeys(("koi8-r", "koi8-u"), 0.5),
    **dict.fromkeys(("mac-roman", "mac-latin2", "mac-cyrillic"), 1.5),
    **dict.fromkeys(("cp850", "cp437", "cp852", "cp866"), 1.5),
}

# In the order in which they are proposed.
SEPARATORS = {
    ",": _("commas"),
    ";": _("semicolons"),
    "\t": _("tabs"),
    "|": _("vertical bars"),
}


def encoding_label(encoding: str) -> str:
    """Return what a sentence calls an encoding: of a code page, where it is used, and its name."""
    return MARKED.get(encoding) or str(CODE_PAGES[encoding])
