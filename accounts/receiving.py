"""Files on their way in: no more of one is taken than the limit allows."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

# What a form has besides the file.
_REST = 2**20


class LimitedUploadHandler(FileUploadHandler):
    """Stops keeping a file at its limit, and marks the request; the rest is read and thrown away.

    Before Django's own handlers, so that they see nothing beyond it.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        self.limit = settings.UPLOAD_MB * 2**20
        self.is_too_large = content_length > self.limit + _REST
        self.received = 0
        self._mark()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.is_too_large:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > self.limit:
            self.is_too_large = True
            self._mark()
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Whoever comes next has the file."""

    def _mark(self) -> None:
        if self.request is not None:
            self.request.META["portal.file_too_large"] = self.is_too_large


def is_too_large(request: Any) -> bool:
    """Whether a file of this request was left out for its size; after its form was read."""
    return bool(request.META.get("portal.file_too_large"))
