"""The way out to addresses that a partner typed: what it connects to, and what it bounds."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pytest_django import Settings

from applications.egress import client as egress
from applications.egress.client import NotAllowed, open_client
from tests.applications.listener import Listener, Reply, certificate_for


def test_a_named_origin_is_called_without_encryption(listener: Listener) -> None:
    listener.answer = lambda asked: Reply(201, asked.body[::-1])
    with open_client() as client:
        answer = client.post(f"{listener.url}/in?a=b", data={"one": "1"})
    assert (answer.status_code, answer.content) == (201, b"1=eno")
    [asked] = listener.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/in?a=b", b"one=1")
    assert asked.headers["User-Agent"] == "Partner-Portal"


def test_a_name_that_leads_inside_is_refused_although_it_looks_harmless(
    listener: Listener, settings: Settings
) -> None:
    """Whoever typed it owns the name, and has it lead to where they like."""
    settings.EGRESS_ALLOW = []
    with open_client() as client, pytest.raises(NotAllowed):
        client.get(f"https://localhost:{listener.port}/")
    with open_client() as client, pytest.raises(NotAllowed):
        client.get(f"{listener.url}/")
    assert listener.asked == []


def test_a_name_with_an_address_inside_among_others_is_refused(
    listener: Listener, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EGRESS_ALLOW = []
    inside = ("127.0.0.1", listener.port)
    both = [(2, 1, 6, "", ("8.8.8.8", listener.port)), (2, 1, 6, "", inside)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: both)
    with open_client() as client, pytest.raises(NotAllowed):
        client.get(f"https://chat.example:{listener.port}/")
    assert listener.asked == []


def test_the_address_that_was_looked_at_is_the_one_connected_to(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that answers otherwise the second time is not asked a second time."""
    certificate = certificate_for(tmp_path, "chat.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    names: list[str] = []
    resolve = socket.getaddrinfo

    def answer_otherwise(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        if host != "chat.example":
            return resolve(host, port, *rest, **more)
        names.append(host)
        where = "127.0.0.1" if len(names) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (where, port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer_otherwise)
    settings.EGRESS_ALLOW = ["127.0.0.1/32"]
    with Listener(certificate).listening() as listener, open_client() as client:
        answer = client.get(f"https://chat.example:{listener.port}/")
        assert answer.status_code == 200
        assert listener.asked[0].headers["Host"] == f"chat.example:{listener.port}"
    assert names == ["chat.example"]


def test_a_certificate_for_another_name_is_refused(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certificate_for(tmp_path, "files.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    settings.EGRESS_ALLOW = ["127.0.0.0/8", "::1/128"]
    with Listener(certificate).listening() as listener, open_client() as client:
        with pytest.raises(httpx2.NetworkError, match=r"[Hh]ostname"):
            client.get(f"https://localhost:{listener.port}/")
        assert listener.asked == []


def test_a_certificate_of_nobody_known_is_refused(tmp_path: Path, settings: Settings) -> None:
    settings.EGRESS_ALLOW = ["127.0.0.0/8", "::1/128"]
    with Listener(certificate_for(tmp_path)).listening() as listener, open_client() as client:
        with pytest.raises(httpx2.NetworkError, match="certificate"):
            client.get(f"https://localhost:{listener.port}/")
        assert listener.asked == []


def test_no_redirect_is_followed(listener: Listener) -> None:
    listener.answer = lambda _asked: Reply(302, headers={"Location": f"{listener.url}/inside"})
    with open_client() as client:
        assert client.get(f"{listener.url}/").status_code == 302
    assert [asked.path for asked in listener.asked] == ["/"]


def test_no_proxy_of_the_environment_is_used(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with open_client() as client:
        assert client.get(f"{listener.url}/").status_code == 200


def test_an_answer_without_end_is_given_up(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(egress, "LARGEST", 50_000)
    listener.answer = lambda _asked: Reply(body=iter(lambda: b"x" * 10_000, None))
    with open_client() as client, pytest.raises(httpx2.ProtocolError, match="too large"):
        client.get(f"{listener.url}/")


def test_a_compressed_answer_is_not_unpacked(listener: Listener) -> None:
    listener.answer = lambda _asked: Reply(body=b"x", headers={"Content-Encoding": "gzip"})
    with open_client() as client, pytest.raises(httpx2.ProtocolError, match="compressed"):
        client.get(f"{listener.url}/")
    assert listener.asked[0].headers["Accept-Encoding"] == "identity"


def test_an_answer_that_drips_is_given_up_in_time(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes within the time of a step, and the end never."""
    monkeypatch.setattr(egress, "WHOLE", 0.5)

    def drops() -> Iterator[bytes]:
        while True:
            time.sleep(0.05)
            yield b"x"

    listener.answer = lambda _asked: Reply(body=drops())
    with open_client() as client, pytest.raises(httpx2.TimeoutException):
        client.get(f"{listener.url}/")


def test_a_server_that_says_nothing_is_given_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(egress, "STEP", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://localhost:{silent.getsockname()[1]}"
        settings.EGRESS_ALLOW = [url]
        with open_client() as client, pytest.raises(httpx2.TimeoutException):
            client.get(url)


def test_where_nobody_listens_is_told_as_an_error_of_the_network(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://localhost:{closed.getsockname()[1]}"
    settings.EGRESS_ALLOW = [url, "http://no-such-host.invalid:80"]
    with open_client() as client:
        for address in (url, "http://no-such-host.invalid/"):
            with pytest.raises(httpx2.NetworkError):
                client.get(address)


def test_one_connection_serves_several_requests(listener: Listener) -> None:
    with open_client() as client:
        for _turn in range(3):
            client.get(f"{listener.url}/")
    assert len(listener.asked) == 3
