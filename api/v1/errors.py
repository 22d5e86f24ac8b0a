"""What the API says when it says no: a number, a sentence, and the code of the refusal.

The numbers are Partner Center's, which scripts look at; `refusal` is ours, and docs/refusals.md has
them all.
"""

import math
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext as _

from customers.errors import Refused
from customers.formats import NO_SUCH_CUSTOMER, NO_SUCH_USER
from customers.refusals import Status

SOURCE = "PartnerPortal"
LONGEST = 1_024
DENIED, FORBIDDEN, NOT_FOUND, INVALID = 400, 2_032, 1_000, 3_000
USER, CUSTOMER, SUBSCRIPTION = 60_002, 60_003, 20_003
NO_LICENSES, CONFLICT, BUSY = 60_012, 409, 503

# Refusals that Partner Center has a number for.
NUMBERS = {
    "seats-short": NO_LICENSES,
    "user-gone": USER,
    "subscription-gone": SUBSCRIPTION,
    "customer-not-open": CUSTOMER,
    "subscription-not-active": 2_001,
    "seats-in-use": 2_002,
    "seats-too-few": 2_002,
    "seats-too-many": 2_002,
    "seats-changed": 2_055,
    "subscription-canceled": 2_011,
}
# HTTP's status and the number for all others.
BY_STATUS = {
    Status.UNKNOWN: (HTTPStatus.UNAUTHORIZED, DENIED),
    Status.FORBIDDEN: (HTTPStatus.FORBIDDEN, FORBIDDEN),
    Status.GONE: (HTTPStatus.NOT_FOUND, NOT_FOUND),
    Status.CONFLICT: (HTTPStatus.CONFLICT, CONFLICT),
    Status.INVALID: (HTTPStatus.BAD_REQUEST, INVALID),
    Status.TOO_MANY: (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.TOO_MANY_REQUESTS),
    Status.BUSY: (HTTPStatus.SERVICE_UNAVAILABLE, BUSY),
}
# Partner Center answers 400 where it is out of licenses.
AS_INVALID = {NO_LICENSES, 2_001, 2_002, 2_011, 2_055}


class ApiError(Exception):
    """An answer that is no answer: HTTP's status, the number, and a sentence."""

    def __init__(
        self, status: int, number: int, text: str, *, refusal: str = "", data: Sequence[str] = ()
    ) -> None:
        super().__init__(text)
        self.status, self.number, self.text = status, number, text
        self.refusal, self.data = refusal, list(data)

    def answer(self) -> JsonResponse:
        return error_answer(
            self.status, self.number, self.text, refusal=self.refusal, data=self.data
        )


def error_answer(
    status: int,
    number: int,
    text: str,
    *,
    refusal: str = "",
    field: str = "",
    data: Sequence[str] = (),
) -> JsonResponse:
    told: dict[str, Any] = {
        "code": number,
        "description": text[:LONGEST],
        "data": list(data),
        "source": SOURCE,
    }
    if refusal:
        told["refusal"] = refusal
    if field:
        told["field"] = field
    return JsonResponse(told, status=status)


def refused_answer(refusal: Refused) -> JsonResponse:
    """Return what a refusal of a service looks like; with `Retry-After` where it passes."""
    status, number = BY_STATUS[refusal.status]
    number = NUMBERS.get(refusal.code, number)
    if number in AS_INVALID:
        status = HTTPStatus.BAD_REQUEST
    answer = error_answer(status, number, str(refusal), refusal=refusal.code, field=refusal.field)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer["Retry-After"] = "2"
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return answer


def too_many_answer(seconds: float) -> JsonResponse:
    """Return Partner Center's answer to a call too many."""
    wait = max(1, math.ceil(seconds))
    text = f"Rate limit is exceeded. Try again in {wait} seconds."
    answer = JsonResponse(
        {"statusCode": int(HTTPStatus.TOO_MANY_REQUESTS), "message": text},
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )
    answer["Retry-After"] = str(wait)
    return answer


def invalid(text: str, *, data: Sequence[str] = ()) -> ApiError:
    return ApiError(HTTPStatus.BAD_REQUEST, INVALID, text, data=data)


def no_customer() -> ApiError:
    return ApiError(HTTPStatus.NOT_FOUND, CUSTOMER, str(NO_SUCH_CUSTOMER))


def no_user() -> ApiError:
    return ApiError(HTTPStatus.NOT_FOUND, USER, str(NO_SUCH_USER))


def no_subscription() -> ApiError:
    return ApiError(HTTPStatus.NOT_FOUND, SUBSCRIPTION, _("There is no such subscription."))


def not_found() -> ApiError:
    return ApiError(HTTPStatus.NOT_FOUND, NOT_FOUND, _("There is nothing at this address."))


def forbidden(text: str) -> ApiError:
    return ApiError(HTTPStatus.FORBIDDEN, FORBIDDEN, text)
