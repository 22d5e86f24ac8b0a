"""The way out to addresses that a partner typed: what it connects to, and what it bounds."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pytest_django import Settings

from applications.egress import client as egress
from applications.egress.client import NotAllowed, Poster, open_client
from tests.applications.listener import Listener, Reply, certificate_for
from tests.patience import PATIENCE

# Calls an address once, and returns the status.
Call = Callable[[str], int]


def _by_client(address: str) -> int:
    with open_client() as client:
        return client.post(address, data={"one": "1"}).status_code


def _by_poster(address: str) -> int:
    with Poster() as poster:
        return poster.post(address, {"one": "1"})


@pytest.fixture(params=[_by_client, _by_poster], ids=["client", "poster"])
def call(request: pytest.FixtureRequest) -> Call:
    """Each way out in turn: what is refused to one is refused to the other."""
    way: Call = request.param
    return way


def test_a_named_origin_is_called_without_encryption(listener: Listener) -> None:
    listener.answer = lambda asked: Reply(201, asked.body[::-1])
    with open_client() as client:
        answer = client.post(f"{listener.url}/in?a=b", data={"one": "1"})
    assert (answer.status_code, answer.content) == (201, b"1=eno")
    [asked] = listener.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/in?a=b", b"one=1")
    assert asked.headers["User-Agent"] == "Partner-Portal"


def test_a_name_that_leads_inside_is_refused_although_it_looks_harmless(
    call: Call, listener: Listener, settings: Settings
) -> None:
    """Whoever typed it owns the name, and has it lead to where they like."""
    settings.EGRESS_ALLOW = []
    with pytest.raises(NotAllowed):
        call(f"https://localhost:{listener.port}/")
    with pytest.raises(NotAllowed):
        call(f"{listener.url}/")
    assert listener.asked == []


def test_a_name_with_an_address_inside_among_others_is_refused(
    call: Call, listener: Listener, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EGRESS_ALLOW = []
    inside = ("127.0.0.1", listener.port)
    both = [(2, 1, 6, "", ("8.8.8.8", listener.port)), (2, 1, 6, "", inside)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: both)
    with pytest.raises(NotAllowed):
        call(f"https://chat.example:{listener.port}/")
    assert listener.asked == []


def test_the_address_that_was_looked_at_is_the_one_connected_to(
    call: Call, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
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
    with Listener(certificate).listening() as listener:
        assert call(f"https://chat.example:{listener.port}/") == 200
        assert listener.asked[0].headers["Host"] == f"chat.example:{listener.port}"
    assert names == ["chat.example"]


def test_a_certificate_for_another_name_is_refused(
    call: Call, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certificate_for(tmp_path, "files.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    settings.EGRESS_ALLOW = ["127.0.0.0/8", "::1/128"]
    with Listener(certificate).listening() as listener:
        with pytest.raises(httpx2.NetworkError, match=r"[Hh]ostname"):
            call(f"https://localhost:{listener.port}/")
        assert listener.asked == []


def test_a_certificate_of_nobody_known_is_refused(
    call: Call, tmp_path: Path, settings: Settings
) -> None:
    settings.EGRESS_ALLOW = ["127.0.0.0/8", "::1/128"]
    with Listener(certificate_for(tmp_path)).listening() as listener:
        with pytest.raises(httpx2.NetworkError, match="certificate"):
            call(f"https://localhost:{listener.port}/")
        assert listener.asked == []


def test_no_redirect_is_followed(call: Call, listener: Listener) -> None:
    listener.answer = lambda _asked: Reply(302, headers={"Location": f"{listener.url}/inside"})
    assert call(f"{listener.url}/") == 302
    assert [asked.path for asked in listener.asked] == ["/"]


def test_no_proxy_of_the_environment_is_used(
    call: Call, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert call(f"{listener.url}/") == 200


def test_an_answer_without_end_is_given_up(
    call: Call, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(egress, "LARGEST", 50_000)
    listener.answer = lambda _asked: Reply(body=iter(lambda: b"x" * 10_000, None))
    with pytest.raises(httpx2.ProtocolError, match="too large"):
        call(f"{listener.url}/")


def test_a_compressed_answer_is_not_unpacked(call: Call, listener: Listener) -> None:
    listener.answer = lambda _asked: Reply(body=b"x", headers={"Content-Encoding": "gzip"})
    with pytest.raises(httpx2.ProtocolError, match="compressed"):
        call(f"{listener.url}/")
    assert listener.asked[0].headers["Accept-Encoding"] == "identity"


def test_an_answer_that_drips_is_given_up_in_time(
    call: Call, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes within the time of a step, and the end never."""
    monkeypatch.setattr(egress, "WHOLE", 0.5)

    def drops() -> Iterator[bytes]:
        while True:
            time.sleep(0.05)
            yield b"x"

    listener.answer = lambda _asked: Reply(body=drops())
    with pytest.raises(httpx2.TimeoutException):
        call(f"{listener.url}/")


def test_a_server_that_says_nothing_is_given_up(
    call: Call, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(egress, "STEP", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://localhost:{silent.getsockname()[1]}"
        settings.EGRESS_ALLOW = [url]
        with pytest.raises(httpx2.TimeoutException):
            call(url)


def test_where_nobody_listens_is_told_as_an_error_of_the_network(
    call: Call, settings: Settings
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://localhost:{closed.getsockname()[1]}"
    settings.EGRESS_ALLOW = [url, "http://no-such-host.invalid:80"]
    for address in (url, "http://no-such-host.invalid/"):
        with pytest.raises(httpx2.NetworkError):
            call(address)


def test_one_connection_serves_several_requests(listener: Listener) -> None:
    with open_client() as client:
        for _turn in range(3):
            client.get(f"{listener.url}/")
    assert len(listener.asked) == 3
    assert listener.connections == 1


def test_what_is_posted_over_one_connection_comes_as_from_a_client(listener: Listener) -> None:
    listener.answer = lambda asked: Reply(204 if asked.path == "/two" else 200, b"thanks")
    with Poster() as poster:
        told = [poster.post(f"{listener.url}/{to}", {"a b": "ü&"}) for to in ("one?x=1", "two")]
    with open_client() as client:
        client.post(f"{listener.url}/one?x=1", data={"a b": "ü&"})
    assert told == [200, 204]
    one, two, alike = listener.asked
    assert (one.method, one.path, one.body) == ("POST", "/one?x=1", alike.body)
    assert dict(one.headers) == dict(alike.headers)
    assert two.path == "/two"
    # One for both, and that of the client.
    assert listener.connections == 2


def test_a_poster_remembers_no_cookie(listener: Listener) -> None:
    listener.answer = lambda _asked: Reply(headers={"Set-Cookie": "id=1"})
    with Poster() as poster:
        for _turn in range(2):
            poster.post(listener.url, {})
    assert [asked.headers.get("Cookie") for asked in listener.asked] == [None, None]


def test_head_and_body_of_a_small_request_travel_together(settings: Settings) -> None:
    received = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://localhost:{server.getsockname()[1]}"
        settings.EGRESS_ALLOW = [url]

        def answer() -> None:
            taken, _address = server.accept()
            with taken:
                received.append(taken.recv(65_536))
                taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        with ThreadPoolExecutor(1) as thread:
            served = thread.submit(answer)
            with Poster() as poster:
                assert poster.post(url, {"one": "1"}) == 200
            served.result(PATIENCE)
    assert received[0].endswith(b"\r\n\r\none=1")


def test_a_body_of_many_pieces_arrives_whole(listener: Listener) -> None:
    body = "x" * (egress.PIECE * 3 + 1)
    with open_client() as client:
        client.post(listener.url, content=body)
    assert listener.asked[0].body.decode() == body


def test_an_answer_that_came_before_all_was_sent_counts(settings: Settings) -> None:
    """A server that wants no more of a large request says so and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://localhost:{server.getsockname()[1]}"
        settings.EGRESS_ALLOW = [url]

        def answer() -> None:
            taken, _address = server.accept()
            with taken:
                taken.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
                taken.shutdown(socket.SHUT_WR)
                # Read to the end, or else the answer would be lost to the client's reset.
                while taken.recv(65_536):
                    pass

        with ThreadPoolExecutor(1) as thread:
            served = thread.submit(answer)
            with open_client() as client:
                assert client.post(url, content="x" * (egress.PIECE * 2)).status_code == 413
            served.result(PATIENCE)
