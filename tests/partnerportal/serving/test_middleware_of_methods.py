"""Which methods an address takes, by its beginning."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from partnerportal.serving.middleware import MethodsMiddleware, methods_of

PAGES = ("GET", "HEAD", "POST", "OPTIONS")
TABLE = {"/": PAGES, "/v1/": ("GET", "PATCH"), "/v1/files/": ("PUT",)}


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/", PAGES),
        ("/customers/1/", PAGES),
        ("/v1/users", ("GET", "PATCH")),
        ("/v1/", ("GET", "PATCH")),
        ("/v1/files/3", ("PUT",)),
        ("/v1/filesystem", ("GET", "PATCH")),
        ("/v10/", PAGES),
        ("/v1", PAGES),
        ("/x/v1/", PAGES),
        ("*", PAGES),
    ],
)
def test_the_longest_beginning_counts(path: str, methods: tuple[str, ...]) -> None:
    assert methods_of(path, TABLE) == methods


def test_others_are_refused_before_any_page(settings: Settings, rf: RequestFactory) -> None:
    settings.METHODS = TABLE

    def answer(method: str, path: str) -> tuple[int, str]:
        page = MethodsMiddleware(lambda _request: HttpResponse(status=204))
        given = page(rf.generic(method, path))
        return given.status_code, given.headers.get("Allow", "")

    assert answer("PATCH", "/v1/users") == (204, "")
    assert answer("POST", "/v1/users") == (405, "GET, PATCH")
    assert answer("PATCH", "/me/") == (405, ", ".join(PAGES))
    assert answer("GET", "/me/") == (204, "")


def test_the_browsers_pages_take_what_forms_send(settings: Settings) -> None:
    assert settings.METHODS["/"] == PAGES


@pytest.mark.parametrize(
    "table",
    [{"/": PAGES, "/v1": PAGES}, {"/": PAGES, "v1/": PAGES}, {"/v1/": PAGES}],
)
def test_no_portal_starts_with_a_table_that_would_be_read_otherwise(
    settings: Settings, table: dict[str, tuple[str, ...]]
) -> None:
    settings.METHODS = table
    with pytest.raises(ImproperlyConfigured, match="METHODS has an entry for / and others"):
        MethodsMiddleware(lambda _request: HttpResponse())


def test_a_request_with_no_path_of_its_own_is_a_page(settings: Settings) -> None:
    request = HttpRequest()
    request.method, request.path_info = "OPTIONS", "*"
    assert MethodsMiddleware(lambda _request: HttpResponse())(request).status_code == 200
