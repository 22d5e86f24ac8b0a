from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from ..models import Upload


def forget_texts() -> int:
    """Empty the texts that may name users, once none of them can be restored; return how many.

    These are why an upload was refused, and what its file was called and said in its headings.
    """
    end = timezone.now() - timedelta(days=settings.DELETED_USER_RETENTION_DAYS)
    files = Upload.objects.filter(finished_at__lte=end).exclude(file_name="", refusal="")
    return files.update(file_name="", refusal="", reading={})
