"""What the activity log knows of requests: each verb, and the events that it writes."""

from collections.abc import Callable
from typing import Any

from automation.models import LicenseRequest
from automation.services.requests import (
    approve_license,
    approve_seats,
    ask_for_license,
    ask_for_seats,
    cancel_request,
    decline,
)
from tests.factories import LicenseRequestFactory


def _asked(stage: Any, **more: Any) -> LicenseRequest:
    pool = stage.pool()
    type(stage.uma).objects.filter(pk=stage.uma.pk).update(usage_location="SE")
    request: LicenseRequest = LicenseRequestFactory.create(
        user=stage.uma, product=pool.product, **more
    )
    return request


REQUESTS: dict[str, tuple[Callable[[Any], Any], list[str], bool]] = {
    "approve_license": (
        lambda s: approve_license(_asked(s), actor=s.alice),
        ["license.assigned", "request.approved"],
        False,
    ),
    "approve_seats": (
        lambda s: approve_seats(_asked(s, seats=3), 3, actor=s.alice),
        ["subscription.seats", "request.approved"],
        False,
    ),
    "decline": (
        lambda s: decline(_asked(s), actor=s.alice, words="No."),
        ["request.declined"],
        False,
    ),
}
# Who asks is the user: no actor is named.
ASKING: dict[str, tuple[Callable[[Any], Any], list[str]]] = {
    "ask_for_license": (
        lambda s: ask_for_license(str(s.pool().product_id), asker=s.uma),
        ["request.made"],
    ),
    "ask_for_seats": (
        lambda s: ask_for_seats(s.pool().product, 2, customer=s.contoso, asker=s.cast.gail),
        ["request.made"],
    ),
    "cancel_request": (
        lambda s: cancel_request(_asked(s), asker=s.uma),
        ["request.canceled"],
    ),
}
