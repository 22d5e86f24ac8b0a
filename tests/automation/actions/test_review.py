"""The button above the users that starts a review of the selected ones."""

from accounts.actions.base import Place
from accounts.actions.registry import offered
from automation.actions.review import START_REVIEW
from tests.support.cast import Cast


def test_it_is_offered_to_those_who_can_start_one_and_leads_there(cast: Cast) -> None:
    for user, is_offered in ((cast.alice, True), (cast.bob, True), (cast.uma, False)):
        assert (START_REVIEW in offered(Place.USERS, user)) is is_offered
    url = START_REVIEW.url(cast.contoso, "s=token")
    assert url == f"/customers/{cast.contoso.pk}/reviews/add/?s=token"
