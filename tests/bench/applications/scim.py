"""An application that takes accounts: scim2-server, keeping what it is told in memory.

`python -m tests.bench.applications.scim PORT`: in threads of one process. Its web server, which is
for tests, closes each connection after an answer.
"""

import os
import sys
from typing import Any

from scim2_server.memory import InMemoryStorage
from scim2_server.testserver.application import BearerTokenApplication
from scim2_server.utils import load_default_provider
from werkzeug.serving import WSGIRequestHandler, make_server


class _Handler(WSGIRequestHandler):
    def log_request(self, *_args: Any) -> None:
        """Say nothing: there are tens of thousands."""


if __name__ == "__main__":
    tokens = [os.environ["SCIM_TOKEN"]]
    application = BearerTokenApplication(
        InMemoryStorage(), load_default_provider(), bearer_tokens=tokens
    )
    port = int(sys.argv[1])
    make_server(
        "localhost", port, application, threaded=True, request_handler=_Handler
    ).serve_forever()
