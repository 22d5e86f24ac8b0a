"""What uploads hold about one person, for that person (accounts.personal)."""

from accounts.models import User
from accounts.personal import Relations

from .models import Upload, UploadRow


def relations(person: User) -> Relations:
    uploads = Upload.objects.filter(by=person)
    return {
        "upload_rows": (
            "uploads.UploadRow.user",
            UploadRow.objects.filter(user=person).values("id", "upload", "number", "cells"),
        ),
        "uploads": (
            "uploads.Upload.by",
            uploads.values("id", "file_name", "state", "created_at"),
        ),
    }
