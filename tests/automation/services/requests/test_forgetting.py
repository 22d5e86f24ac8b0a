"""Requests that were answered long ago go; what waits stays."""

from datetime import UTC, datetime, timedelta

from automation.models import LicenseRequest, RequestState
from automation.services.requests import forget_requests
from tests.factories import LicenseRequestFactory
from tests.support.cast import Cast

NOW = datetime(2027, 9, 1, tzinfo=UTC)


def test_what_was_answered_half_a_year_ago_is_forgotten(cast: Cast) -> None:
    waits = LicenseRequestFactory.create(user=cast.uma, made_at=NOW - timedelta(days=900))
    over = {"user": cast.uma, "state": RequestState.DECLINED}
    recent = LicenseRequestFactory.create(answered_at=NOW - timedelta(days=179), **over)
    LicenseRequestFactory.create(answered_at=NOW - timedelta(days=181), **over)
    assert forget_requests(NOW) == 1
    assert set(LicenseRequest.objects.all()) == {waits, recent}
    assert forget_requests(NOW) == 0
