"""An error reaches Sentry without a word about anybody."""

import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import brotli
import pytest

from partnerportal.serving.reports import scrubbed
from tests.operations.processes import PRODUCTION, bare
from tests.patience import PATIENCE
from tests.support.house import BASE_DIR

pytestmark = pytest.mark.once

# Somebody signs in while the database is away.
CODE = """
from partnerportal.wsgi import application
import sentry_sdk
from django.test import RequestFactory
form = {"login": "ada@contoso.example", "password": "hunter2-hunter2"}
request = RequestFactory().post("/accounts/login/?next=/customers/%3Fq%3DLovelace", form,
    headers={"host": "portal.example", "cookie": "__Host-sessionid=abcdefghijklmnop"}, secure=True)
application(request.environ, lambda status, headers: print(status, dict(headers)["Retry-After"]))
sentry_sdk.flush(10)
"""


class Received(BaseHTTPRequestHandler):
    bodies: list[bytes] = []

    def do_POST(self) -> None:
        """http.server calls this by name."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        unpack = {"gzip": gzip.decompress, "br": brotli.decompress}
        self.bodies.append(unpack[self.headers["Content-Encoding"]](body))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def sentry() -> Iterator[str]:
    """Takes what the real client sends, over HTTP."""
    Received.bodies.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Received)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://key@127.0.0.1:{server.server_port}/1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_failed_request_is_reported_without_a_word_of_it(sentry: str, tmp_path: Path) -> None:
    environment = PRODUCTION | {
        "DATABASE_URL": "postgresql://portal@127.0.0.1:1/portal",
        "REDIS_URL": f"unix://{tmp_path / 'nobody.sock'}",
        "SENTRY_DSN": sentry,
        "DJANGO_SETTINGS_MODULE": "partnerportal.settings",
        "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
    }
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        check=False,
        cwd=BASE_DIR,
        env=bare(**environment),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.stdout == "503 Service Unavailable 30\n", done.stderr
    sent = b"\n".join(Received.bodies).decode()
    events = [json.loads(line) for line in sent.splitlines() if '"exception"' in line]
    [event] = [each for each in events if "OperationalError" in json.dumps(each)][:1]
    assert event["request"] == {
        "method": "POST",
        "url": "https://portal.example/accounts/login/",
    }
    assert len(event["tags"]["request_id"]) == 36
    for word in ("hunter2", "ada@contoso", "Lovelace", "abcdefghijklmnop", "sessionid"):
        assert word not in sent
    for word in ("hunter2", "ada@contoso", "Lovelace"):
        assert word not in done.stderr


def test_what_an_event_says_of_a_person_is_the_number() -> None:
    event = {
        "user": {"id": 7, "username": "ada@contoso.example", "ip_address": "192.0.2.1"},
        "extra": {"celery-job": {"args": [1]}},
        "logentry": {"message": "Refused\nDETAIL:  Key (name)=(Ada) exists.", "params": ["Ada"]},
        "exception": {
            "values": [
                {
                    "value": "duplicate key\nDETAIL:  Failing row contains (Ada,\nLovelace).",
                    "stacktrace": {"frames": [{"function": "save", "vars": {"name": "Ada"}}]},
                }
            ]
        },
    }
    assert scrubbed(event, {}) == {
        "request": {},
        "user": {"id": 7},
        "tags": {"request_id": ""},
        "logentry": {"message": "Refused\nDETAIL: left out"},
        "exception": {
            "values": [
                {
                    "value": "duplicate key\nDETAIL: left out",
                    "stacktrace": {"frames": [{"function": "save"}]},
                }
            ]
        },
    }
