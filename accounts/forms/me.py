from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..signin import zones


def _zone_choices() -> list[tuple[str, Any]]:
    """Return the zones by region, as the tz database names them; UTC and the browser's first."""
    regions: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(zones.places()):
        region, _slash, place = name.partition("/")
        regions.setdefault(region, []).append((name, place.replace("_", " ").replace("/", ", ")))
    return [("", _("As in the browser")), ("UTC", "UTC"), *regions.items()]


class TimeZoneForm(forms.Form):
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=_zone_choices,
        required=False,
        help_text=gettext_lazy("All times in the portal are shown in this zone."),
        error_messages={"invalid_choice": gettext_lazy("Choose a time zone from the list.")},
    )
