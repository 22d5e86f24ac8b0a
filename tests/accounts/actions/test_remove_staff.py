"""Remove from the team."""

from accounts.actions.registry import offered_for
from accounts.actions.remove_staff import REMOVE_STAFF
from tests.support.cast import Cast


def test_its_button_is_on_the_page_of_staff_alone(cast: Cast) -> None:
    assert REMOVE_STAFF in offered_for(cast.bob)
    assert REMOVE_STAFF not in offered_for(cast.uma)
    assert REMOVE_STAFF.url_for(cast.bob) == f"/team/{cast.bob.pk}/remove/"
    assert REMOVE_STAFF.dangerous


def test_it_is_always_grave(cast: Cast) -> None:
    assert REMOVE_STAFF.is_grave_for_one(cast.bob)
