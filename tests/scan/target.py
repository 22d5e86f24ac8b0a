"""The portal that is attacked: web server, worker and Valkey on this machine alone, by HTTPS."""

import http.cookiejar
import ipaddress
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import urllib.parse
import urllib.request
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from partnerportal.local import embedded
from tests.patience import PATIENCE, wait_for
from tests.support.servers import BASE_DIR, Valkey, free_port

HOST = "127.0.0.1"
PASSWORD = "seven wooden rivers"
SIGN_IN = "/accounts/login/"
OWN_PAGE = "/accounts/password/change/"


class Target:
    """With demo data and something on every page; the same again for each who attacks it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"https://{HOST}:{free_port()}"
        self.certificate, self.key = make_certificate(folder)
        self._database = folder / "portal.sqlite3"
        self._kept = folder / "prepared.sqlite3"
        self._answers_given = folder / "answers.log"
        self._processes: list[subprocess.Popen[bytes]] = []
        embedded.socket_dir().mkdir(mode=0o700, exist_ok=True)
        self._valkey = Valkey(embedded.socket_dir() / "valkey.sock")

    def prepare(self) -> dict[str, list[str]]:
        """The addresses of all pages, by the user name of who looks at them."""
        self._valkey.start()
        said = self._run("-m", "tests.scan.prepare")
        shutil.copy(self._database, self._kept)
        addresses: dict[str, list[str]] = json.loads(said.splitlines()[-1])
        return addresses

    def start(self) -> None:
        """As it was prepared, whatever was done to it since."""
        for left in self.folder.glob("portal.sqlite3*"):
            left.unlink()
        shutil.copy(self._kept, self._database)
        secure = [f"--certfile={self.certificate}", f"--keyfile={self.key}", "--no-control-socket"]
        size = ["--workers=2", "--threads=4", "--log-level=error"]
        size += [f"--access-logfile={self._answers_given}", "--access-logformat=%(s)s"]
        self._answers_given.unlink(missing_ok=True)
        bind = f"--bind={self.url.removeprefix('https://')}"
        self._start("gunicorn", bind, *size, *secure, "partnerportal.wsgi")
        self._start("celery", "-A", "partnerportal", "worker", "--pool=threads", "--concurrency=2")
        wait_for(self._answers, "The portal")

    def stop(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(PATIENCE)
        self._processes.clear()

    def close(self) -> None:
        self.stop()
        self._valkey.stop()
        shutil.rmtree(embedded.socket_dir(), ignore_errors=True)

    def log(self) -> str:
        return (self.folder / "gunicorn.log").read_text()

    def answers(self) -> Counter[str]:
        """How often which status was answered, since the start."""
        return Counter(self._answers_given.read_text().split())

    def is_signed_in(self, jar: http.cookiejar.CookieJar) -> bool:
        browser = self._browser(urllib.request.HTTPCookieProcessor(jar))
        with browser.open(self.url + OWN_PAGE) as answer:
            return bool(answer.url == self.url + OWN_PAGE)

    def sign_in(self, user_name: str) -> http.cookiejar.CookieJar:
        """As people do."""
        jar = http.cookiejar.CookieJar()
        browser = self._browser(urllib.request.HTTPCookieProcessor(jar))
        page = browser.open(self.url + SIGN_IN).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        data = {
            "csrfmiddlewaretoken": token[1] if token else "",
            "login": user_name,
            "password": PASSWORD,
        }
        request = urllib.request.Request(
            self.url + SIGN_IN,
            urllib.parse.urlencode(data).encode(),
            {"Referer": self.url + SIGN_IN},
        )
        browser.open(request).close()
        if not self.is_signed_in(jar):
            raise RuntimeError(f"{user_name} was not signed in.")
        return jar

    def file_of(self, jar: http.cookiejar.CookieJar) -> Path:
        """The cookies as the scanner reads them."""
        kept = {
            cookie.name: {
                "value": cookie.value,
                "secure": cookie.secure,
                "version": 0,
                "expires": None,
                "port": None,
            }
            for cookie in jar
        }
        file = self.folder / "cookies.json"
        file.write_text(json.dumps({HOST: {"/": kept}}))
        return file

    def _answers(self) -> bool:
        try:
            with self._browser().open(self.url + SIGN_IN) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _browser(self, *handlers: urllib.request.BaseHandler) -> urllib.request.OpenerDirector:
        trusting = ssl.create_default_context(cafile=str(self.certificate))
        return urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=trusting),
            *handlers,
        )

    def _start(self, module: str, *arguments: str) -> None:
        with (self.folder / f"{module}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=BASE_DIR,
                env=os.environ,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        self._processes.append(process)

    def _run(self, *arguments: str) -> str:
        command: list[Any] = [sys.executable, *arguments]
        done = subprocess.run(command, check=True, cwd=BASE_DIR, capture_output=True, text=True)
        return done.stdout


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Signed by itself, for this machine's own address, for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths
