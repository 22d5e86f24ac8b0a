"""Files that were left behind."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.core.files.storage import Storage
from django.utils import timezone

from ..models import OPEN_STATES, UPLOAD_FOLDER, Upload


def drop_stray_files() -> int:
    """Delete files that no open upload names, older than any may become; return how many.

    One is left where a process was killed between the file and its row, or between the row and
    the file's end, and where a customer was removed.
    """
    storage: Storage = Upload._meta.get_field("file").storage
    open_ones = Upload.objects.filter(state__in=OPEN_STATES)
    named = set(open_ones.values_list("file", flat=True))
    before = timezone.now() - timedelta(hours=settings.UPLOAD_HOURS)
    dropped = 0
    for name in list(_files_below(storage, UPLOAD_FOLDER)):
        # Another process may have dropped it by now.
        with suppress(FileNotFoundError):
            if name not in named and storage.get_modified_time(name) <= before:
                storage.delete(name)
                dropped += 1
    return dropped


def _files_below(storage: Storage, folder: str) -> Iterator[str]:
    """Yield all files, in any folder below: a restore or another release may have made one."""
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in names)
    for inner in folders:
        yield from _files_below(storage, f"{folder}/{inner}")
