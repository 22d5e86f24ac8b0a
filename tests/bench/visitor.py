"""A signed-in user who opens pages: through the portal's WSGI application, without a network."""

import io
import re
import time
from collections.abc import Callable, Iterable
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User


class Visitor:
    def __init__(self, user: User) -> None:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        # Dated ahead: pages that ask for a recent sign-in are opened late in a long run, too.
        session["account_authentication_methods"] = [
            {"method": method, "at": time.time() + 3_600} for method in ("password", "mfa")
        ]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        self.session = str(session.session_key)
        self._application = get_wsgi_application()

    def open(self, address: str, **headers: str) -> str:
        """The page's HTML; an error for any other answer than a page.

        Headers are named as WSGI has them: HTTP_HX_REQUEST.
        """
        path, _mark, query = address.partition("?")
        environment = {
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={self.session}",
            "wsgi.errors": io.StringIO(),
            **headers,
        }
        setup_testing_defaults(environment)
        statuses: list[str] = []

        def start(status: str, *_rest: object) -> Callable[[bytes], object]:
            statuses.append(status)
            return io.BytesIO().write

        answer = self._application(environment, start)
        html = b"".join(answer).decode()
        answer.close()
        if statuses != ["200 OK"]:
            raise RuntimeError(f"{address} answers {statuses[0]}.")
        return html

    def queries(self, address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            self.open(address)
        return len(queries)

    def most_queries(self, addresses: Iterable[str]) -> int:
        return max(self.queries(address) for address in addresses)


def rows_of(html: str) -> int:
    """How many rows the page's table shows."""
    body = re.search(r"<tbody>(.*)</tbody>", html, re.DOTALL)
    return body.group(1).count("<tr") if body else 0
