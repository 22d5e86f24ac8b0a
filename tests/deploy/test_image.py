"""Image and compose file agree with each other, with the code and with docs/settings.md.

What can be told from the files is told here; `make containers` builds and starts them.
"""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from partnerportal.serving import gunicorn
from tests.check import tool
from tests.deploy.compose import (
    PORTAL,
    by_default,
    compose,
    environment,
    exampled,
    referred,
    services,
)
from tests.support.house import BASE_DIR, OUR_PACKAGES

pytestmark = pytest.mark.once

SETTINGS = (BASE_DIR / "docs" / "settings.md").read_text()
DOCKERFILE = (BASE_DIR / "Dockerfile").read_text()
UPLOAD_MB = 64
CADDYFILE = (BASE_DIR / "deploy" / "Caddyfile").read_text()
# Settings that a container does not take, and why.
LEFT_OUT = {
    "CHROMIUM": "of the tests",
    "PGBOUNCER": "of the tests",
    "SOFFICE": "of the tests",
    "DEMO_PASSWORD": "of make run",
    "PORT": "of make run",
    "TEAM_CHAT_PORT": "of make run",
    "DATA_DIR": "of make run",
    "SQLITE_UPLOAD_ROWS": "of make run",
    "DEBUG": "never in production",
    "CSRF_TRUSTED_ORIGINS": "the proxy keeps the host's name",
    "STATIC_ROOT": "fixed when the image is built",
    "STATICFILES_STORAGE": "fixed when the image is built",
    "LOG_JSON": "on with DATABASE_URL",
    "WEB_BIND": "fixed in the image",
}


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


def test_the_image_has_every_app_and_has_compiled_it() -> None:
    taken = set((BASE_DIR / ".dockerignore").read_text().splitlines())
    assert {f"!{package}" for package in OUR_PACKAGES} <= taken
    compiled = DOCKERFILE.partition("compileall -q")[2].partition("\n\n")[0]
    assert set(compiled.replace("\\", " ").split()) == set(OUR_PACKAGES)


@pytest.mark.parametrize(
    "command",
    [
        ["hadolint", "Dockerfile"],
        ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
        ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "deploy/monitoring.yml"],
    ],
    ids=["image", "compose", "monitoring"],
)
def test_the_files_are_well_formed(command: list[str]) -> None:
    done = subprocess.run(
        [tool(command[0]), *command[1:]], check=False, cwd=BASE_DIR, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_example_has_what_compose_asks_for_and_no_secret() -> None:
    assert set(exampled()) == referred("?")
    made_up = {name for name, value in exampled().items() if value and "PASSWORD" not in value}
    assert made_up == {"PORTAL_HOST"}
    ignored = (BASE_DIR / ".gitignore").read_text().splitlines()
    assert ".env" in ignored


def test_the_services_take_the_settings_that_there_are() -> None:
    table = set(re.findall(r"^\| `([A-Z_0-9]+)` \|", SETTINGS, re.MULTILINE))
    taken = {name for service in PORTAL for name in services()[service]["environment"]}
    assert taken == table - LEFT_OUT.keys()
    assert LEFT_OUT.keys() <= table


def test_a_missing_value_is_asked_for_by_name() -> None:
    complete = dict.fromkeys(referred("?"), "x")
    for service in PORTAL:
        assert all(environment(service, complete)[name] for name in ("SECRET_KEY", "DATABASE_URL"))
    for name in referred("?") - {"POSTGRES_PASSWORD"}:
        given = {key: value for key, value in complete.items() if key != name}
        asked = {service for service in (*PORTAL, "proxy") if _asks_for(service, given) == name}
        assert asked, name


def _asks_for(service: str, given: dict[str, str]) -> str:
    try:
        environment(service, given)
    except KeyError as error:
        return str(error.args[0])
    return ""


def test_the_step_that_migrates_alone_knows_the_owner_of_the_tables() -> None:
    given = {name: name for name in referred("?")}
    for service in PORTAL:
        found = environment(service, given)
        assert found["DATABASE_URL"] == "DATABASE_URL"
        assert ("DATABASE_OWNER_URL" in found.values()) is (service == "migrate")


def test_the_portal_runs_without_rights_on_a_file_system_that_nobody_writes_to() -> None:
    for name in (*PORTAL, "proxy", "redis"):
        service = services()[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    for name in PORTAL:
        [memory] = services()[name]["tmpfs"]
        assert by_default(memory) == f"/tmp:size={10 * UPLOAD_MB}m,mode=1777"
        assert services()[name]["image"] == services()["web"]["image"]
    stages = DOCKERFILE.split("FROM ")[1:]
    assert len(stages) == 2
    assert "USER 10001\n" in stages[1]
    assert "COPY . ." not in stages[1]


def test_images_are_pinned() -> None:
    used = [service["image"] for service in services().values()]
    used += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    for image in used:
        name, _, tag = by_default(image).partition(":")
        assert re.match(r"\d+\.\d+", tag), image
        # A name alone, as every registry has it.
        assert "." not in name, image


def test_the_image_has_the_name_of_the_version() -> None:
    project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]
    images = {services()[name]["image"] for name in PORTAL}
    assert images == {f"partner-portal:${{PORTAL_VERSION:-{project['version']}}}"}


def test_the_lock_is_installed_with_its_hashes() -> None:
    installs = (
        "install \\\n        --require-hashes --requirement /tmp/requirements-production.lock"
    )
    assert installs in DOCKERFILE


def test_what_a_mistake_would_take_down_is_started_by_name_alone() -> None:
    """`docker compose up` replaces containers before it looks whether `migrate` ends well."""
    named = {name for name, service in services().items() if service.get("profiles") == ["portal"]}
    assert named == {"web", "worker", "beat", "proxy", "redis"}
    *before, replace = (BASE_DIR / "deploy" / "up").read_text().splitlines()
    steps = [line for line in before if line.startswith("once ")]
    assert [line.split()[-1] for line in steps] == ["check", "caddyfile", "migrate"]
    assert replace == "docker compose --profile portal up --detach --wait"


def test_redis_asks_for_the_password_that_the_portal_gives() -> None:
    secret = dict.fromkeys(referred("?"), "x") | {"REDIS_PASSWORD": "of-redis"}
    assert environment("redis", secret) == {"REDISCLI_AUTH": "of-redis"}
    assert services()["redis"]["command"][-2:] == ["--requirepass", "${REDIS_PASSWORD:?}"]
    for name in PORTAL:
        assert environment(name, secret)["REDIS_URL"] == "redis://:of-redis@redis:6379/0"


def test_logs_do_not_grow_for_ever() -> None:
    for name in services().keys() - {"migrate"}:
        assert services()[name]["logging"]["options"] == {"max-size": "10m", "max-file": "5"}


def test_the_world_reaches_the_proxy_alone_and_the_proxy_the_web_alone() -> None:
    published = {name for name, service in services().items() if "ports" in service}
    assert published == {"proxy"}
    on = {name: set(service["networks"]) for name, service in services().items()}
    assert {name for name in on if "front" in on[name]} == {"proxy", "web"}
    assert on["proxy"] == {"front"}
    assert on["postgres"] == on["redis"] == {"data"}
    assert compose()["networks"]["data"] == {"internal": True}


def test_one_port_is_meant_everywhere() -> None:
    host, _, port = gunicorn.bind.partition(":")
    # On a server of one's own nobody gets around the proxy.
    assert host == "127.0.0.1"
    assert f"EXPOSE {port}\n" in DOCKERFILE
    assert f"WEB_BIND=0.0.0.0:{port}\n" in DOCKERFILE
    assert f"reverse_proxy {{$PORTAL_WEB:web:{port}}} " in CADDYFILE
    assert f"127.0.0.1:{port}/health/ready" in (BASE_DIR / "deploy" / "healthy").read_text()


def test_every_service_that_stays_says_whether_it_is_well() -> None:
    for name, service in services().items():
        if name == "migrate":
            assert service["restart"] == "no"
            continue
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] == "CMD"


def test_a_database_that_sets_itself_up_is_not_taken_for_ready() -> None:
    """Its first server answers on the socket alone, and goes again."""
    asked = services()["postgres"]["healthcheck"]["test"]
    assert asked[1] == "pg_isready"
    assert "--host=127.0.0.1" in asked


def test_monitoring_has_a_way_in_from_this_machine_alone() -> None:
    example = yaml.safe_load((BASE_DIR / "deploy" / "monitoring.yml").read_text())
    [service] = example["services"].values()
    [port] = service["ports"]
    address, outside, inside = port.split(":")
    assert (address, outside) == ("127.0.0.1", inside)
    assert service["image"] == services()["proxy"]["image"]
    assert set(service["networks"]) == {"front", "data"}
    for name in ("read_only", "cap_drop", "security_opt", "logging", "profiles"):
        assert service[name] == services()["proxy"][name]
    [file] = [volume.split(":")[0] for volume in service["volumes"]]
    rules = (BASE_DIR / file).read_text()
    assert f"\n:{inside} {{" in rules
    assert f"worker:{services()['worker']['environment']['METRICS_PORT']}\n" in rules


def test_nobody_waits_for_a_condition_that_never_comes() -> None:
    for service in services().values():
        for other, wanted in service.get("depends_on", {}).items():
            ended = wanted["condition"] == "service_completed_successfully"
            assert ended == (other == "migrate")
            assert ended or "healthcheck" in services()[other]
    for name in ("web", "worker", "beat"):
        assert "migrate" in services()[name]["depends_on"]


def test_volumes_are_declared_and_uploads_are_shared() -> None:
    mounts = [mount for each in services().values() for mount in each.get("volumes", [])]
    named = {mount.split(":")[0] for mount in mounts if not mount.startswith(".")}
    assert named == set(compose()["volumes"])
    given = dict.fromkeys(referred("?"), "x")
    for name in PORTAL:
        place = environment(name, given)["UPLOAD_DIR"]
        assert f"uploads:{place}" in services()[name]["volumes"]
        assert f"--mode=0700 {place} " in DOCKERFILE
    for mount in mounts:
        if mount.startswith("."):
            assert Path(BASE_DIR, mount.split(":")[0]).exists()


def test_there_is_time_to_end_what_was_begun() -> None:
    grace = seconds(services()["web"]["stop_grace_period"])
    assert gunicorn.graceful_timeout < grace
    assert (
        seconds(services()["worker"]["stop_grace_period"])
        > settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT
    )


def test_the_proxy_hides_what_is_for_monitoring_and_takes_what_the_portal_takes() -> None:
    assert "@inside path /health/status /metrics\n\trespond @inside 404" in CADDYFILE
    # A file that is a little too large gets the portal's own sentence.
    assert f"max_size {{$UPLOAD_MB:{UPLOAD_MB}}}.9MiB" in CADDYFILE
    assert by_default(services()["proxy"]["environment"]["UPLOAD_MB"]) == str(UPLOAD_MB)
    assert f"| `UPLOAD_MB` | {UPLOAD_MB} |" in SETTINGS
