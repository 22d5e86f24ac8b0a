"""What is found is told to those who do not know it, and what is over ends."""

from automation.models import Notice, NoticeKind
from automation.services.finding.tales import Tale, settle, standing
from tests.automation.services.told import FACTS, at
from tests.support.cast import Cast

KIND = NoticeKind.SEATS
NOON = at("2027-03-01 12:00")


def test_only_those_who_do_not_know_it_are_told(cast: Cast) -> None:
    def tale(*to: object) -> Tale:
        return Tale("one", to, cast.contoso, FACTS[KIND], "/customers/")  # type: ignore[arg-type]

    assert settle(KIND, [tale(cast.alice)], now=NOON) == 1
    assert settle(KIND, [tale(cast.alice, cast.bob)], now=NOON) == 1
    assert standing(KIND) == {(cast.alice.pk, "one"), (cast.bob.pk, "one")}
    assert settle(KIND, [tale(cast.bob)], now=NOON) == 0
    assert standing(KIND) == {(cast.bob.pk, "one")}
    assert settle(KIND, [], now=NOON, still=[(cast.bob.pk, "one")]) == 0
    assert Notice.objects.filter(ended_at=None).count() == 1
