from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info

from customers.said import gettext as _
from customers.said import gettext_lazy
from customers.zones import CHOOSE_ZONE, by_region


def _zone_choices() -> list[tuple[str, Any]]:
    """Return the zones by region, as the tz database names them; UTC and the browser's first."""
    return [("", _("As in the browser")), ("UTC", "UTC"), *by_region()]


def _language_choices() -> list[tuple[str, str]]:
    """Return the languages, each called as those who speak it call it."""
    own = ((code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES)
    return [("", _("As in the browser")), *((code, name.capitalize()) for code, name in own)]


class PreferencesForm(forms.Form):
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=_language_choices,
        required=False,
        help_text=gettext_lazy("Of all pages, and of emails to you."),
        error_messages={"invalid_choice": gettext_lazy("Choose a language from the list.")},
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=_zone_choices,
        required=False,
        help_text=gettext_lazy("All times in the portal are shown in this zone."),
        error_messages={"invalid_choice": CHOOSE_ZONE},
    )
