"""Someone with a browser and an authenticator app, who trusts the proxy's own authority."""

import base64
import hashlib
import hmac
import re
import ssl
import struct
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError

from tests.support.forms import Fields

STEP = 30
BOUNDARY = "----a-file-of-users"


@dataclass(frozen=True)
class Page:
    status: int
    url: str
    headers: Message
    html: str
    seconds: float


def token(html: str) -> Fields:
    """What a form must send back; these pages have other forms beside the one."""
    [*_others, found] = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    return {"csrfmiddlewaretoken": [found]}


class Visitor:
    def __init__(self, port: int, authority: Path) -> None:
        self.origin = "https://localhost" + ("" if port == 443 else f":{port}")
        trusting = ssl.create_default_context(cafile=str(authority))
        self.browser = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=trusting),
            urllib.request.HTTPCookieProcessor(CookieJar()),
            urllib.request.ProxyHandler({}),
        )
        self.secret = ""
        self.step = 0

    def get(self, path: str) -> Page:
        return self._ask(urllib.request.Request(self._address(path)))

    def post(self, path: str, form: Fields) -> Page:
        body = urllib.parse.urlencode(form, doseq=True).encode()
        return self._ask(urllib.request.Request(self._address(path), body, self._sent_by(path)))

    def send(self, path: str, form: Fields, content: bytes) -> Page:
        """The form with a file."""
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, values in form.items()
            for value in values
        ]
        disposition = 'form-data; name="file"; filename="people.csv"'
        head = f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n"
        body = "".join([*parts, head]).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        headers = self._sent_by(path)
        headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
        return self._ask(urllib.request.Request(self._address(path), body, headers))

    def sign_in(self, name: str, password: str) -> Page:
        """By password and app; the first time the app is set up, which the portal asks for."""
        login = "/accounts/login/"
        form = {"login": [name], "password": [password]}
        page = self.post(login, form | token(self.get(login).html))
        if not self.secret:
            page = self.get("/accounts/2fa/totp/activate/")
            [shown] = re.findall(r'id="app-key">([^<]+)<', page.html)
            self.secret = shown.replace(" ", "")
        return self.post(page.url, {"code": [self._code()]} | token(page.html))

    def take_app_of(self, other: "Visitor") -> None:
        """The same user, in another browser."""
        self.secret, self.step = other.secret, other.step

    def _code(self) -> str:
        """No code is taken twice: the next one, which counts half a minute before its time."""
        while (now := int(time.time()) // STEP) + 1 <= self.step:
            time.sleep(1)
        self.step = max(now, self.step + 1)
        key = base64.b32decode(self.secret + "=" * (-len(self.secret) % 8))
        digest = hmac.new(key, struct.pack(">Q", self.step), hashlib.sha1).digest()
        at = digest[-1] & 15
        [number] = struct.unpack(">I", digest[at : at + 4])
        return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"

    def _address(self, path: str) -> str:
        return urllib.parse.urljoin(self.origin, path)

    def _sent_by(self, path: str) -> dict[str, str]:
        return {"Origin": self.origin, "Referer": self._address(path)}

    def _ask(self, request: urllib.request.Request) -> Page:
        began = time.monotonic()
        answer: HTTPResponse | HTTPError
        try:
            answer = self.browser.open(request, timeout=90)
        except HTTPError as error:
            answer = error
        with answer:
            html = answer.read().decode(errors="replace")
        seconds = time.monotonic() - began
        return Page(answer.status or 0, answer.url, answer.headers, html, seconds)
