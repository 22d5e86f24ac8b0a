"""Which addresses an application may have."""

import pytest
from django.core.exceptions import ValidationError

from applications.addresses import check_address, check_redirect_address, is_registered

RIGHT = [
    "https://chat.example.com/",
    "https://chat.example.com:8443/auth/callback?provider=portal",
    "http://localhost:8081/callback",
    "http://127.0.0.1/callback",
    "http://[::1]:9000/callback",
]
WRONG = [
    "",
    "chat.example.com",
    "http://chat.example.com/",
    "http://localhost.example.com/",
    "http://127.0.0.1.example.com/",
    "https://",
    "https:///callback",
    "https://user@chat.example.com/",
    "https://portal.example@evil.example/",
    "https://chat.example.com:99999/",
    "https://chat.example.com:65536/",
    "https://chat.example.com:0/",
    "http://localhost:0/callback",
    "https://[::1/",
    "https://chat.example.com/a b",
    "https://chat.example.com/\n",
    "https://chät.example.com/",
    "https://chat.example.com\\@evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "com.example.app:/callback",
    "ftp://chat.example.com/",
    "https://chat.example.com/" + "a" * 500,
]
NOT_COMPARED = [
    "https://chat.example.com/callback#part",
    "https://chat.example.com/callback#",
    "https://*.example.com/callback",
    "https://chat.example.com/*",
    "https://chat.example.com/a/../callback",
    "https://chat.example.com/a/%2e%2E/callback",
    "https://chat.example.com/./callback",
]


@pytest.mark.parametrize("address", RIGHT)
def test_an_address_of_https_or_of_the_own_machine_is_taken(address: str) -> None:
    check_address(address)
    check_redirect_address(address)


@pytest.mark.parametrize("address", WRONG)
def test_an_address_that_leads_elsewhere_is_not(address: str) -> None:
    with pytest.raises(ValidationError):
        check_address(address)
    with pytest.raises(ValidationError):
        check_redirect_address(address)


@pytest.mark.parametrize("address", NOT_COMPARED)
def test_a_redirect_address_reads_in_one_way_alone(address: str) -> None:
    with pytest.raises(ValidationError):
        check_redirect_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/callback",
        "http://127.0.0.1:51234/callback",
        "http://localhost:8081/callback",
        "http://localhost:1/callback",
        "http://localhost:65535/callback",
        "http://[::1]/callback?a=b",
    ],
)
def test_on_the_users_own_machine_any_port_is_that_of_the_program(address: str) -> None:
    known = [
        "http://127.0.0.1/callback",
        "http://localhost:9000/callback",
        "http://[::1]:80/callback?a=b",
    ]
    assert is_registered(address, known, any_port=True)
    assert is_registered(address, known, any_port=False) is (address in known)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:51234/callback/more",
        "http://127.0.0.1:51234/callback?a=b",
        "http://127.0.0.1:51234/callback#a",
        "http://127.0.0.1:/callback",
        "http://127.0.0.1:512345/callback",
        "http://127.0.0.1:99999/callback",
        "http://127.0.0.1:65536/callback",
        "http://127.0.0.1:0/callback",
        "http://127.0.0.1:1@evil.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://127.0.0.2:51234/callback",
        "http://localhost:51234/callback",
        "https://127.0.0.1:51234/callback",
        "http://127.0.0.1:51234/callback\n",
        "https://chat.example:8443/callback",
    ],
)
def test_nothing_but_the_port_and_nowhere_else(address: str) -> None:
    known = ["http://127.0.0.1:9000/callback", "https://chat.example/callback"]
    assert not is_registered(address, known, any_port=True)
