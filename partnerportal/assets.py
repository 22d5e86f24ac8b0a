"""Collects and compresses static files: `python -m partnerportal.assets`.

That takes seconds, so the supervisor first asks `collected()`, without loading Django.
"""

import hashlib
import os
from pathlib import Path

from . import embedded

BASE_DIR = embedded.BASE_DIR


def collected() -> bool:
    """Are the collected files those of the present sources?"""
    root, stamp = _places()
    return root.exists() and stamp.exists() and stamp.read_text() == _fingerprint()


def collect() -> None:
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnerportal.settings")
    django.setup()
    _, stamp = _places()
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(_fingerprint())


def _places() -> tuple[Path, Path]:
    root = Path(os.environ.get("STATIC_ROOT") or BASE_DIR / "staticfiles")
    return root, embedded.data_dir() / "static-files"


def _fingerprint() -> str:
    """Of everything that decides the result: packages, settings and our own files."""
    root, _ = _places()
    digest = hashlib.sha256(f"{root} {os.environ.get('STATICFILES_STORAGE')}".encode())
    sources = [BASE_DIR / name for name in ("requirements.lock", "partnerportal/apps.py")]
    sources += sorted(path for path in (BASE_DIR / "static").rglob("*") if path.is_file())
    for path in sources:
        digest.update(str(path.relative_to(BASE_DIR)).encode() + path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    collect()
