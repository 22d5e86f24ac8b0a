"""Apache with mod_auth_openidc, found or installed: a site of a few pages behind a sign-in."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Self

from tests.apt import install
from tests.patience import PATIENCE, wait_for
from tests.support.postgres import server_account
from tests.support.servers import answers, free_port

PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
MODULES = Path("/usr/lib/apache2/modules")
NEEDED = (
    "mpm_event",
    "authn_core",
    "authz_core",
    "authz_user",
    "auth_openidc",
    "dir",
    "include",
    "mime",
)


def find_apache() -> str | None:
    found = shutil.which("apache2", path=PLACES)
    return found if (MODULES / "mod_auth_openidc.so").exists() else None


def ensure_apache() -> str:
    if found := find_apache():
        return found
    told = "Installing Apache for the tests of single sign-on"
    install("apache2", "libapache2-mod-auth-openidc", told=told)
    if found := find_apache():
        return found
    raise SystemExit(
        "The tests of single sign-on need Apache: install the packages apache2 and "
        "libapache2-mod-auth-openidc."
    )


class Apache:
    """Its pages are read by whoever it runs as, which is nobody where it is started by root."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.folder = Path(tempfile.mkdtemp(prefix="portal-apache-"))
        self.pages = pages
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, site: str) -> Self:
        """With these settings of its one site."""
        pages = self.folder / "pages"
        pages.mkdir()
        for name, text in self.pages.items():
            (pages / name).write_text(text)
        configuration = self.folder / "apache.conf"
        configuration.write_text(self._settings(pages, site))
        self.folder.chmod(0o755)
        command = [ensure_apache(), "-f", str(configuration), "-D", "FOREGROUND"]
        self.process = subprocess.Popen(command, process_group=0)
        wait_for(self._answers, f"Apache ({self.folder})")
        return self

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE)
        shutil.rmtree(self.folder)

    def log(self) -> str:
        return (self.folder / "error.log").read_text()

    def _answers(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            raise RuntimeError(f"Apache ended:\n{self.log()}")
        return answers(self.port)

    def _settings(self, pages: Path, site: str) -> str:
        account: dict[str, Any] = {}
        if os.getuid() == 0:
            user, group = server_account()
            account = {"User": f"#{user}", "Group": f"#{group}"}
        settings = {
            "ServerRoot": self.folder,
            "ServerName": "127.0.0.1",
            "Listen": f"127.0.0.1:{self.port}",
            "DefaultRuntimeDir": self.folder,
            "PidFile": self.folder / "apache.pid",
            "ErrorLog": self.folder / "error.log",
            "StartServers": 1,
            "TypesConfig": "/etc/mime.types",
            "AddOutputFilter": "INCLUDES .html",
            "DirectoryIndex": "index.html",
            **account,
        }
        modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in NEEDED)
        listed = "\n".join(f"{name} {value}" for name, value in settings.items())
        return f"""\
{modules}
{listed}
<Directory {pages}>
    Options +Includes
</Directory>
<VirtualHost 127.0.0.1:{self.port}>
DocumentRoot {pages}
{site}
</VirtualHost>
"""
