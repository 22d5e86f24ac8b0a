"""User names: what they may have in them, what was meant by one, and what is proposed."""

import re
import unicodedata

from django.core.exceptions import ValidationError

from customers.folding import APOSTROPHES, HYPHENS, fold
from customers.invisible import name_of, visible
from customers.said import gettext as _
from customers.said import gettext_lazy, joined

from .romanizing import romanized, spelled

# Microsoft Entra, user principal names: at most 64 before the @, 48 after it, 113 together.
LOCAL_PART_LENGTH = 64
USER_NAME_LENGTH = 113
DISPLAY_NAME_LENGTH = 256

_LOCAL_PART = re.compile(r"[A-Za-z0-9'.\-_!#^~]+")
_BAD_CHARACTER = re.compile(r"[^A-Za-z0-9'.\-_!#^~]")

# Marks that word processors and other keyboards write for those of user names.
_KEYBOARD = {
    **dict.fromkeys(map(ord, HYPHENS), "-"),
    **dict.fromkeys(map(ord, APOSTROPHES), "'"),
    ord("。"): ".",
}

# What stands around an address in a mail or a link, and the address in it.
_AROUND = re.compile(r"[<>()\[\]\"]|mailto:", re.IGNORECASE)
# It is looked for where a word begins alone: from each letter of a long one it would take minutes.
_APART = r"[^\s<>()\[\]{}\"`,;:=|?@]"
_ADDRESS = re.compile(f"(?<!{_APART}){_APART}+@{_APART}+")
# A user name with what was copied along with it is shorter.
_TYPED_LENGTH = 1_000

NO_NAME = gettext_lazy("Enter a display name, or a first or last name.")


def check_local_part(value: str) -> None:
    """Raise ValidationError, with what to do, unless this may stand before the @."""
    if len(value) > LOCAL_PART_LENGTH:
        raise ValidationError(
            _(
                "A user name can have up to %(limit)s characters before the @; this one"
                " has %(count)s."
            )
            % {"limit": LOCAL_PART_LENGTH, "count": len(value)}
        )
    if not _LOCAL_PART.fullmatch(value):
        raise ValidationError(_bad_character_message(value))
    if value.startswith(".") or value.endswith(".") or ".." in value:
        raise ValidationError(
            _("A user name can't begin or end with a dot, or have two dots in a row.")
        )


def _bad_character_message(value: str) -> str:
    found = _BAD_CHARACTER.search(value)
    allowed = _("Use letters a to z, digits, and ' . - _ ! # ^ ~ only.")
    if found is None:
        return allowed
    char = found.group()
    if char == "@":
        return _("Leave out the @ and what follows it: the domain is chosen beside it.")
    if char.isspace():
        return joined((_("A space can't be in a user name."), allowed))
    if not visible(char)[0]:
        return _(
            "An invisible character, %(char)s, can't be in a user name. Check what is left,"
            " then try again."
        ) % {"char": name_of(char)}
    name = unicodedata.name(char, "")
    shown = f"{char} ({name.lower()})" if name and not char.isascii() else char
    text = _("The character %(char)s can't be in a user name.") % {"char": shown}
    return joined((text, allowed))


def numbered(local: str, domain: str, number: int) -> str:
    """Return the user name with a number after its local part, cut to length; 1 adds nothing."""
    suffix = "" if number == 1 else str(number)
    return f"{local[: LOCAL_PART_LENGTH - len(suffix)]}{suffix}@{domain}"


def typed_user_name(text: str) -> str:
    """Return a user name as it was meant, out of a mail, a table or another keyboard.

    Full width, invisible characters, spaces around it and around the @, mailto:, a name or a link
    around the address, and marks behind it go, and each kind of hyphen and apostrophe is the one
    that user names have. A text that is far too long comes back as it is: strangers send it, too.
    """
    if len(text) > _TYPED_LENGTH:
        return text
    plain = visible(unicodedata.normalize("NFKC", text))[0].translate(_KEYBOARD)
    plain = "@".join(part.strip() for part in plain.split("@"))
    if _AROUND.search(plain):
        found = {address.lower(): address for address in _ADDRESS.findall(plain)}
        if len(found) == 1:
            plain = found.popitem()[1]
    return re.sub("^mailto:", "", plain, flags=re.IGNORECASE).strip(" ,;:.")


def legal_local_part(text: str, country: str = "") -> str:
    """Return the text as a user name could have it; "" where no letter of it has a Latin form."""
    words = re.split(r"[\s.]+", spelled(text, country))
    plain = (_BAD_CHARACTER.sub(lambda bad: fold(bad.group()), word) for word in words)
    return ".".join(filter(None, plain))


def suggest_local_part(first_name: str, last_name: str, country: str = "") -> str:
    """Return a legal local part for a name, or "" where its letters have no Latin form."""
    parts = (romanized(name, country).strip("-") for name in (first_name, last_name))
    return ".".join(filter(None, parts))[:LOCAL_PART_LENGTH].strip(".")
