"""How users are told: by what they chose, or else by what fits most."""

from automation.models import NoticeChoice, NoticeKind
from automation.notice_choices import DEFAULTS, NEEDS, Channels, choices_of, chosen, kinds_for
from tests.support.cast import Cast


def test_every_kind_has_a_default_that_shows_it_on_the_page() -> None:
    assert set(DEFAULTS) == set(NoticeKind)
    assert set(NEEDS) == set(NoticeKind)
    assert all(channels.page for channels in DEFAULTS.values())


def test_whoever_chose_nothing_is_told_as_most_are(cast: Cast) -> None:
    NoticeChoice.objects.create(
        user=cast.bob, kind=NoticeKind.TOKEN, page=False, at_once=False, daily=True
    )
    own, default = Channels(page=False, daily=True), DEFAULTS[NoticeKind.TOKEN]
    found = chosen([cast.alice.pk, cast.bob.pk], NoticeKind.TOKEN)
    assert found == {cast.alice.pk: default, cast.bob.pk: own}
    assert choices_of(cast.alice.pk) == DEFAULTS
    assert choices_of(cast.bob.pk) == {**DEFAULTS, NoticeKind.TOKEN: own}


def test_a_customers_users_have_nothing_to_choose_of_the_partners_reports(cast: Cast) -> None:
    assert NoticeKind.REPORT in kinds_for(cast.alice)
    assert NoticeKind.REPORT not in kinds_for(cast.gail)
