"""What uploads hold about one user, for that user (accounts.personal)."""

from accounts.models import User
from accounts.personal import Relations

from .models import Upload, UploadRow


def relations(user: User) -> Relations:
    uploads = Upload.objects.filter(by=user)
    return {
        "upload_rows": (
            "uploads.UploadRow.user",
            UploadRow.objects.filter(user=user).values("id", "upload", "number", "cells"),
        ),
        "uploads": (
            "uploads.Upload.by",
            uploads.values("id", "file_name", "state", "created_at"),
        ),
    }
