"""Someone who is signed in to a portal that runs in processes of its own."""

import subprocess
import sys
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.deploy.containers import Answer, Container
from tests.support.forms import Fields, fields
from tests.support.house import BASE_DIR

_SESSION = """
import sys
import django; django.setup()
from customers import scope
scope.process.scope = scope.TASKS
from django.conf import settings
from django.test import Client
from accounts.models import User
client = Client()
client.force_login(User.objects.get(username=sys.argv[1]), settings.AUTHENTICATION_BACKENDS[0])
print(client.cookies[settings.SESSION_COOKIE_NAME].value)
"""


class Visitor:
    def __init__(self, web: Container, who: str) -> None:
        self.web = web
        environment = {name: web.environment[name] for name in web.environment}
        # The portal's own keys sign the session, and its tasks are counted by it alone.
        environment["DJANGO_SETTINGS_MODULE"] = "partnerportal.settings"
        environment.pop("PROMETHEUS_MULTIPROC_DIR")
        self.session = subprocess.check_output(
            [sys.executable, "-c", _SESSION, who], cwd=BASE_DIR, env=environment, text=True
        ).strip()

    def get(self, path: str) -> Answer:
        return self.web.ask(path, **self._headers())

    def form(self, path: str) -> tuple[Fields, str]:
        """What the page's form would send, and the cookie that belongs to it."""
        page = self.get(path)
        cookie = page.headers["Set-Cookie"].partition(";")[0]
        return fields(page.body.decode()), cookie

    def post(self, path: str, form: Fields, cookie: str) -> Answer:
        headers = self._headers(cookie) | {"Origin": "https://portal.example"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.web.ask(path, urlencode(form, doseq=True), **headers)

    def send(self, path: str, form: Fields, cookie: str, content: bytes) -> Answer:
        """The form with a file."""
        file = SimpleUploadedFile("people.csv", content, content_type="text/csv")
        body = encode_multipart(BOUNDARY, {**form, "file": file})
        headers = self._headers(cookie) | {"Origin": "https://portal.example"}
        return self.web.ask(path, body, **headers | {"Content-Type": MULTIPART_CONTENT})

    def _headers(self, *cookies: str) -> dict[str, str]:
        sent = "; ".join([f"__Host-sessionid={self.session}", *cookies])
        return {"Cookie": sent, "X-Forwarded-Proto": "https"}
