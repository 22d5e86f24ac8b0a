"""How a request is called in lists."""

from datetime import UTC, datetime

from automation.models import RequestState
from automation.views.requests.rows import RequestRow
from tests.automation.services.asked import closed_door
from tests.factories import LicenseRequestFactory
from tests.support.cast import Cast


def test_each_kind_is_called_by_what_was_asked_for(cast: Cast) -> None:
    door = closed_door(cast)
    about = {"product": door.product}
    license_ = LicenseRequestFactory.create(user=door.user, **about)
    seats = LicenseRequestFactory.create(user=cast.gail, seats=1_200, **about)
    chat = LicenseRequestFactory.create(user=cast.uma, application="Team Chat", **about)
    service = LicenseRequestFactory.create(user=cast.gail, service="CHAT", **about)
    rows = [RequestRow(one) for one in (license_, seats, chat, service)]
    assert [(row.wanted, row.detail) for row in rows] == [
        ("Teams", ""),
        ("1,200 more seats of Teams", ""),
        ("Team Chat", "Teams"),
        ("Teams", "The service Chat in the license for Teams"),
    ]


def test_a_state_has_its_tone_and_an_answer_its_sentence(cast: Cast) -> None:
    waits = RequestRow(LicenseRequestFactory.create(user=cast.uma))
    assert (waits.state.tone, waits.state.label, waits.outcome) == ("warning", "Open", "")
    over = RequestRow(
        LicenseRequestFactory.create(
            user=cast.uma,
            state=RequestState.APPROVED,
            answered_by=cast.gail,
            answered_at=datetime(2027, 3, 1, 9, tzinfo=UTC),
        )
    )
    assert (over.state.tone, over.outcome[:17]) == ("success", "Approved by Gail ")
