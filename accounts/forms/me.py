from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.zones import CHOOSE_ZONE, by_region


def _zone_choices() -> list[tuple[str, Any]]:
    """Return the zones by region, as the tz database names them; UTC and the browser's first."""
    return [("", _("As in the browser")), ("UTC", "UTC"), *by_region()]


class TimeZoneForm(forms.Form):
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=_zone_choices,
        required=False,
        help_text=gettext_lazy("All times in the portal are shown in this zone."),
        error_messages={"invalid_choice": CHOOSE_ZONE},
    )
