"""Form fields for what users type or paste."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ..errors import Refused
from ..invisible import visible
from ..query_params import LARGEST_ID
from ..said import gettext as _
from ..said import gettext_lazy

COUNTRY_NEEDED = gettext_lazy("Choose a country.")
# The first choice of a list of countries, which is none.
CHOOSE_COUNTRY = gettext_lazy("Choose a country")
# For whom something is, and the words of a form for it.
ALL, SOME = "all", "some"
ALL_CUSTOMERS = gettext_lazy("All customers, including new ones")
CHOSEN_CUSTOMERS = gettext_lazy("Only the chosen customers")
# Without what was sent, which may be no text for a page.
FROM_THE_LIST = gettext_lazy("Choose from the list.")
NOT_LISTED = {"invalid_choice": FROM_THE_LIST, "invalid_pk_value": FROM_THE_LIST}


class VisibleCharField(forms.CharField):
    """Text without invisible characters; the form tells of those that were taken out."""

    default_error_messages = {
        "max_length": gettext_lazy(
            "Shorten this to %(limit_value)s characters or fewer (it has %(show_value)s)."
        )
    }
    removed: list[str]

    def to_python(self, value: Any) -> str:
        text, self.removed = visible(super().to_python(value) or "")
        return text

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what the control shows after an error, without what is no character of HTML."""
        return visible(data)[0] if isinstance(data, str) else data

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # No maxlength: the browser would cut off what was pasted without a word.
        return {}


class VisibleEmailField(VisibleCharField, forms.EmailField):
    default_error_messages = {
        "invalid": gettext_lazy("Enter an email address such as name@example.com.")
    }


class FreshInput(forms.HiddenInput):
    """A hidden control that a browser doesn't fill in from before, as after Back or Reload.

    HTML knows `autocomplete="off"` only for controls that are not hidden by their type.
    """

    input_type = "text"
    is_hidden = True

    def __init__(self) -> None:
        super().__init__({"autocomplete": "off", "hidden": True})


class IdField(forms.IntegerField):
    """The number of a row, hidden in an address."""

    widget = forms.HiddenInput

    def __init__(self, *, nobody: Any, **kwargs: Any) -> None:
        errors = dict.fromkeys(("invalid", "min_value", "max_value"), nobody)
        super().__init__(min_value=1, max_value=LARGEST_ID, error_messages=errors, **kwargs)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return visible(data)[0] if isinstance(data, str) else data


class SentJSONField(forms.JSONField):
    """JSON that a script has made; a number or depth that Python refuses to read is not valid."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return nothing: the script makes it anew, and half a character can stand on no page."""
        return None


def removal_notices(form: forms.BaseForm) -> list[str]:
    """Return a sentence for each field of a cleaned form that lost invisible characters."""
    return [
        _("%(field)s: invisible characters were removed: %(names)s.")
        % {"field": field.label, "names": ", ".join(removed)}
        for field in form.fields.values()
        if (removed := getattr(field, "removed", None))
    ]


def say_at_field(form: forms.BaseForm, refusal: Refused) -> None:
    """Say it at the field that it is about; above the form where that has no such field."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
