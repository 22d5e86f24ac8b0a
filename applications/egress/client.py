"""The one way out to addresses that a partner typed, which may be anybody's, the portal's own too.

Only where `addresses` allows it, and the address that was looked at is the one connected to: to ask
for it a second time would let a name server answer otherwise. No redirect is followed, no proxy of
the environment used, and an answer is bounded in time and size.

It is loaded by workers alone: httpx2 would make every web server half a second slower to start.
"""

import contextlib
import functools
import ipaddress
import os
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpcore2
import httpx2

from customers.said import gettext as _

from .addresses import is_exempt, is_public

# In seconds: for each step of a request, and for the whole of it.
STEP, WHOLE = 5.0, 15.0
# Bytes of an answer: a page of a hundred accounts has some 200,000.
LARGEST = 2_000_000
# Bytes of a request that are sent in one piece.
PIECE = 65_536
AGENT = "Partner-Portal"


class NotAllowed(httpx2.RequestError):
    """The refusal to connect to an address that is no public one."""


def open_client(**given: Any) -> httpx2.Client:
    """Return a client for requests one after the other; close it, as a context manager does.

    What goes wrong is an `httpx2.RequestError`.
    """
    headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    headers |= given.pop("headers", {})
    return httpx2.Client(
        **given,
        headers=headers,
        transport=_Transport(),
        timeout=STEP,
        follow_redirects=False,
        trust_env=False,
    )


class Poster(AbstractContextManager["Poster"]):
    """Posts forms, one after the other, and hears of each answer its status alone.

    It goes the way of `open_client`, with the same checks and bounds, and raises the same errors.
    A whole client, with its cookies and redirects, costs as much again as all that it sends.
    """

    def __init__(self) -> None:
        self.transport = _Transport()

    def __exit__(self, *_error: object) -> None:
        self.transport.close()

    def post(self, address: str, form: Mapping[str, str]) -> int:
        url, headers = _prepared(address)
        body = urlencode(form).encode()
        sent = httpcore2.Request(
            "POST",
            _core_url(url),
            headers=[*headers, (b"Content-Length", b"%d" % len(body))],
            content=body,
        )
        answer = self.transport.ask(sent, url)
        stream = _Bounded(answer)
        try:
            for _part in stream:
                pass
        finally:
            with _errors_of():
                stream.close()
        return answer.status


@functools.lru_cache(64)
def _prepared(address: str) -> tuple[httpx2.URL, list[tuple[bytes, bytes]]]:
    url = httpx2.URL(address)
    headers = [
        (b"Host", url.netloc),
        (b"User-Agent", AGENT.encode()),
        (b"Accept", b"*/*"),
        (b"Accept-Encoding", b"identity"),
        (b"Connection", b"keep-alive"),
        (b"Content-Type", b"application/x-www-form-urlencoded"),
    ]
    return url, headers


def explain(error: Exception) -> str:
    """Return in words why there was no answer, for those who typed the address."""
    if isinstance(error, NotAllowed):
        return _("The address leads to where the portal doesn't connect: inside of a network.")
    if isinstance(error, httpx2.TimeoutException):
        return _("There was no answer in time.")
    if isinstance(error, httpx2.NetworkError):
        return _("There was no connection: no such host, no answer, or no valid certificate.")
    return _("There was an answer that can't be read.")


def explain_status(status: int) -> str:
    """Return in words what an answer was that says no more than its status."""
    return _("The application answered with status %(status)s.") % {"status": status}


@functools.cache
def _authorities(_file: str | None) -> ssl.SSLContext:
    """Return what trusts the system's authorities, to which SSL_CERT_FILE may add one's own.

    They are read once in the life of a process: that takes as long as a few requests.
    """
    return ssl.create_default_context()


class _Transport(httpx2.BaseTransport):
    def __init__(self) -> None:
        # Both on the whole clock of the request that runs.
        self.network = _Network()
        self.pool = httpcore2.ConnectionPool(
            ssl_context=_authorities(os.environ.get("SSL_CERT_FILE")),
            max_connections=1,
            keepalive_expiry=STEP,
            network_backend=self.network,
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        sent = httpcore2.Request(
            request.method,
            _core_url(request.url),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = self.ask(sent, request.url, request)
        return httpx2.Response(
            answer.status,
            headers=answer.headers,
            stream=_Bounded(answer, request),
            extensions=answer.extensions,
        )

    def ask(
        self, sent: httpcore2.Request, url: httpx2.URL, request: httpx2.Request | None = None
    ) -> httpcore2.Response:
        """Send this if it may be sent there, within the time for a whole request.

        Errors name `request`, where there is one.
        """
        self.network.exempt = is_exempt(urlsplit(str(url)))
        self.network.ends = time.monotonic() + WHOLE
        if url.userinfo or (url.scheme != "https" and not self.network.exempt):
            raise NotAllowed("not encrypted", request=request)
        with _errors_of(request):
            return self.pool.handle_request(sent)

    def close(self) -> None:
        self.pool.close()


def _core_url(url: httpx2.URL) -> httpcore2.URL:
    return httpcore2.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )


@contextlib.contextmanager
def _errors_of(request: httpx2.Request | None = None) -> Iterator[None]:
    """Have what goes wrong below raised as an error of the client's."""
    try:
        yield
    except NotAllowed as error:
        if request:
            error.request = request
        raise
    except httpcore2.TimeoutException as error:
        raise httpx2.TimeoutException(str(error), request=request) from error
    except httpcore2.NetworkError as error:
        raise httpx2.NetworkError(str(error), request=request) from error
    except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol) as error:
        raise httpx2.ProtocolError(str(error), request=request) from error


class _Bounded(httpx2.SyncByteStream):
    """The bytes of an answer, up to a limit. None come compressed: a few could become many."""

    def __init__(self, answer: httpcore2.Response, request: httpx2.Request | None = None) -> None:
        self.answer, self.request = answer, request

    def __iter__(self) -> Iterator[bytes]:
        left = LARGEST
        with _errors_of(self.request):
            for name, value in self.answer.headers:
                if name.lower() == b"content-encoding" and value.lower() != b"identity":
                    raise httpcore2.RemoteProtocolError("compressed, which was not asked for")
            for part in self.answer.iter_stream():
                left -= len(part)
                if left < 0:
                    raise httpcore2.RemoteProtocolError("too large")
                yield part

    def close(self) -> None:
        self.answer.close()


class _Network(httpcore2.NetworkBackend):
    """A network that connects to nothing but what it has looked at."""

    exempt = False
    ends = 0.0

    def __init__(self) -> None:
        self.network = httpcore2.SyncBackend()

    def left(self, timeout: float | None) -> float:
        """Return how long a step may take; raise where no time is left for it."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the whole took too long")
        return min(left, STEP if timeout is None else timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"no such host: {host}") from error
        addresses = [ipaddress.ip_address(where[0]) for *_kind, where in found]
        # One that is not public among others would be chosen on another day.
        if not self.exempt and not all(map(is_public, addresses)):
            raise NotAllowed("not a public address")
        failed: Exception = httpcore2.ConnectError(f"no such host: {host}")
        for address in dict.fromkeys(map(str, addresses)):
            try:
                stream = self.network.connect_tcp(
                    address, port, self.left(timeout), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
            else:
                return _Stream(stream, self)
        raise failed


class _Stream(httpcore2.NetworkStream):
    """A connection of which each step, and all of them together, end in time.

    What is written is sent when there is a piece of it, or an answer is to be read: head and body
    of a small request travel together.
    """

    def __init__(self, stream: httpcore2.NetworkStream, network: _Network) -> None:
        self.stream, self.network = stream, network
        self.unsent = bytearray()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        # Who hangs up while it is written to may have answered before.
        with contextlib.suppress(httpcore2.WriteError):
            self.send(timeout)
        return self.stream.read(max_bytes, self.network.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.unsent += buffer
        if len(self.unsent) >= PIECE:
            self.send(timeout)

    def send(self, timeout: float | None) -> None:
        whole, self.unsent = bytes(self.unsent), bytearray()
        if whole:
            self.stream.write(whole, self.network.left(timeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = self.network.left(timeout)
        return _Stream(self.stream.start_tls(ssl_context, server_hostname, left), self.network)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)
