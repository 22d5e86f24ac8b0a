"""Refusals of the portal as errors of SCIM (RFC 7644, 3.12)."""

from typing import Any

from scim2_models import SCIMException

from customers.errors import Refused
from customers.refusals import Status

# A value that another has: clients then look for who has it.
TAKEN = {"user-name-taken", "restore-name-problem", "name-or-domain-lost", "external-id-taken"}
TOO_MANY, BUSY = Status.TOO_MANY.value, Status.BUSY.value


class PortalRefusal(SCIMException):
    """A refusal of a service; `code` is the portal's, which the source's page keeps."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(detail=str(refusal))
        self.code = refusal.code
        self.status = int(refusal.status)
        if refusal.code in TAKEN:
            self.status, self.scim_type = Status.CONFLICT.value, "uniqueness"
        elif refusal.status is Status.INVALID:
            # SCIM knows no 422.
            self.status, self.scim_type = 400, "invalidValue"


def told(error: SCIMException) -> tuple[str, str]:
    """Return code and sentence of an error, as the source's page shows them."""
    code: Any = getattr(error, "code", "") or error.scim_type or f"status-{error.status}"
    return str(code), str(error)
