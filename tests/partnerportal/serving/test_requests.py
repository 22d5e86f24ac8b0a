"""A content type that no browser sends makes no error."""

from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from partnerportal.serving.requests import PortalASGIRequest, PortalWSGIRequest

ODD = [
    "text/plain; charset*=utf-8''%00",
    "text/plain; a*=bogus''x",
    "text/plain; charset*=unicode_escape''%5Cud800",
    "multipart/form-data; boundary*=idna''%ff",
]


def environ_of(content_type: str) -> dict[str, Any]:
    sent = RequestFactory().post("/accounts/login/").environ
    return {**sent, "REQUEST_METHOD": "GET", "CONTENT_TYPE": content_type}


@pytest.mark.parametrize("odd", ODD)
def test_a_content_type_that_can_not_be_read_is_none(odd: str) -> None:
    request = PortalWSGIRequest(environ_of(odd))
    assert (request.content_type, request.content_params, request.encoding) == ("", {}, None)
    headers = [(b"content-type", odd.encode())]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers}
    assert PortalASGIRequest(scope, BytesIO()).content_type == ""


def test_one_that_can_is_as_it_was() -> None:
    request = PortalWSGIRequest(environ_of("text/html; charset=latin-1"))
    assert (request.content_type, request.encoding) == ("text/html", "latin-1")


@pytest.mark.django_db
@pytest.mark.parametrize("odd", ODD)
def test_the_portal_answers_it(odd: str) -> None:
    handler, began = WSGIHandler(), list[str]()
    handler.request_class = PortalWSGIRequest
    handler(environ_of(odd), lambda status, *_rest: began.append(status))  # type: ignore[arg-type]
    assert began == ["200 OK"]
