"""How a cell of an uploaded file becomes a value; a ValueError says what to do instead."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django_countries import countries
from import_export import widgets

from customers.forms.fields import VisibleEmailField
from customers.said import country as country_name
from customers.said import gettext as _

from .countries import country_meant, country_of
from .names import typed_user_name


class Suggested(ValueError):
    """A refusal with what was probably meant, and its cause, by which many alike are summed up."""

    def __init__(self, message: str, suggestion: str, *, cause: str = "") -> None:
        super().__init__(message)
        self.suggestion = suggestion
        self.cause = cause


class DetailWidget(widgets.CharWidget):
    def __init__(self, max_length: int) -> None:
        super().__init__(allow_blank=True)
        self.max_length = max_length

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = str(value)
        if len(text) > self.max_length:
            raise ValueError(
                _("Shorten this to %(limit)s characters or fewer (it has %(count)s).")
                % {"limit": self.max_length, "count": len(text)}
            )
        return text


class EmailWidget(DetailWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = super().clean(value, row, **kwargs)
        try:
            validate_email(text)
        except ValidationError:
            message = str(VisibleEmailField.default_error_messages["invalid"])
            typed = typed_user_name(text)
            # Without what was pasted around it, where that is an address.
            raise Suggested(message, typed if typed != text else "") from None
        return text


class CountryWidget(widgets.CharWidget):
    """A country: its code, or its name in any language in which users write."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = str(value)
        if code := country_of(text):
            return code
        meant = country_meant(text)
        name = str(countries.name(meant))
        message = _("%(value)s is not a country. Use its name or its code of two letters.")
        if meant:
            message = _("%(value)s is not a country. Did you mean %(country)s?")
        facts = {"value": text[:80], "country": country_name(meant)}
        # A name in the user's language may be that of two countries in others.
        suggestion = name if country_of(name) == meant else meant
        raise Suggested(message % facts, suggestion, cause="country")
