from typing import Any

from django import forms
from django_countries import countries

from customers.formats import figure
from customers.forms.fields import CHOOSE_COUNTRY, COUNTRY_NEEDED
from customers.said import gettext as _
from customers.said import gettext_lazy

from ..forms.bulk import ActionForm
from ..models import UserQuerySet
from ..queries.bulk_preview import products_barred_somewhere
from .change import FieldChange


class LocationForm(ActionForm):
    usage_location = forms.ChoiceField(
        label=gettext_lazy("Usage location"),
        choices=lambda: [("", CHOOSE_COUNTRY), *countries],
        help_text=gettext_lazy("The country where the licenses are used."),
        error_messages={
            "required": COUNTRY_NEEDED,
            "invalid_choice": gettext_lazy("Choose a country from the list."),
        },
    )

    def request(self) -> dict[str, Any]:
        location = self.cleaned_data["usage_location"]
        return super().request() | {"fields": {"usage_location": location}}


class ChangeLocation(FieldChange):
    name = "location"
    field = "usage_location"
    label = gettext_lazy("Change usage location")
    icon = "geo-alt"
    form_class = LocationForm

    def shown(self, value: str) -> str:
        return str(countries.name(value))

    def points(
        self, count: int, users: UserQuerySet | None = None, *, chosen: int = 0
    ) -> list[str]:
        kept = _("Licenses stay. Users who already have that location are not changed.")
        barred = [] if users is None else products_barred_somewhere(users)
        if not barred:
            return [kept]
        left = _(
            "Users with a license that can't be used there are skipped and listed in the result."
        )
        points = [kept, left]
        for product, codes, number in barred:
            names = ", ".join(countries.name(code) or code for code in codes)
            points.append(
                _("%(product)s (%(count)s) can't be used in %(countries)s.")
                % {"product": product, "count": figure(number), "countries": names}
            )
        return points


CHANGE_LOCATION = ChangeLocation()
