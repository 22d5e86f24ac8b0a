"""What one machine with nothing installed needs: a data folder, secrets of its own, a private socket.

Standard library only: the settings and the supervisor both read it before Django is up.
"""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent


def data_dir() -> Path:
    """Where the embedded database and secrets live: DATA_DIR, else `var` in the checkout."""
    folder = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def socket_dir() -> Path:
    """A private folder with a short name: a socket path over 107 bytes cannot be bound."""
    name = hashlib.sha256(str(data_dir()).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"portal-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    info = folder.lstat()
    if info.st_uid != os.getuid() or info.st_mode & 0o077 or folder.is_symlink():
        raise SystemExit(f"{folder} is not private to you: remove it and start again.")
    return folder


def redis_url() -> str:
    return f"unix://{socket_dir() / 'valkey.sock'}"


def secret(name: str, make: str = "token") -> str:
    """The machine's own secret of that name, made once and readable by its owner alone."""
    path = data_dir() / f"{name}.secret"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    value = _fernet_key() if make == "fernet" else secrets.token_urlsafe(50)
    with os.fdopen(handle, "w") as file:
        file.write(value)
    return value


def _fernet_key() -> str:
    import base64

    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
