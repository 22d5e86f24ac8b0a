"""The address of a partner's sign-in page, for slips and emails."""

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.urls import reverse

from ..models import Partner
from .brands import brand_named, own_host

# In the address of the sign-in page: whose it is, by the slug.
PARTNER_PARAM = "partner"


def portal_host() -> str:
    """Return the host of the portal's own address."""
    return urlsplit(settings.OIDC_ISSUER).hostname or ""


def sign_in_page(partner: Partner, here: str = "") -> str:
    """Return the address to type: under the partner's own host name, where there is one, else
    `here`, which is the portal's by itself, also where it was opened under another partner's.
    """
    parts = urlsplit(settings.OIDC_ISSUER)
    path = reverse("account_login")
    host = own_host(partner)
    if not host:
        is_others = bool(here) and brand_named(host=urlsplit(here).hostname or "") is not None
        return here if here and not is_others else f"{settings.OIDC_ISSUER}{path}"
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{path}"


def sign_in_link(partner: Partner) -> str:
    """Return the address to click, which shows the partner's look without a host name of its own
    as well.
    """
    page = sign_in_page(partner)
    if not partner.has_look or urlsplit(page).hostname != portal_host():
        return page
    return f"{page}?{urlencode({PARTNER_PARAM: partner.brand_slug})}"
