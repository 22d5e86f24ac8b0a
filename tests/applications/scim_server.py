"""A SCIM server that nobody here wrote (scim2-server), in threads of this process."""

import contextlib
import functools
import threading
from collections.abc import Callable, Iterable, Iterator
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import httpx2

from tests.patience import PATIENCE

TOKEN = "secret"
OWN = "Asked-By-Test"
# In place of an answer: a status, with headers.
Fault = tuple[str, list[tuple[str, str]]]


@functools.cache
def _provider() -> Any:
    """Return what a server knows of SCIM, which keeps nobody; it takes half a second to make."""
    from scim2_server.utils import load_default_provider

    return load_default_provider()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing: a test reads `asked`."""


class ScimServer:
    """`asked` has each request of the portal's; `before` may answer one itself."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.before: Callable[[str], Fault | None] = lambda _asked: None
        self.after: Callable[[str], None] = lambda _asked: None
        # Three seconds that a run without it need not take.
        from scim2_server.memory import InMemoryStorage
        from scim2_server.testserver.application import BearerTokenApplication

        self.application = BearerTokenApplication(
            InMemoryStorage(), _provider(), bearer_tokens=[TOKEN]
        )
        self.server = make_server("127.0.0.1", 0, self._answer, _Server, _Quiet)
        self.url = f"http://localhost:{self.server.server_port}"
        self.address = f"{self.url}/v2"

    def _answer(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO'].rpartition('/v2')[2]}"
        if f"HTTP_{OWN.upper().replace('-', '_')}" in environ:
            return self.application(environ, start_response)
        self.asked.append(asked)
        if fault := self.before(asked):
            start_response(*fault)
            return [b""]
        answer = self.application(environ, start_response)
        self.after(asked)
        return answer

    @contextlib.contextmanager
    def serving(self) -> Iterator["ScimServer"]:
        thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.server.server_close()
            thread.join()

    def accounts(self) -> dict[str, dict[str, Any]]:
        """All that it has, by user name."""
        found = self._ask("GET", "/Users?count=1000").json()
        return {one["userName"]: one for one in found.get("Resources", [])}

    def add(self, user_name: str, **facts: Any) -> str:
        """An account that was there before; its id."""
        made = self._ask("POST", "/Users", {"userName": user_name, **facts})
        return str(made.json()["id"])

    def change(self, pk: str, **facts: Any) -> None:
        """As somebody does who administers the application itself."""
        operations = [
            {"op": "replace", "path": path, "value": value} for path, value in facts.items()
        ]
        schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
        self._ask("PATCH", f"/Users/{pk}", {"schemas": [schema], "Operations": operations})

    def remove(self, pk: str) -> None:
        self._ask("DELETE", f"/Users/{pk}")

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx2.Response:
        core = "urn:ietf:params:scim:schemas:core:2.0:User"
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
        headers[OWN] = "yes"
        sent = None if body is None else {"schemas": [core], **body}
        url = self.address + path
        answer = httpx2.request(method, url, json=sent, headers=headers, timeout=PATIENCE)
        answer.raise_for_status()
        return answer
