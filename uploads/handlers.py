"""Files on their way in: taken where they belong, and no more of one than the limit allows."""

from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO, Any

import structlog
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from customers.branding.pictures import LOGO_BYTES

from .services import no_room, too_large

logger = structlog.get_logger(__name__)

# What a form has besides the file.
_REST = 2**20
# A file sent to any other address, or without being signed in, is thrown away.
_TAKEN_AT = {"uploads:upload-add", "uploads:select-list", "admin:uploads_upload_add"}
_LOGOS_AT = {"accounts:branding", "admin:customers_partner_change"}


class LimitedUploadHandler(FileUploadHandler):
    """Stops keeping a file at its limit, and marks the request; the rest is read and thrown away.

    It comes before Django's own handlers, so that they see nothing beyond the limit.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        request: Any = self.request
        match = getattr(request, "resolver_match", None)
        self.is_taken = bool(
            match and match.view_name in _TAKEN_AT | _LOGOS_AT and request.user.is_authenticated
        )
        is_logo = match and match.view_name in _LOGOS_AT
        self.limit = LOGO_BYTES if is_logo else settings.UPLOAD_MB * 2**20
        self.is_too_large = content_length > self.limit + _REST
        self.received = 0
        self._mark()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.is_too_large or not self.is_taken:
            if self.request is not None:
                self.request.META["portal.file_left_out"] = True
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > self.limit:
            self.is_too_large = True
            self._mark()
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""

    def _mark(self) -> None:
        if self.request is not None:
            self.request.META["portal.file_too_large"] = self.is_too_large


class NamelessUploadHandler(FileUploadHandler):
    """Keeps a large file where no name leads: it goes with its process, however that ends.

    One that the disk has no room for is left out, and the request marked.
    """

    # Only while there is one: Django closes what it finds under this name.
    file: IO[bytes]

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        try:
            self.file = TemporaryFile()  # noqa: SIM115 - the request closes it
        except OSError as error:
            self._leave_out(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            self.file.write(raw_data)
            # Or the disk would say only later that it is full.
            self.file.flush()
        except OSError as error:
            # Closing tries once more to write what is left.
            with suppress(OSError):
                self.file.close()
            self._leave_out(error)

    def _leave_out(self, error: OSError) -> None:
        logger.warning("upload_not_received", error=type(error).__name__, number=error.errno)
        if self.request is not None:
            self.request.META["portal.no_room"] = True
        raise SkipFile

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        self.file.seek(0)
        return UploadedFile(
            file=self.file,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()


def left_out(request: Any) -> str:
    """Return why a file of this request is not there, if it was sent; after its form was read."""
    if request.META.get("portal.file_too_large"):
        return too_large()
    return no_room() if request.META.get("portal.no_room") else ""
