"""How a cell of an uploaded file becomes a value; a ValueError says what to do instead."""

from difflib import get_close_matches
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django_countries import countries
from import_export import widgets

from customers.folding import fold
from customers.forms.fields import VisibleEmailField


class Suggested(ValueError):
    """A refusal with what was probably meant."""

    def __init__(self, message: str, suggestion: str) -> None:
        super().__init__(message)
        self.suggestion = suggestion


class DetailWidget(widgets.CharWidget):
    def __init__(self, max_length: int) -> None:
        super().__init__(allow_blank=True)
        self.max_length = max_length

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = str(value)
        if len(text) > self.max_length:
            raise ValueError(
                _("Shorten this to at most %(limit)s characters (it has %(count)s).")
                % {"limit": self.max_length, "count": len(text)}
            )
        return text


class EmailWidget(DetailWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = super().clean(value, row, **kwargs)
        try:
            validate_email(text)
        except ValidationError:
            raise ValueError(str(VisibleEmailField.default_error_messages["invalid"])) from None
        return text


class CountryWidget(widgets.CharWidget):
    """A country: a code of two or three letters, or its name, also in the viewer's language."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = str(value)
        code = countries.alpha2(text.upper()) if len(text) in (2, 3) and text.isascii() else ""
        found = code or _codes().get(fold(text), "")
        if found:
            return str(found)
        near = get_close_matches(fold(text), _codes(), n=1, cutoff=0.8)
        message = _("%(value)s is not a country. Use its code of two letters, such as DE.")
        suggestion = _codes()[near[0]] if near else ""
        raise Suggested(message % {"value": text[:80]}, suggestion)


@cache
def _codes() -> dict[str, str]:
    names = {fold(str(name)): code for code, name in countries}
    # What users write, and no list has.
    return names | {
        "usa": "US",
        "united states": "US",
        "uk": "GB",
        "great britain": "GB",
        "england": "GB",
        "russia": "RU",
        "south korea": "KR",
        "vietnam": "VN",
        "czech republic": "CZ",
        "turkey": "TR",
        "bolivia": "BO",
        "venezuela": "VE",
        "tanzania": "TZ",
        "iran": "IR",
        "syria": "SY",
        "moldova": "MD",
        "taiwan": "TW",
    }
