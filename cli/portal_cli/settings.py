"""Where the portal is, and the token: of the environment, or as `portal login` has kept them."""

import json
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from .problems import NotSignedIn


@dataclass(frozen=True, slots=True)
class Settings:
    url: str
    token: str = field(repr=False)


def place() -> Path:
    """Return the file of `portal login`, which its owner alone can read."""
    base = os.environ.get("XDG_CONFIG_HOME") or os.environ.get("APPDATA") or "~/.config"
    return Path(base).expanduser() / "partner-portal" / "login.json"


def load() -> Settings:
    """Return the settings. Raise NotSignedIn where there are none."""
    url, token = os.environ.get("PORTAL_URL", ""), os.environ.get("PORTAL_TOKEN", "")
    if url and token:
        return Settings(url.rstrip("/"), token)
    try:
        kept = json.loads(place().read_text(encoding="utf-8"))
        return Settings(url.rstrip("/") or kept["url"], token or kept["token"])
    except (OSError, ValueError, KeyError):
        raise NotSignedIn(
            "Sign in first: portal login https://portal.example.com, or set PORTAL_URL and"
            " PORTAL_TOKEN."
        ) from None


def save(settings: Settings) -> Path:
    """Keep the settings where only their owner can read them; return the file."""
    file = place()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    mode = stat.S_IRUSR | stat.S_IWUSR
    # Never readable by others, not for a moment.
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as kept:
        # Of a file that was there before, too.
        file.chmod(mode)
        json.dump({"url": settings.url, "token": settings.token}, kept)
    return file


def forget() -> bool:
    """Forget the token; return whether there was one."""
    file = place()
    there = file.exists()
    file.unlink(missing_ok=True)
    return there
