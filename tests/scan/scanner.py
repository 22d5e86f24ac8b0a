"""wapiti against the target, as one user; it is told of no address but this machine's."""

import http.server
import json
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.scan.forms import HEADER
from tests.scan.target import HOST, Target
from tests.support.house import BASE_DIR

WAPITI = BASE_DIR / ".venv-scan" / "bin" / "wapiti"
LEVELS = ("informational", "low", "medium", "high", "critical")
# Left out: what asks other machines (takeover, log4shell, ssl), loads its list of attacks from
# one (htp, nikto, wapp), knows other products alone (cms, network_device, wp_enum,
# spring4shell), or guesses names of files and passwords for hours (buster, brute_login_form).
MODULES = (
    *("backup", "cookieflags", "crlf", "csp", "exec", "file", "htaccess", "http_headers"),
    *("ldap", "methods", "permanentxss", "redirect", "shellshock", "sql", "ssrf", "timesql"),
    *("upload", "xss", "xxe"),
)
# Whose attacks are of use only while the tokens of forms are checked.
AGAINST_TOKENS = ("csrf",)
# One more signing out would be the last page that it sees; a token that is changed is refused.
NEVER_OPENED = "/accounts/logout/"
NEVER_CHANGED = "csrfmiddlewaretoken"


@dataclass(frozen=True, slots=True)
class Finding:
    level: str
    kind: str
    told: str

    def __str__(self) -> str:
        return f"{self.level}: {self.kind}: {self.told}"


@dataclass(frozen=True, slots=True)
class Scan:
    findings: list[Finding]
    requests: int

    def count(self, level: str) -> int:
        return sum(finding.level == level for finding in self.findings)


class Bait:
    """An address that only a portal which fetches what it is told to would ask for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        bait = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                # The scanner itself asks whether the server is there, and for what it caught.
                if self.path != "/" and not self.path.startswith("/get_"):
                    bait.asked.append(self.path)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *told: object) -> None:
                """Nobody reads it."""

        self._server = http.server.ThreadingHTTPServer((HOST, 0), Handler)
        self.url = f"http://{HOST}:{self._server.server_address[1]}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def scan(target: Target, user_name: str, addresses: Sequence[str], *, seconds: int) -> Scan:
    """Signed in as that user, or as nobody for ""; each kind of attack has so many seconds."""
    jar = target.sign_in(user_name) if user_name else None
    starts = [part for address in addresses for part in ("--start", target.url + address)]
    with Bait() as bait:
        given = options(target, user_name, bait.url, seconds)
        if jar is not None:
            given += ["--cookie", str(target.file_of(jar))]
        reports = [
            run_wapiti(target, [*given, *starts, "--header", f"{HEADER}: open"], MODULES),
            run_wapiti(target, [*given, "--skip-crawl"], AGAINST_TOKENS),
        ]
    if jar is not None and not target.is_signed_in(jar):
        raise RuntimeError(f"The scanner lost the session of {user_name}: it has seen too little.")
    return read_reports(reports, bait.asked, target.answers())


def options(target: Target, user_name: str, bait: str, seconds: int) -> list[str]:
    given = {
        "--url": f"{target.url}/",
        "--scope": "folder",
        "--exclude": target.url + NEVER_OPENED,
        "--skip": NEVER_CHANGED,
        "--depth": "1",
        "--max-links-per-page": "25",
        "--max-files-per-dir": "25",
        "--max-scan-time": str(2 * seconds),
        "--max-attack-time": str(seconds),
        "--timeout": "30",
        "--endpoint": bait,
        "--dns-endpoint": "localhost",
        "--verify-ssl": "0",
        "--verbose": "0",
        "--format": "json",
        "--store-session": str(target.folder / f"scan-{user_name or 'nobody'}"),
        "--store-config": str(target.folder / "wapiti"),
    }
    return ["--no-bugreport", *(part for option in given.items() for part in option)]


def run_wapiti(target: Target, given: Sequence[str], modules: Sequence[str]) -> Path:
    """Its report."""
    report = target.folder / f"report-{modules[0]}.json"
    command = [str(WAPITI), *given, "--module", ",".join(modules), "--output", str(report)]
    no_proxy = {name: os.environ[name] for name in os.environ if "proxy" not in name.lower()}
    log = target.folder / "wapiti.log"
    with log.open("ab") as output:
        done = subprocess.run(command, check=False, env=no_proxy, stdout=output, stderr=output)
    if done.returncode:
        raise RuntimeError(f"wapiti failed:\n{log.read_text()[-3000:]}")
    return report


def read_reports(reports: Sequence[Path], asked: Sequence[str], answers: Mapping[str, int]) -> Scan:
    """With what the bait caught, and every error of the portal's own."""
    findings = [
        Finding(LEVELS[one["level"]], kind, f"{one['method']} {one['path']} {one['info']}".strip())
        for said in (json.loads(report.read_text()) for report in reports)
        for part in ("vulnerabilities", "anomalies", "additionals")
        for kind, found in said[part].items()
        for one in found
    ]
    findings += [Finding("critical", "Server-side request", path) for path in asked]
    errors = {status: count for status, count in answers.items() if status.startswith("5")}
    findings += [
        Finding("high", "Server error", f"{count} times {status}")
        for status, count in sorted(errors.items())
    ]
    return Scan(findings, sum(answers.values()))
