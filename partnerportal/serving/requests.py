"""Requests as the portal's servers make them, of what no browser sends as well."""

from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.wsgi import WSGIRequest


class AnyContentType:
    """Take a content type whose parameters can't be decoded for none.

    Django reads it as it makes the request, where no middleware answers an error yet.
    """

    content_type: str | None
    content_params: dict[str, str] | None

    def _set_content_type_params(self, meta: Any) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]
        except ValueError:
            self.content_type, self.content_params = "", {}


class PortalWSGIRequest(AnyContentType, WSGIRequest):
    pass


class PortalASGIRequest(AnyContentType, ASGIRequest):
    pass
