"""Where the portal may connect to of what a partner typed: by https, to what is on the internet.

EGRESS_ALLOW names what else an operator has in the same network: networks, to which https may lead
as well, and origins, which may do without it.
"""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from customers.errors import Refused
from customers.said import gettext as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# The prefix by which IPv6 alone reaches IPv4 (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def check_address(url: str, *, field: str = "") -> None:
    """Raise Refused for an address that is never called, whatever its name resolves to."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = SplitResult("", "", "", "", ""), None
    if not parts.hostname or port == 0 or any(char.isspace() for char in url):
        text = _("Enter a whole address, such as https://chat.example/path.")
        raise Refused(text, code="address-unreadable", field=field)
    if parts.username is not None or parts.password is not None or parts.fragment:
        text = _("Enter the address without a user name, a password, or a part after #.")
        raise Refused(text, code="address-unreadable", field=field)
    if is_exempt(parts):
        return
    if parts.scheme != "https":
        text = _("Enter an address that begins with https://.")
        raise Refused(text, code="address-not-encrypted", field=field)
    try:
        is_private = not is_public(ipaddress.ip_address(parts.hostname))
    except ValueError:
        is_private = parts.hostname == "localhost" or parts.hostname.endswith(".localhost")
    if is_private:
        text = _("Enter an address on the internet: this one is inside of a network.")
        raise Refused(text, code="address-not-public", field=field)


def is_exempt(parts: SplitResult) -> bool:
    """Return whether the operator has named this origin in EGRESS_ALLOW."""
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}:{port}" in settings.EGRESS_ALLOW


def is_public(address: Address) -> bool:
    """Return whether the portal may connect there: on the internet, or in an exempt network.

    An IPv4 address that is wrapped in one of IPv6 counts as what it is.
    """
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            wrapped.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if inner := [part for part in wrapped if part is not None]:
            return all(map(is_public, inner))
    for named in settings.EGRESS_ALLOW:
        if "://" not in named and address in ipaddress.ip_network(named):
            return True
    return address.is_global and not address.is_multicast and not address.is_reserved
