"""Refusals as errors of SCIM."""

import pytest
from scim2_models import InvalidFilterException, NotFoundException

from api.scim.errors import PortalRefusal, told
from customers.errors import Refused


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("user-name-taken", 409, "uniqueness"),
        ("external-id-taken", 409, "uniqueness"),
        ("restore-name-problem", 409, "uniqueness"),
        ("domain-of-nobody", 400, "invalidValue"),
        ("beyond-reach", 403, ""),
        ("license-rules", 409, ""),
        ("calls-too-many", 429, ""),
        ("busy", 503, ""),
    ],
)
def test_each_status_has_its_error(code: str, status: int, kind: str) -> None:
    error = PortalRefusal(Refused("In words.", code=code))
    found = error.to_error()
    assert (found.status, found.scim_type or "", found.detail) == (status, kind, "In words.")
    assert told(error) == (code, "In words.")


def test_errors_of_the_protocol_are_told_by_their_type() -> None:
    assert told(InvalidFilterException(detail="So."))[0] == "invalidFilter"
    assert told(NotFoundException(detail="Gone.")) == ("status-404", "Gone.")
