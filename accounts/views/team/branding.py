"""Branding: how the portal presents itself to the partner's users, and whom they call."""

from base64 import b64encode
from dataclasses import dataclass, replace
from typing import Any, Self

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from customers.branding.brands import Brand, brand_of_partner, style_url
from customers.branding.colors import Palette, palette
from customers.branding.pages import sign_in_link
from customers.branding.pictures import Picture
from customers.errors import Refused
from customers.formats import NOTHING_TO_CHANGE
from customers.forms.fields import say_at_field
from customers.forms.partner import BrandingForm
from customers.models import Partner
from customers.services.partners import change_branding

from .base import TeamMixin


@dataclass(frozen=True, slots=True)
class Sample:
    """What the page shows before it is saved: the brand, its stylesheet, and what became of the
    color.
    """

    brand: Brand
    logo_url: str
    on_dark: bool
    style_url: str
    colors: Palette | None
    is_adjusted: bool

    @classmethod
    def of(cls, brand: Brand, form: BrandingForm) -> Self | None:
        """Return what the fields would look like; None where they leave all to the portal."""
        values = getattr(form, "cleaned_data", {})
        shown = replace(
            brand,
            name=values.get("brand_name", brand.name),
            color=values.get("brand_color", brand.color),
            logo="" if values.get("remove_logo") else brand.logo,
        )
        logo_url, on_dark = shown.logo_url, shown.on_dark
        if picture := form.picture:
            logo_url = f"data:image/png;base64,{b64encode(picture.png).decode()}"
            on_dark = picture.on_dark
        if not (shown.has_look or logo_url):
            return None
        colors = palette(shown.color) if shown.color else None
        return cls(
            brand=shown,
            logo_url=logo_url,
            on_dark=on_dark,
            style_url=style_url(shown.color, preview=True) if shown.color else "",
            colors=colors,
            is_adjusted=bool(colors and colors.is_adjusted(shown.color)),
        )


class BrandingView(TeamMixin):
    template_name = "accounts/branding.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._shown(BrandingForm(row=self.partner))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "reset" in request.POST:
            plain = dict.fromkeys(Partner.LOOK_FIELDS, "")
            return self._saved(_("The portal's own name, logo and colors are shown."), plain)
        return self._sent(request, again=False)

    def _sent(self, request: HttpRequest, *, again: bool) -> HttpResponse:
        form = BrandingForm(request.POST, request.FILES, row=self.partner)
        form.file_is_too_large = bool(request.META.get("portal.file_too_large"))
        if not form.is_valid() or "preview" in request.POST:
            return self._shown(form)
        done = _("Branding and help contact are saved.")
        try:
            answer = self._saved(done, form.changes(), form.picture, form.seen())
        except Refused as refusal:
            if refusal.code == "changed-meanwhile" and not again:
                # Since the form was checked, a moment ago: it is checked against the new row.
                self.partner.refresh_from_db()
                return self._sent(request, again=True)
            say_at_field(form, refusal)
            return self._shown(form)
        for notice in form.removed:
            messages.warning(request, notice)
        return answer

    def _saved(
        self,
        done: str,
        values: dict[str, str],
        logo: Picture | None = None,
        seen: dict[str, str] | None = None,
    ) -> HttpResponse:
        if change_branding(self.partner, actor=self.actor, logo=logo, seen=seen, **values):
            messages.success(self.request, done)
        else:
            messages.info(self.request, str(NOTHING_TO_CHANGE))
        return redirect("accounts:branding")

    def _shown(self, form: BrandingForm) -> HttpResponse:
        partner = self.partner
        brand = brand_of_partner(partner)
        hosts = partner.host_names.values_list("name", flat=True)
        return self.page(
            form=form,
            saved=brand,
            sample=Sample.of(brand, form),
            kept_logo=b64encode(form.picture.png).decode() if form.picture else "",
            sign_in_link=sign_in_link(partner) if brand.has_look else "",
            host_names=list(hosts),
        )


class HelpContactView(TeamMixin):
    """The address that the help contact had before."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("accounts:branding")
