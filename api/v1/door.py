"""The way to each address of the API: who calls, how often, and what was sent twice."""

import json
import re
import uuid
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja.errors import HttpError

from accounts.models import User
from accounts.signin.admission import NotAdmitted
from accounts.signin.call_limits import TooMany
from customers import scope
from customers.errors import Refused
from customers.roles import ROLE_LACKS_IT, Capability

from ..authentication import let_in
from ..limits import SAFE, check_address, count_call, count_wrong
from ..services.calls import name_of, once
from .base import customer_of
from .errors import (
    ApiError,
    error_answer,
    forbidden,
    invalid,
    not_found,
    refused_answer,
    too_many_answer,
)

View = Callable[..., HttpResponse]
# Files, whose own key finds the first of two, so that none is read into memory.
BY_THEMSELVES = ("/uploads",)
# What goes back as it came; anything else is made anew.
_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")


def door(view: View) -> View:
    """Return the view as it is reached: for whoever brings a token, and for no browser's session.

    No cookie counts, so that no page of another site could use one; that is why it is exempt from
    CSRF.
    """

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def call(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with scope.within(scope.NOBODY):
            try:
                response = _answer(view, request, args, kwargs)
            except NotAdmitted as refusal:
                count_wrong(request)
                response = refused_answer(refusal)
            except TooMany as refused:
                response = too_many_answer(refused.seconds)
            except RequestDataTooBig:
                text = _("The request is too large.")
                response = error_answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, 413, text)
            except Refused as refusal:
                response = refused_answer(refusal)
            except ApiError as error:
                response = error.answer()
        return _with_ids(request, response)

    return call


def _answer(
    view: View, request: HttpRequest, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> HttpResponse:
    check_address(request)
    caller = let_in(request)
    state: Any = request
    state.caller = caller
    count_call(request, caller.token, caller.user, _plain(str(kwargs.get("customer", ""))))
    sent = [value for _name, values in request.GET.lists() for value in values]
    # Which no database keeps in a text.
    if any("\x00" in value for value in sent) or "\x00" in request.path:
        raise invalid(_("There is a NUL in the address."))
    name = name_of(request)
    if request.method in SAFE or not name or request.path.endswith(BY_THEMSELVES):
        return view(request, *args, **kwargs)
    return once(
        request,
        caller.token,
        name,
        lambda: view(request, *args, **kwargs),
        rights=rights_of(caller.user),
        check=lambda: _check_open(request, kwargs.get("customer")),
    )


def rights_of(user: User) -> str:
    """Return what the user may do now: an answer is for whoever may what was asked for."""
    return ",".join(one for one in Capability if user.can(one))


def _check_open(request: HttpRequest, told: Any) -> None:
    """Raise ApiError for a customer whom the token sees no more."""
    if told:
        customer_of(request, uuid.UUID(str(told)))


def _plain(told: str) -> str:
    """Return an id in its one spelling, so that each customer is counted once."""
    try:
        return str(uuid.UUID(told))
    except ValueError:
        return told


def _with_ids(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        text = _("This address does not take %(method)s.") % {"method": request.method}
        allowed = response.headers.get("Allow", "")
        response = error_answer(HTTPStatus.METHOD_NOT_ALLOWED, 405, text)
        response["Allow"] = allowed
    for name in ("MS-RequestId", "MS-CorrelationId"):
        sent = request.headers.get(name, "")
        response[name] = sent if _ID.fullmatch(sent) else str(uuid.uuid4())
    response["Cache-Control"] = "no-store"
    return response


def explain(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return the answer to what a view raises: each refusal is one, and is told as such."""
    if isinstance(error, Refused):
        return refused_answer(error)
    if isinstance(error, ApiError):
        return error.answer()
    if isinstance(error, HttpError):
        # What ninja makes of a body that the reader refuses.
        cause = error.__cause__
        return (cause if isinstance(cause, ApiError) else invalid(str(error))).answer()
    if isinstance(error, PermissionDenied):
        return forbidden(str(error) or str(ROLE_LACKS_IT)).answer()
    if isinstance(error, Http404):
        return not_found().answer()
    raise error


def read_json(request: HttpRequest) -> Any:
    """Return the body as JSON; raise ApiError for what is none, or has a NUL in it."""
    try:
        told = json.loads(request.body or b"null")
        # In any encoding of JSON, and as it would be written: half a letter is none.
        written = json.dumps(told, ensure_ascii=False)
        written.encode()
    except (ValueError, RecursionError):
        raise invalid(_("The body is no JSON.")) from None
    if "\\u0000" in written.replace("\\\\", ""):
        raise invalid(_("There is a NUL in the body."))
    return told


def nothing_here(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Answer what has no address, in JSON as all else."""
    return not_found().answer()


def ok(told: Any, *, status: int = HTTPStatus.OK) -> JsonResponse:
    return JsonResponse(told, status=status, safe=False, json_dumps_params={"ensure_ascii": False})
