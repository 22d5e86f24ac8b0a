"""The closed lists: which encodings and which separators a file can have."""

from django.utils.translation import gettext_lazy as _

# A mark at the file's beginning names these, or the text itself proves UTF-8.
MARKED = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-8": "UTF-8"}

# What Excel saves in the world's locales when it is not asked for Unicode; the first is proposed.
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
    "mac-roman": _("Western European (Macintosh)"),
    "cp850": _("Western European (MS-DOS)"),
}

# In the order in which they are proposed.
SEPARATORS = {
    ",": _("commas"),
    ";": _("semicolons"),
    "\t": _("tabs"),
    "|": _("vertical bars"),
}


def encoding_name(encoding: str) -> str:
    """Return the name of an encoding for a sentence: of a code page, what stands in brackets."""
    if encoding in MARKED:
        return MARKED[encoding]
    return str(CODE_PAGES[encoding]).partition("(")[2].rstrip(")")
