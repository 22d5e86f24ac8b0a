"""What a customer's sources are answered. What one may not do is kept for the source's page."""

import json
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from scim2_models import (
    InvalidFilterException,
    InvalidSyntaxException,
    InvalidValueException,
    NotFoundException,
    PayloadTooLargeException,
    PreconditionFailedException,
    SCIMException,
    UnauthorizedException,
)
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse

from accounts.signin.admission import NotAdmitted
from accounts.signin.call_limits import seconds_left
from customers.client_address import client_address
from customers.errors import Refused
from customers.formats import NO_SUCH_CUSTOMER, WITH_NUL
from customers.said import gettext as _

from ..authentication import hold_to, let_in_source
from ..models import Doing, Source
from ..services.source_refusals import note
from . import limits
from .addresses import address_of
from .errors import BUSY, TOO_MANY, PortalRefusal, told
from .server import SERVICE, SourceHandler
from .storage import SourceStorage

# Of a body: a user is some two thousand letters.
MOST_BYTES = 64 * 1024
MOST_LETTERS = 2_000
TRIES = 3
DOING = {
    "POST": Doing.CREATE,
    "PUT": Doing.CHANGE,
    "PATCH": Doing.CHANGE,
    "DELETE": Doing.DELETE,
    "GET": Doing.SEARCH,
}
# What says nothing about a user, or that the source has to look again.
NOT_KEPT = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.PRECONDITION_FAILED,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
}


def answer(request: HttpRequest, customer: UUID, path: str) -> HttpResponse:
    """Return what the protocol has for a request at a customer's address, refusals too."""
    try:
        asked = read(request, customer, path)
        found = serve(asked, source_of(request, customer))
    except Refused as refusal:
        found = SERVICE.error_response(PortalRefusal(refusal))
    except SCIMException as error:
        found = SERVICE.error_response(error)
    return respond(found)


def respond(answer: ScimResponse) -> HttpResponse:
    body = b"" if answer.body is None else json.dumps(answer.body).encode()
    response = HttpResponse(body, status=answer.status, headers=answer.headers)
    response["Cache-Control"] = "no-store"
    if answer.status in {TOO_MANY, BUSY}:
        response["Retry-After"] = str(seconds_left() if answer.status == TOO_MANY else 2)
    return response


def read(request: HttpRequest, customer: UUID, path: str) -> ScimRequest:
    """Return the request as scim2-server takes it; nothing of it can be too much for a database."""
    try:
        body = request.read(MOST_BYTES + 1)
    except (UnreadablePostError, RequestDataTooBig):
        raise InvalidSyntaxException from None
    if len(body) > MOST_BYTES:
        raise PayloadTooLargeException(detail=_("A request can have up to 64 KB."))
    query = {name: str(value) for name, value in request.GET.items()}
    if any(len(value) > MOST_LETTERS for value in query.values()):
        raise InvalidFilterException(detail=_("A filter can have up to 2,000 letters."))
    if b"\\u0000" in body or b"\x00" in body or any("\x00" in text for text in query.values()):
        raise InvalidValueException(detail=str(WITH_NUL))
    method = "GET" if request.method == "HEAD" else request.method or ""
    base = request.build_absolute_uri(address_of(customer))
    return ScimRequest(method, base, path or "/", query, dict(request.headers), body)


def source_of(request: HttpRequest, customer: UUID) -> Source:
    """Return the source whose token this is, if it is this customer's; the database shows no more.

    Raise NotFoundException for another customer's address.
    """
    address = client_address(request)
    limits.check_address(address)
    try:
        caller = let_in_source(request)
    except NotAdmitted as refusal:
        limits.count_wrong(address)
        raise UnauthorizedException(detail=str(refusal)) from None
    limits.count_call(caller.token.pk)
    related = Source.objects.select_related("customer__partner", "user")
    source = related.filter(user=caller.user.pk, customer__uuid=customer).first()
    if source is None:
        raise NotFoundException(detail=str(NO_SUCH_CUSTOMER))
    hold_to(source.customer)
    # The user that acts, with the rights that the token leaves.
    source.user = caller.user
    return source


def serve(asked: ScimRequest, source: Source) -> ScimResponse:
    """Answer a request of a source, and keep what was refused to it."""
    is_blind = asked.header("If-Match") is None
    for attempt in range(TRIES):
        try:
            return SourceHandler(SERVICE, SourceStorage(source)).handle(asked)
        except PreconditionFailedException:
            # Somebody else was quicker; who does not ask for a version takes the new one.
            if not is_blind or attempt == TRIES - 1:
                raise
        except Refused as refusal:
            error: SCIMException = PortalRefusal(refusal)
            keep(error, asked, source)
            raise error from None
        except RecursionError:
            raise InvalidFilterException from None
        except SCIMException as error:
            keep(error, asked, source)
            raise
    raise PreconditionFailedException


def keep(error: SCIMException, asked: ScimRequest, source: Source) -> None:
    if error.status in NOT_KEPT:
        return
    doing = DOING.get(asked.method, Doing.CHANGE)
    if asked.path.endswith("/.search"):
        doing = Doing.SEARCH
    code, sentence = told(error)
    note(source, doing, named_in(asked, source), code, sentence)


def named_in(asked: ScimRequest, source: Source) -> str:
    """Return the user name that a request is about, as far as it can be told."""
    body: Any = None
    with suppress(SCIMException, RecursionError):
        body = SERVICE.decode_body(asked.body, None)
    if isinstance(body, dict):
        for name, value in body.items():
            if name.lower() == "username" and isinstance(value, str):
                return value
    with suppress(ValueError):
        uuid = UUID(asked.path.rpartition("/")[2])
        found = source.customer.users.filter(uuid=uuid).values_list("user_name", flat=True)
        return found.first() or ""
    return ""
