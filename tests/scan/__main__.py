"""`make scan`: what others' tools find. Fails on anything above informational.

wapiti attacks all pages of a portal with demo data, as a stranger, as a partner, as a customer's
administrator and as support staff; each kind of attack has SCAN_SECONDS (60). bandit reads the
code, and the locks are checked as far as this machine knows. Arguments choose user names.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.scan.scanner import LEVELS, Scan, scan
from tests.scan.target import PASSWORD, Target
from tests.support.house import BASE_DIR, OUR_PACKAGES

ALICE, GAIL, UMA = "alice@fabrikam.example", "gail@contoso.example", "uma@contoso.example"
SUPPORT = "support@portal.example"
# Whose pages each one tries: an administrator of a customer those of a partner too.
USERS = {"": ("",), ALICE: (ALICE, UMA), GAIL: (ALICE, UMA), SUPPORT: (SUPPORT,)}
LOCKS = """\
locks       Known vulnerabilities are not looked up: pip-audit asks a server for them, and this
            command talks to none. What is checked: each package pinned, hashed, within the bounds
            of its list, from no address of its own."""


def main(chosen: list[str]) -> int:
    # Whoever is told to end takes the target along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped"))
    read = run("bandit", "-m", "bandit", "-q", "-c", "pyproject.toml", "-r", *OUR_PACKAGES)
    passed = [read, run_locks(), attack(chosen or [*USERS])]
    return 0 if all(passed) else 1


def run(name: str, *command: str) -> bool:
    done = subprocess.run(
        [sys.executable, *command], check=False, cwd=BASE_DIR, capture_output=True, text=True
    )
    print(f"{name:<12}{'failed' if done.returncode else 'ok'}", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr)
    return done.returncode == 0


def run_locks() -> bool:
    print(LOCKS)
    return run("locks", "-m", "pytest", "-q", "tests/rules/test_locks.py")


def attack(users: list[str]) -> bool:
    seconds = int(os.environ.get("SCAN_SECONDS", "60"))
    worst = Counter[str]()
    with tempfile.TemporaryDirectory(prefix="portal-scan-") as name:
        set_environment(Path(name))
        target = Target(Path(name))
        try:
            pages = target.prepare()
            for user in users:
                addresses = sorted({url for who in USERS[user] for url in pages.get(who, [])})
                target.start()
                started = time.monotonic()
                found = scan(target, user, addresses, seconds=seconds)
                target.stop()
                tell(user, len(addresses), found, time.monotonic() - started)
                worst.update({level: found.count(level) for level in LEVELS})
        finally:
            target.close()
            if sys.exc_info()[0]:
                print(target.log()[-5_000:])
    print("wapiti      " + ", ".join(f"{worst[level]} {level}" for level in LEVELS))
    return not any(worst[level] for level in LEVELS[1:])


def set_environment(folder: Path) -> None:
    """As on a server, but embedded; nothing of this shell's own settings."""
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "CREDENTIALS_KEYS", "ALLOWED_HOSTS"):
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.scan.settings",
        "DATA_DIR": str(folder),
        "HTTPS": "on",
        # As `make run` has it: the scanner knows a password and no more.
        "REQUIRE_MFA": "off",
        "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
        "DEMO_PASSWORD": PASSWORD,
    }


def tell(user: str, addresses: int, found: Scan, seconds: float) -> None:
    counts = ", ".join(f"{found.count(level)} {level}" for level in LEVELS)
    who = user or "a stranger"
    done = f"{addresses} pages given, {found.requests} requests in {seconds:.0f} s"
    print(f"wapiti      as {who}: {done}: {counts}", flush=True)
    told = {str(finding) for finding in found.findings if finding.level != LEVELS[0]}
    for line in sorted(told):
        print(f"            {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
