"""Files that were left behind."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from ...models import OPEN_STATES, Upload


def drop_stray_files() -> int:
    """Delete the files that no open upload names and that are older than any may become; how many.

    One is left where a process was killed between the file and its row, or between the row and
    the file's end, and where a customer was removed.
    """
    file = Upload._meta.get_field("file")
    storage, folder = file.storage, str(file.upload_to).rstrip("/")
    try:
        names = [f"{folder}/{name}" for name in storage.listdir(folder)[1]]
    except FileNotFoundError:
        return 0
    open_ones = Upload.objects.filter(state__in=OPEN_STATES)
    named = set(open_ones.values_list("file", flat=True))
    before = timezone.now() - timedelta(hours=settings.UPLOAD_HOURS)
    strays = [
        name for name in names if name not in named and storage.get_modified_time(name) <= before
    ]
    for name in strays:
        storage.delete(name)
    return len(strays)
