"""The addresses of /v1, each behind the door; and the document that describes them."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, URLPattern, path, re_path, resolve
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from . import (
    applications,
    audit,
    batches,
    catalog,
    customers,
    domains,
    licenses,
    me,
    reports,
    roles,
    sheets,
    subscriptions,
    uploads,
    users,
    webhooks,
)
from .door import door, explain, nothing_here, ok, read_json
from .errors import invalid, no_customer, no_subscription, no_user, not_found

RESOURCES = (
    *(customers, domains, users, licenses, catalog, subscriptions, roles, batches, uploads, sheets),
    *(audit, reports, applications, webhooks, me),
)
DESCRIPTION = (
    "What partners' scripts ask of the portal: Partner Center's REST where it has the same, and"
    " the same style for what is ours. Every call brings a token: Authorization: Bearer pp_…"
)
MISSING = {"customer": no_customer, "user": no_user, "subscription": no_subscription}


class AnyJson(Parser):
    """A reader of bodies whose mistakes are told as all others are."""

    def parse_body(self, request: HttpRequest) -> Any:
        told = read_json(request)
        if not isinstance(told, dict):
            raise invalid(_("The body is a JSON object."))
        return told


api = NinjaAPI(
    title="Partner Portal",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    openapi_url=None,
    parser=AnyJson(),
    urls_namespace="api-v1",
    openapi_extra={
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
    },
)
for resource in RESOURCES:
    api.add_router("", resource.router)


def answer_to(request: HttpRequest, error: Any) -> HttpResponse:
    if not isinstance(error, ValidationError):
        return explain(request, error)
    first: tuple[Any, ...] = error.errors[0]["loc"] if error.errors else ()
    if len(first) > 1 and first[0] == "path":
        return MISSING.get(str(first[1]), not_found)().answer()
    lines = []
    for one in error.errors:
        place = [str(part) for part in one["loc"] if part not in {"body", "query", "header"}]
        lines.append(f"{'.'.join(place)}: {one['msg']}")
    return invalid(" ".join(lines)[:1_000], data=lines[:100]).answer()


for raised in (Exception, Http404, HttpError, ValidationError):
    api.add_exception_handler(raised, answer_to)


@cache
def described() -> Mapping[str, Any]:
    """Return the OpenAPI document: made once, as that takes a third of a second."""
    return api.get_openapi_schema(path_prefix="/v1")


@csrf_exempt
@login_not_required
def document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, which anybody may read: there is nothing in it of anybody."""
    return ok(described())


@csrf_exempt
@login_not_required
def straightened(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer an address as clients write it, with a slash at the end or two in a row."""
    plain = re.sub(r"/{2,}", "/", f"/v1/{rest}").rstrip("/")
    try:
        match = resolve(plain) if plain != request.path else None
    except Resolver404:
        match = None
    if match is None:
        return door(nothing_here)(request)
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response


@csrf_exempt
@login_not_required
def elsewhere(request: HttpRequest, rest: str, within: str) -> HttpResponse:
    """Answer an address of Partner Center's outside of /v1 by the call that it is here."""
    return straightened(request, within + rest)


def _behind_door(patterns: Iterable[Any]) -> list[URLPattern]:
    guarded = []
    for pattern in patterns:
        pattern.callback = door(pattern.callback)
        guarded.append(pattern)
    return guarded


PATTERNS: list[Any] = list(api.urls[0])
app_name = "v1"
urlpatterns = [
    path("openapi.json", document, name="document"),
    *_behind_door(pattern for pattern in PATTERNS if pattern.name != "api-root"),
    re_path(r"^(?P<rest>.*)$", straightened, name="straightened"),
]
