"""The brand of a page: what it shows of a partner, also to those who have not signed in.

A page asks for it without a query of its own: who looks a user up is told the brand of the user's
partner in the same statement (accounts.signin.lookup). Before sign-in one function of the
database, `portal_brand`, tells what a sign-in page shows and nothing else.
"""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models.functions import JSONObject
from django.urls import reverse

from ..models import Partner
from .colors import RULES
from .help_contact import on_one_line
from .rows import HostName, Logo

# By a partner's columns, as `portal_brand` tells them (customers/migrations/0020_branding).
FACTS = {
    "partner": "name",
    "name": "brand_name",
    "slug": "brand_slug",
    "color": "brand_color",
    "logo": "logo_digest",
    "width": "logo_width",
    "height": "logo_height",
    "on_dark": "logo_on_dark",
    "phone": "help_phone",
    "email": "help_email",
    "note": "help_note",
}
OF_PARTNER = JSONObject(**FACTS)


@dataclass(frozen=True)
class Brand:
    """How the portal presents itself, and whom its users call."""

    partner: str
    name: str
    slug: str
    color: str
    logo: str
    width: int
    height: int
    on_dark: bool
    phone: str
    email: str
    note: str

    @property
    def has_look(self) -> bool:
        """Return whether anything is shown in place of the portal's own."""
        return bool(self.name or self.color or self.logo)

    @property
    def shown_name(self) -> str:
        """Return the name under which users know the partner."""
        return self.name or self.partner

    @property
    def help_line(self) -> str:
        """Return the help contact on one line; "" where there is none."""
        return on_one_line((self.phone, self.email, self.note))

    @property
    def dialed(self) -> str:
        """Return the phone number as an address has it."""
        return re.sub(r"[^0-9+]", "", self.phone)

    @cached_property
    def logo_url(self) -> str:
        return reverse("brand-logo", args=[self.slug, self.logo]) if self.logo else ""

    @cached_property
    def style_url(self) -> str:
        return style_url(self.color) if self.color else ""


def style_url(color: str, *, preview: bool = False) -> str:
    """Return the address of the stylesheet of a color."""
    name = "brand-preview" if preview else "brand-colors"
    return reverse(name, args=[RULES, color.removeprefix("#")])


def brand_from(facts: Any) -> Brand | None:
    """Return the brand that a row tells, as JSON or what Django made of it; None where it tells
    none.
    """
    found = json.loads(facts) if isinstance(facts, str) else facts
    return Brand(**found) if found else None


def brand_of_partner(partner: Partner) -> Brand:
    """Return the brand of a partner whose row is at hand."""
    return Brand(**{name: getattr(partner, column) for name, column in FACTS.items()})


def brand_named(*, slug: str = "", host: str = "") -> Brand | None:
    """Return the brand of a sign-in page, by its host or else its address; None for others."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT portal_brand(NULL, %s, %s)", [slug, host])
            return brand_from(cursor.fetchone()[0])
    partners = Partner.objects.annotate(facts=OF_PARTNER).values_list("facts", flat=True)
    found = partners.filter(host_names__name=host).first() if host else None
    if found is None and slug:
        found = partners.filter(brand_slug=slug).first()
    return brand_from(found)


def find_logo(slug: str, digest: str) -> bytes | None:
    """Return the picture of a partner's logo, if that is the one that there is now."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT portal_logo(%s, %s)", [slug, digest])
            (png,) = cursor.fetchone()
    else:
        logos = Logo.objects.filter(partner__brand_slug=slug, partner__logo_digest=digest)
        png = logos.values_list("png", flat=True).first()
    return None if png is None else bytes(png)


def own_host(partner: Partner) -> str:
    """Return the first of the partner's host names; "" where there is none."""
    return HostName.objects.filter(partner=partner).values_list("name", flat=True).first() or ""
