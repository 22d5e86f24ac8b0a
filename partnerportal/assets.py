"""Collects and compresses static files when they changed: `python -m partnerportal.assets`."""

import hashlib
import os
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from . import embedded


def collect() -> None:
    """Compressing takes seconds, so an unchanged set is left as it is."""
    root = Path(settings.STATIC_ROOT)
    stamp = embedded.data_dir() / "static-files"
    fingerprint = f"{_fingerprint()} {root}"
    if root.exists() and stamp.exists() and stamp.read_text() == fingerprint:
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(fingerprint)


def _fingerprint() -> str:
    base = settings.BASE_DIR
    digest = hashlib.sha256((base / "requirements.lock").read_bytes())
    digest.update((base / "partnerportal" / "apps.py").read_bytes())
    digest.update(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for path in sorted((base / "static").rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(base)).encode() + path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnerportal.settings")
    django.setup()
    collect()
