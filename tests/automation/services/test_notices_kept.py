"""How long notices are kept."""

from datetime import timedelta

from automation.models import Letter, LetterChannel, Notice, NoticeKind
from automation.services.notices_kept import KEPT, forget_notices
from automation.services.telling import end_subject
from tests.automation.services.told import at, told
from tests.support.cast import Cast

NOON = at("2027-03-01 12:00")
LATER = NOON + KEPT + timedelta(minutes=1)


def test_what_is_old_goes_unless_it_is_still_so(cast: Cast) -> None:
    told(cast.alice, NoticeKind.SCHEDULE_DONE, NOON)
    told(cast.alice, NoticeKind.SEATS, NOON, "over")
    end_subject(NoticeKind.SEATS, "over")
    still = told(cast.alice, NoticeKind.SEATS, NOON, "still")
    fresh = told(cast.alice, NoticeKind.SCHEDULE_DONE, LATER, "fresh")
    Letter.objects.create(
        user=cast.alice, channel=LetterChannel.AT_ONCE, due_at=NOON, created_at=NOON
    )
    assert forget_notices(NOON + KEPT) == 0
    assert [forget_notices(LATER), forget_notices(LATER)] == [2, 0]
    assert set(Notice.objects.all()) == {still, fresh}
    assert not Letter.objects.exists()
