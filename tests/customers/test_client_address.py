import pytest
from django.test import RequestFactory
from pytest_django import Settings

from customers.client_address import client_address

SENDER = "203.0.113.9"
FORGED = "198.51.100.66"


def address(forwarded: str | None, sender: str = SENDER) -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory(REMOTE_ADDR=sender).get("/", headers=headers))


@pytest.mark.parametrize("forwarded", [None, "", FORGED, f"{FORGED}, {FORGED}", "127.0.0.1", "x"])
def test_without_proxies_a_forwarding_header_changes_nothing(forwarded: str | None) -> None:
    assert address(forwarded) == SENDER


@pytest.mark.parametrize(
    "proxies, added",
    [(1, "192.0.2.1"), (2, "192.0.2.1, 10.0.0.2"), (3, "192.0.2.1,10.0.0.3,10.0.0.2")],
)
@pytest.mark.parametrize(
    "forged", ["", FORGED, f"{FORGED}, 127.0.0.1", "unknown, , ::1", "x" * 1000]
)
def test_behind_proxies_only_what_they_added_counts(
    settings: Settings, proxies: int, added: str, forged: str
) -> None:
    settings.PROXY_COUNT = proxies
    assert address(f"{forged}, {added}", sender="10.0.0.1") == "192.0.2.1"


@pytest.mark.parametrize("forwarded", [None, "", FORGED, "unknown, 10.0.0.2", "<b>, 10.0.0.2"])
def test_what_did_not_come_through_all_proxies_is_named_by_its_sender(
    settings: Settings, forwarded: str | None
) -> None:
    settings.PROXY_COUNT = 2
    assert address(forwarded) == SENDER


@pytest.mark.parametrize(
    "written, read",
    [
        ("192.0.2.1:51612", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:0DB8:0:0::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("[::ffff:192.0.2.1]:80", "192.0.2.1"),
        ("192.0.2.1\n10.0.0.1", SENDER),
        ("192.0.2.256", SENDER),
        ("[]:80", SENDER),
        ("3221225985", SENDER),
    ],
)
def test_an_address_has_one_spelling(settings: Settings, written: str, read: str) -> None:
    settings.PROXY_COUNT = 1
    assert address(written) == read


def test_server_that_was_told_no_address_still_answers() -> None:
    assert address(FORGED, sender="") == "192.0.0.8"
