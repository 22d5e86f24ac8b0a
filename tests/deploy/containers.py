"""Services of the compose file as processes of this machine: its environment, and nothing else."""

import contextlib
import http.client
import os
import secrets
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.deploy.compose import environment, exampled
from tests.operations.processes import PRODUCTION, bare
from tests.patience import PATIENCE
from tests.support.house import BASE_DIR
from tests.support.postgres import application_url
from tests.support.servers import free_port

TOKEN = secrets.token_urlsafe(32)


class Container:
    def __init__(
        self, service: str, folder: Path, *, database: str, broker: str, processes: int = 1
    ) -> None:
        self.port = free_port()
        self.folder = folder
        filled = exampled() | {name: PRODUCTION[name] for name in PRODUCTION if name in exampled()}
        filled |= {"MONITORING_TOKEN": TOKEN, "POSTGRES_PASSWORD": "x", "REDIS_PASSWORD": "x"}
        filled |= {"PORTAL_HOST": "portal.example", "DEFAULT_FROM_EMAIL": "portal@portal.example"}
        # Visitors come with a session, and none has a second step.
        filled |= {"REQUIRE_MFA": "off"}
        filled |= {"DATABASE_OWNER_URL": database, "DATABASE_URL": application_url(database)}
        # Places that are mounts in a container.
        places = {
            "UPLOAD_DIR": str(folder / "uploads"),
            "HEARTBEAT_DIR": str(folder),
            "PROMETHEUS_MULTIPROC_DIR": str(folder / f"metrics-{service}"),
            "STATIC_ROOT": str(folder / "static"),
            "GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{self.port}",
        }
        here = {"REDIS_URL": broker, "WORKER_PROCESSES": str(processes)}
        here["WEB_PROCESSES"] = str(processes)
        self.environment = bare(**environment(service, filled) | places | here)
        self.service = service
        self.folder_of_work = Path("/")
        self.command = [str(BASE_DIR / "deploy" / "start"), service]
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / f"{service}.log"

    def start_bare(self) -> None:
        """By the command itself, from the checkout, and told nothing that deploy/start tells."""
        commands = {
            "web": [
                "gunicorn",
                "--config",
                "python:partnerportal.serving.gunicorn",
                "partnerportal.wsgi",
            ],
            "worker": ["celery", "-A", "partnerportal", "worker", "--concurrency=2"],
            "beat": ["celery", "-A", "partnerportal", "beat"],
        }
        self.command, self.folder_of_work = commands[self.service], BASE_DIR
        del self.environment["PROMETHEUS_MULTIPROC_DIR"]
        self.start()

    def run(self, *command: str, umask: int = -1) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(BASE_DIR / "deploy" / "start"), *command],
            check=False,
            cwd="/",
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            umask=umask,
        )

    def start(self, *by: str) -> None:
        """By deploy/start, which another program may start in turn."""
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [*by, *self.command],
                cwd=self.folder_of_work,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    def is_well(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        if self.service == "web":
            return self.answers("/health/ready")
        check = [str(BASE_DIR / "deploy" / "healthy"), self.service]
        done = subprocess.run(check, check=False, env=self.environment, capture_output=True)
        return done.returncode == 0

    def kill(self) -> None:
        """The whole group, at once."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE)

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def processes(self) -> list[int]:
        """All of its group, by id."""
        assert self.process is not None
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(ProcessLookupError):
                if os.getpgid(int(folder.name)) == self.process.pid:
                    found.append(int(folder.name))
        return found

    def ask(self, path: str, body: str | bytes | None = None, /, **headers: str) -> "Answer":
        """POST where there is a body; over plain HTTP, as the proxy does. OSError when refused."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            method = "GET" if body is None else "POST"
            connection.request(method, path, body, headers={"Host": "portal.example", **headers})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def answers(self, path: str = "/health/live") -> bool:
        try:
            return self.ask(path).status == 200
        except OSError:
            return False


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
