"""A start with a missing, wrong or weak setting ends, and names every one of them."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from environ import Env

from partnerportal.checked import Checked
from partnerportal.local import embedded
from tests.operations.processes import PRODUCTION, run
from tests.support.house import tree

pytestmark = pytest.mark.once


def start(tmp_path: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    code = "import partnerportal.settings as s; print(s.SECRET_KEY_FALLBACKS, s.UPLOAD_MB)"
    return run(sys.executable, "-c", code, DATA_DIR=str(tmp_path), **settings)


def problems(done: "subprocess.CompletedProcess[str]") -> list[str]:
    assert done.returncode != 0
    [line] = done.stderr.splitlines()
    _, _, told = json.loads(line)["error"].partition("The portal can't start:\n")
    return str(told).splitlines()


def test_a_complete_environment_starts(tmp_path: Path) -> None:
    done = start(tmp_path, **PRODUCTION, UPLOAD_MB="")
    assert (done.returncode, done.stdout) == (0, "[] 64\n"), done.stderr


def test_all_that_is_missing_is_named_at_once(tmp_path: Path) -> None:
    done = start(tmp_path, DATABASE_URL=PRODUCTION["DATABASE_URL"])
    missing = "is missing: with DATABASE_URL set, nothing is made up."
    names = [
        "SECRET_KEY",
        "CREDENTIALS_KEYS",
        "AUDIT_KEYS",
        "ALLOWED_HOSTS",
        "REDIS_URL",
        "OIDC_KEYS",
        "EMAIL_URL",
    ]
    assert problems(done) == [f"- {name} {missing}" for name in names]


WRONG: list[dict[str, tuple[str, str]]] = [
    {
        "SECRET_KEY": ("a" * 80, "SECRET_KEY is weak: give it 50 random characters or more."),
        "SECRET_KEY_FALLBACKS": ("old", "SECRET_KEY_FALLBACKS is weak"),
        "AUDIT_KEYS": ("1:short", "AUDIT_KEYS must be id:key, separated by commas: each id once"),
        "CREDENTIALS_KEYS": ("never a key", "CREDENTIALS_KEYS is wrong: key 1 is no Fernet"),
        "DEBUG": ("on", "DEBUG must be off with HTTPS"),
        "ALLOWED_HOSTS": ("portal.example,*", "ALLOWED_HOSTS must name hosts"),
        "CSRF_TRUSTED_ORIGINS": ("portal.example", "CSRF_TRUSTED_ORIGINS must list origins"),
        "EGRESS_ALLOW": ("10.0.0.1/8", "EGRESS_ALLOW must list networks such as 10.1.0.0/16"),
        "DATABASE_URL": ("mysql://portal@db/portal", "DATABASE_URL must begin with one of"),
        "REDIS_URL": ("localhost:6379", "REDIS_URL must begin with one of redis://"),
        "EMAIL_URL": ("pigeon://roof", "EMAIL_URL is no address that can be read."),
        "MONITORING_TOKEN": ("guess", "MONITORING_TOKEN is weak: give it 32 random"),
        "LOG_LEVEL": ("LOUD", "LOG_LEVEL must be one of CRITICAL"),
        "UPLOAD_MB": ("0", "UPLOAD_MB must be 1 or more, not 0."),
        "UPLOAD_ROWS": ("many", "UPLOAD_ROWS cannot be read."),
    },
    {
        "SECRET_KEY": ("short-but-random-3v9-q", "SECRET_KEY is weak"),
        "AUDIT_DAYS": ("90", "AUDIT_NAMES_DAYS must be no more than AUDIT_DAYS"),
        "CREDENTIALS_KEYS": (
            f"{PRODUCTION['CREDENTIALS_KEYS']},changeme",
            "CREDENTIALS_KEYS is wrong: key 2 is no Fernet key.",
        ),
        "DEBUG": ("perhaps", "DEBUG must be on or off."),
        "AUDIT_KEYS": (f"one:{'a' * 60}", "AUDIT_KEYS is weak: give key one 40 random"),
        "MONITORING_TOKEN": ("0" * 32, "MONITORING_TOKEN is weak: give it 32 random"),
        "EMAIL_URL": ("smtp://mail.example:25", "EMAIL_URL must begin with smtp+tls://"),
    },
    {
        "CREDENTIALS_KEYS": (f"{'A' * 43}=", "CREDENTIALS_KEYS is weak: key 1"),
        "AUDIT_KEYS": (f"one:{'ab' * 30}", "AUDIT_KEYS is weak: give key one 40 random"),
        "REDIS_URL": ("redis://:guessed@redis:6379/0", "REDIS_URL has a weak password"),
        "WEB_PROCESSES": ("two", "WEB_PROCESSES cannot be read."),
        "WEB_THREADS": ("0", "WEB_THREADS must be 1 or more, not 0."),
        "WORKER_PROCESSES": ("-1", "WORKER_PROCESSES must be 1 or more, not -1."),
    },
    # A password with a character of addresses in it, which is read as the end of the name.
    {"REDIS_URL": (f"redis://:{'x' * 40}/{'y' * 40}@redis:6379/0", "REDIS_URL is no address")},
    {"REDIS_URL": (f"redis://:{'x' * 40}#{'y' * 40}@redis:6379/0", "REDIS_URL is no address")},
    {"REDIS_URL": ("redis://", "REDIS_URL is no address")},
]


@pytest.mark.parametrize("wrong", WRONG, ids=len)
def test_weak_and_wrong_settings_are_refused_by_name(
    tmp_path: Path, wrong: dict[str, tuple[str, str]]
) -> None:
    settings = {name: value for name, (value, _problem) in wrong.items()}
    told = problems(start(tmp_path, **PRODUCTION | settings))
    expected = [f"- {problem}" for _value, problem in wrong.values()]
    assert len(told) == len(expected)
    for problem in expected:
        assert [line for line in told if line.startswith(problem)], (problem, told)


HOSTS = ["mail.example", "127.0.0.1", "127.3.2.1", "localhost", "[::1]", "10.0.0.1", ""]
LOOPBACK = {"127.0.0.1", "127.3.2.1", "localhost", "[::1]"}


@pytest.mark.parametrize("scheme", sorted(Env.EMAIL_SCHEMES))
@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("query", ["", "?email_use_tls=0&email_use_ssl=0"])
def test_mail_leaves_this_machine_encrypted_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, scheme: str, host: str, query: str
) -> None:
    """All that django-environ knows, some of which print, lose or keep what is mailed."""
    monkeypatch.setenv("DATABASE_URL", PRODUCTION["DATABASE_URL"])
    env = Checked()
    env.mail("EMAIL_URL", f"{scheme}://portal:hunter2@{host}:587{query}")
    encrypted = scheme in {"smtp+tls", "smtp+ssl"} and not query and host
    near = scheme in {"smtp", "smtp+tls", "smtp+ssl"} and host in LOOPBACK
    assert bool(env.problems) == (not encrypted and not near)
    assert "hunter2" not in "".join(env.problems)


@pytest.mark.parametrize("scheme", sorted(Env.EMAIL_SCHEMES))
def test_the_embedded_portal_mails_as_it_likes(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    env = Checked()
    env.mail("EMAIL_URL", f"{scheme}://mail.example")
    assert env.problems == []


def test_make_run_on_a_given_database_keeps_mails_in_its_own_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", PRODUCTION["DATABASE_URL"])
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    env = Checked()
    env.mail("EMAIL_URL", embedded.mail_url())
    assert env.problems == []
    env.mail("EMAIL_URL", f"filemail:///{tmp_path}/elsewhere")
    assert len(env.problems) == 1


def test_a_refusal_shows_no_value(tmp_path: Path) -> None:
    secrets = {
        "SECRET_KEY": "hunter2-hunter2",
        "CREDENTIALS_KEYS": "hunter2",
        "DATABASE_URL": "oracle://portal:hunter2@db/portal",
        "REDIS_URL": "http://:hunter2@localhost",
        "EMAIL_URL": "pigeon://portal:hunter2@roof",
    }
    done = start(tmp_path, **PRODUCTION | secrets)
    assert len(problems(done)) == 5
    assert "hunter2" not in done.stderr + done.stdout


@pytest.mark.parametrize("command", ["check", "migrate", "createsuperuser"])
def test_a_command_tells_its_problems_and_no_more(command: str) -> None:
    """A terminal that somebody looks at: the names of settings, without a page of Python."""
    done = run("deploy/start", command, **PRODUCTION | {"SECRET_KEY": "short"})
    assert (done.returncode, done.stdout) == (1, "")
    problem = "SECRET_KEY is weak: give it 50 random characters or more."
    assert done.stderr == f"The portal can't start:\n- {problem}\n"


@pytest.mark.parametrize("word", ["web", "worker", "beat", "migrate", "check", "demo"])
def test_what_runs_for_real_makes_no_secrets_up_for_itself(word: str) -> None:
    """It would take itself for `make run`, and look for a folder to keep them in."""
    done = run("deploy/start", word)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("DATABASE_URL is missing: ")


def test_the_web_server_names_a_wrong_setting_of_its_own() -> None:
    done = run("gunicorn", "--config", "python:partnerportal.serving.gunicorn", WEB_PROCESSES="two")
    assert done.returncode == 1
    assert "- WEB_PROCESSES cannot be read." in done.stderr


def test_refusing_is_the_last_thing_that_the_settings_do() -> None:
    """A setting that is read further down would not be checked."""
    last = tree(Path("partnerportal/settings.py")).body[-1]
    assert ast.unparse(last) == "env.refuse()"
