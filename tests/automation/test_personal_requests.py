"""What a user is given of requests: the own words, and the own answers."""

from django.utils import timezone

from automation.models import RequestState
from automation.personal_requests import request_relations
from tests.factories import LicenseRequestFactory
from tests.support.cast import Cast


def test_who_asked_and_who_answered_are_each_given_their_own(cast: Cast) -> None:
    LicenseRequestFactory.create(
        user=cast.uma,
        words="New project",
        state=RequestState.DECLINED,
        answer="No budget",
        answered_by=cast.gail,
        answered_at=timezone.now(),
    )
    [own] = request_relations(cast.uma)["requests"][1]
    assert (own["words"], own["answer"]) == ("New project", "No budget")
    [answered] = request_relations(cast.gail)["requests_answered"][1]
    assert answered["answer"] == "No budget"
    assert "words" not in answered
