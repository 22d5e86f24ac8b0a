"""What a portal in containers goes through, in this order: `python -m tests.containers.story`.

Each chapter begins where the one before ended.
"""

import json
import os
import re
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from tests.containers.machine import daemon
from tests.containers.stack import IMAGE, KEPT, Stack
from tests.containers.visitor import Page, Visitor, token
from tests.patience import wait_for
from tests.support.forms import fields, words

PORTAL = ("web", "worker", "beat", "proxy", "redis")
MONITORED = "docker-compose.yml:containers.yml:deploy/monitoring.yml"
# Seconds that a worker has for a file, also where it is killed and beat sends it again.
ENOUGH = 300
# As many as keep a worker busy until a look has met it at work, and it is killed, or Redis stopped.
USERS = 40_000
MEGABYTE = 2**20


class Story:
    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.password = secrets.token_urlsafe(18)
        self.authority = stack.checkout / "root.crt"
        self.customer = 0
        self.domain = ""

    def start_from_nothing(self) -> str:
        """From empty volumes to the sign-in page, whose certificate is verified."""
        done = self.stack.up()
        assert "System check identified no issues" in done.stdout
        inside = "proxy:/data/caddy/pki/authorities/local/root.crt"
        self.stack.compose("cp", inside, str(self.authority))
        page = self._stranger().get("/accounts/login/")
        assert page.status == 200
        assert "max-age" in page.headers["Strict-Transport-Security"]
        assert "failed to install" not in self.stack.compose("logs", "proxy").stdout
        # A $ in .env comes through.
        asked = self.stack.compose("exec", "-T", "web", "printenv", "EMAIL_URL").stdout.strip()
        assert asked == self.stack.settings()["EMAIL_URL"]
        return self._sizes()

    def sign_in(self) -> str:
        """Alice by password and app, whom the portal asks to set it up."""
        self.stack.manage("demo", DEMO_PASSWORD=self.password)
        self.alice = self._stranger()
        page = self.alice.sign_in("alice@fabrikam.example", self.password)
        assert page.status == 200
        page = self.alice.get("/customers/")
        self.customer = int(re.findall(r"/customers/(\d+)/", page.html)[0])
        self.domain = self.stack.sql(
            f"SELECT name FROM customers_domain WHERE customer_id = {self.customer} AND is_primary"
        )
        assert self.alice.get(f"/customers/{self.customer}/users/").status == 200
        return "TLS verified, code taken"

    def upload_through_a_killed_worker(self) -> str:
        """It is killed while it writes; everyone is there once."""
        upload = self._received("killed", USERS)
        kill = self.stack.killer("worker")
        batch = self._confirmed(upload)
        wait_for(self._is_writing, "the worker")
        kill()
        began = time.monotonic()
        assert self._state("customers_batch", batch) != "done"
        self._done(batch)
        self._all_there("killed", USERS)
        return f"{USERS:,} people, once each, {time.monotonic() - began:.0f} s after the kill"

    def keep_on_without_redis(self) -> str:
        """It is stopped while a batch runs: pages, then the batch, then the next upload go on."""
        batch = self._confirmed(self._received("away", USERS))
        wait_for(self._is_writing, "the worker")
        self.stack.compose("stop", "redis")
        began, answers = time.monotonic(), []
        while time.monotonic() - began < 8:
            answers.append(self.alice.get(f"/customers/{self.customer}/users/"))
            time.sleep(0.5)
        assert {answer.status for answer in answers} == {200}
        self.stack.compose("start", "redis")
        self._done(batch)
        self._done(self._confirmed(self._received("back", 20)))
        self._all_there("away", USERS)
        self._all_there("back", 20)
        restarts = self.stack.state("worker", "RestartCount")
        slowest = max(answer.seconds for answer in answers)
        return f"slowest page {slowest:.1f} s, restarts of the worker: {restarts}"

    def keep_running_after_a_mistake(self) -> str:
        """A weak, a missing and a wrong value: each is named, and nothing is replaced."""
        there, right = self.stack.running(), self.stack.settings()
        for name, value, told in (
            ("SECRET_KEY", "short", "SECRET_KEY is weak"),
            ("MONITORING_TOKEN", "", "MONITORING_TOKEN is missing"),
            ("REDIS_PASSWORD", "guess", "REDIS_URL has a weak password"),
            ("WEB_PROCESSES", "two", "WEB_PROCESSES cannot be read"),
        ):
            self.stack.write_settings(right | {name: value})
            done = self.stack.up(check=False)
            assert done.returncode != 0, name
            assert told in done.stdout + done.stderr, done.stdout + done.stderr
            assert "Nothing that runs was replaced." in done.stderr, name
            # Without deploy/up, by the words that many know by heart.
            self.stack.compose("up", "--detach", check=False)
            now = self.stack.running()
            assert {each: now[each] for each in PORTAL} == {each: there[each] for each in PORTAL}
            assert self.alice.get("/customers/").status == 200, name
        self.stack.write_settings(right)
        # A changed Caddyfile is one that is taken.
        file = self.stack.checkout / "deploy" / "Caddyfile"
        text = file.read_text()
        file.unlink()
        file.write_text(f"{text}# Changed.\n")
        self.stack.up()
        now = self.stack.running()
        assert {name for name in now if now[name] != there.get(name)} == {"proxy"}
        unknown = self.stack.up("9.9.9", check=False)
        assert unknown.returncode == 1
        assert "No image has the version 9.9.9" in unknown.stderr
        return "4 mistakes, each named; nothing was replaced before they were mended"

    def say_what_is_away(self) -> str:
        """PostgreSQL, the web server, and a file that no server takes: a page each."""
        self.stack.compose("stop", "postgres")
        page = self._away()
        assert "htmx" in page.html, "the portal's own page"
        # Once it is known, nobody waits.
        wait_for(lambda: self._away().seconds < 3, "a quick page")
        without_database = self._away().seconds
        self.stack.compose("start", "postgres")
        wait_for(lambda: self.alice.get("/customers/").status == 200, "the portal")

        self.stack.compose("stop", "web")
        page = self._away()
        for part in re.findall(r'(?:href|src)="(/proxy/[^"]+)"', page.html):
            assert self.alice.get(part).status == 200, part
        self.stack.compose("start", "web")
        wait_for(lambda: self.alice.get("/customers/").status == 200, "the web server")

        address = f"/customers/{self.customer}/users/upload/"
        form = fields(self.alice.get(address).html)
        little = self.alice.send(address, form, b"x" * (64 * MEGABYTE + 50_000))
        assert little.status == 200
        assert "64" in words(little.html)
        large = self.alice.send(address, form, b"x" * (70 * MEGABYTE))
        assert (large.status, "The file is too large" in large.html) == (413, True)
        return f"without PostgreSQL {without_database:.1f} s, without web {page.seconds:.1f} s"

    def restore_into_fresh_volumes(self) -> str:
        """As docs/operations.md says; by the image of that version, and with monitoring."""
        stack = self.stack
        users = stack.sql("SELECT count(*) FROM accounts_user")
        pg_dump = ("pg_dump", "--username=portal", "--format=custom", "portal")
        dump = stack.checkout / "portal.dump"
        with dump.open("wb") as file:
            subprocess.run(
                ["docker", "compose", "exec", "-T", "postgres", *pg_dump],
                check=True, cwd=stack.checkout, env=stack.environment, stdout=file,
            )  # fmt: skip
        stack.docker("tag", stack.state("web", "Config.Image"), f"{IMAGE}:{KEPT}")
        stack.compose("--profile=portal", "down", "--volumes")

        began = time.monotonic()
        stack.compose("up", "--detach", "--wait", "postgres")
        stack.compose("run", "--rm", "-T", "migrate", "prepare_roles")
        restore = ("pg_restore", "--username=portal", "--exit-on-error", "--no-owner")
        given = dump.read_bytes()
        stack.compose("exec", "-T", "postgres", *restore, "--dbname=portal", given=given)
        stack.compose("run", "--rm", "-T", "migrate", "prepare_roles")
        stack.sql("ANALYZE")
        took = time.monotonic() - began
        stack.environment["COMPOSE_FILE"] = MONITORED
        stack.up(KEPT)
        assert stack.state("web", "Config.Image") == f"{IMAGE}:{KEPT}"
        assert stack.sql("SELECT count(*) FROM accounts_user") == users
        assert "rules hold" in stack.manage("check_invariants")
        stack.manage("verify_audit_log")
        inside = "proxy:/data/caddy/pki/authorities/local/root.crt"
        stack.compose("cp", inside, str(self.authority))
        again = self._stranger()
        again.take_app_of(self.alice)
        assert again.sign_in("alice@fabrikam.example", self.password).status == 200
        assert again.get(f"/customers/{self.customer}/users/").status == 200
        self.alice = again
        return f"{users} people in {len(given) / MEGABYTE:.1f} MB, {took:.0f} s"

    def let_monitoring_in(self) -> str:
        """By the example: with the token alone, and not through the proxy."""
        for path in ("/health/status", "/metrics", "/worker/metrics"):
            assert self._monitoring(path, "") in {(404, ""), (401, ""), (403, "")}, path
        token = self.stack.settings()["MONITORING_TOKEN"]
        wait_for(lambda: self._monitoring("/health/status", token)[0] == 200, "no alarms")
        alarms = json.loads(self._monitoring("/health/status", token)[1])["alarms"]
        assert "portal_requests_total" in self._monitoring("/metrics", token)[1]
        assert "portal_" in self._monitoring("/worker/metrics", token)[1]
        assert self.alice.get("/metrics").status == 404
        assert self.alice.get("/health/status").status == 404
        return f"alarms: {len(alarms)}"

    # Steps of the chapters

    def _away(self) -> Page:
        page = self.alice.get("/customers/")
        assert (page.status, page.headers["Retry-After"]) == (503, "30")
        assert "Back in a moment" in words(page.html)
        return page

    def _stranger(self) -> Visitor:
        return Visitor(self.stack.ports["https"], self.authority)

    def _received(self, prefix: str, users: int) -> int:
        rows = "".join(f"{prefix}{at}@{self.domain},{prefix},{at}\n" for at in range(users))
        address = f"/customers/{self.customer}/users/upload/"
        form = fields(self.alice.get(address).html)
        content = f"User Name,First Name,Last Name\n{rows}".encode()
        page = self.alice.send(address, form, content)
        found = re.search(r"/uploads/(\d+)/", page.url)
        assert found, (page.status, page.url, words(page.html))
        upload = int(found[1])
        wait_for(lambda: self._state("uploads_upload", upload) == "checked", "the file")
        return upload

    def _confirmed(self, upload: int) -> int:
        """The batch that it became."""
        address = f"/customers/{self.customer}/uploads/{upload}/"
        html = self.alice.get(address).html
        # Each row of the page has a form, too.
        seen = re.findall(r'name="seen" value="([^"]*)"', html)
        page = self.alice.post(f"{address}confirm/", token(html) | {"seen": seen})
        assert page.status == 200, words(page.html)
        found = self.stack.sql(f"SELECT batch_id FROM uploads_upload WHERE id = {upload}")
        return int(found)

    def _done(self, batch: int) -> None:
        wait_for(lambda: self._state("customers_batch", batch) == "done", "the batch")

    def _is_writing(self) -> bool:
        """A page has no transaction that is as old as one of a batch."""
        old = "usename = 'portal_app' AND xact_start < now() - interval '0.5 s'"
        return self.stack.sql(f"SELECT count(*) FROM pg_stat_activity WHERE {old}") != "0"

    def _state(self, table: str, number: int) -> str:
        return self.stack.sql(f"SELECT state FROM {table} WHERE id = {number}")

    def _all_there(self, prefix: str, users: int) -> None:
        like = f"user_name LIKE '{prefix}%@{self.domain}'"
        found = self.stack.sql(f"SELECT count(*) FROM accounts_user WHERE {like}")
        assert int(found) == users

    def _monitoring(self, path: str, token: str) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {token}"}
        request = urllib.request.Request(f"http://127.0.0.1:9180{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""

    def _sizes(self) -> str:
        image = self.stack.docker("image", "inspect", "--format={{.Size}}", self._image())
        used = self.stack.docker("stats", "--no-stream", "--format={{.Name}} {{.MemUsage}}").stdout
        for line in sorted(used.splitlines()):
            name, memory = line.split(" ", 1)
            print(f"    {name:<40}{memory.partition(' /')[0]:>12}")
        return f"image {int(image.stdout) / 1e6:.0f} MB"

    def _image(self) -> str:
        return self.stack.state("web", "Config.Image")


def chapters(story: Story) -> list[Callable[[], str]]:
    return [
        story.start_from_nothing,
        story.sign_in,
        story.upload_through_a_killed_worker,
        story.keep_on_without_redis,
        story.keep_running_after_a_mistake,
        story.say_what_is_away,
        story.restore_into_fresh_volumes,
        story.let_monitoring_in,
    ]


def tell(stack: Stack) -> list[str]:
    """The names of the chapters that passed; AssertionError from the one that did not."""
    passed: list[str] = []
    for chapter in chapters(Story(stack)):
        name = chapter.__name__.replace("_", " ")
        began = time.monotonic()
        try:
            said = chapter()
        except BaseException:
            print(f"{name}: FAILED\n{stack.logs()}", flush=True)
            print(f"Passed before: {', '.join(passed) or 'nothing'}.", flush=True)
            raise
        print(f"{name:<44}{time.monotonic() - began:6.1f} s   {said}", flush=True)
        passed.append(name)
    return passed


def main(folder: Path) -> None:
    own = not os.environ.get("DOCKER")
    if own:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with daemon(folder) if own else nullcontext():
        stack = Stack(folder, own=own)
        try:
            passed = tell(stack)
        finally:
            stack.remove()
    (folder / "passed").write_text("\n".join(passed))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
