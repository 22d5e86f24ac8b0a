"""Which of the addresses that a partner types the portal may connect to."""

from ipaddress import ip_address

import pytest
from pytest_django import Settings

from applications.egress.addresses import check_address, is_public
from customers.errors import Refused


def code(url: str) -> str:
    """Of the refusal that an address gets where it is typed, or ""."""
    try:
        check_address(url)
    except Refused as refused:
        return refused.code
    return ""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://chat.example/logout?x=1", ""),
        ("https://chat.example:8443/", ""),
        ("https://8.8.8.8/", ""),
        ("http://chat.example/", "address-not-encrypted"),
        ("ftp://chat.example/", "address-not-encrypted"),
        ("//chat.example/", "address-not-encrypted"),
        ("chat.example", "address-unreadable"),
        ("https:///logout", "address-unreadable"),
        ("https://chat.example:99999/", "address-unreadable"),
        ("https://chat.example:0/", "address-unreadable"),
        ("https://[::1/", "address-unreadable"),
        ("https://chat.example/\nHost: x", "address-unreadable"),
        ("https://alice:secret@chat.example/", "address-unreadable"),
        ("https://@chat.example/", "address-unreadable"),
        ("https://chat.example/#x", "address-unreadable"),
        ("https://localhost/", "address-not-public"),
        ("https://portal.localhost/", "address-not-public"),
        ("https://127.0.0.1/", "address-not-public"),
        ("https://[::1]/", "address-not-public"),
        ("https://169.254.169.254/latest/meta-data", "address-not-public"),
    ],
)
def test_an_address_that_is_never_called_is_refused_where_it_is_typed(
    url: str, expected: str
) -> None:
    assert code(url) == expected


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1"),
        *("::", "::1", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1"),
        # An IPv4 address of those, wrapped.
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
        *("2002:7f00:1::", "2001:0:7f00:1::"),
    ],
)
def test_what_is_not_on_the_internet_is_not_connected_to(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_what_is_on_the_internet_is(address: str) -> None:
    assert is_public(ip_address(address))


def test_the_operator_may_name_networks_and_origins(settings: Settings) -> None:
    settings.EGRESS_ALLOW = ["10.1.0.0/16", "http://chat.internal:8008", "https://files:443"]
    assert is_public(ip_address("10.1.2.3"))
    assert not is_public(ip_address("10.2.2.3"))
    assert code("https://10.1.2.3/") == code("http://chat.internal:8008/x") == ""
    assert code("https://files/") == code("https://files:443/") == ""
    # Named with another scheme or port, it is another.
    assert code("http://chat.internal:8009/") == code("http://files/") == "address-not-encrypted"
    assert code("http://10.1.2.3/") == "address-not-encrypted"
