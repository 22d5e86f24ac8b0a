"""The address that a request comes from."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

# What stands for an address where the server was given none, as behind a Unix socket: RFC 7600's
# dummy, which nobody has.
NOWHERE = "192.0.0.8"

_WITH_PORT = re.compile(r"\[(?P<v6>[^\]]*)\](:\d+)?|(?P<v4>[\d.]+):\d+")


def client_address(request: HttpRequest) -> str:
    """Return the visitor's address as the outermost of our own proxies (PROXY_COUNT) saw it.

    Each proxy adds whom it heard to the right of X-Forwarded-For; what stands further left was
    sent by the visitor, who may write there what they like.
    """
    sender = _read(request.META.get("REMOTE_ADDR", "")) or NOWHERE
    count = settings.PROXY_COUNT
    chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if count else []
    if not count or len(chain) < count:
        return sender
    return _read(chain[-count]) or sender


def _read(text: str) -> str:
    """Return an address in its one spelling, without a port, or "" for what is no address."""
    text = text.strip()
    if found := _WITH_PORT.fullmatch(text):
        text = found["v6"] or found["v4"] or ""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    # Otherwise all of IPv4 would be one network of IPv6, and count as one visitor.
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
