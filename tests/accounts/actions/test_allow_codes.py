"""Allow codes again."""

from accounts.actions.allow_codes import ALLOW_CODES
from accounts.models import User, UserQuerySet
from tests.support.cast import Cast


def test_it_is_always_grave_and_has_no_button_in_the_portal(cast: Cast) -> None:
    assert ALLOW_CODES.is_grave(UserQuerySet(User), {})
    assert [str(ALLOW_CODES.text_for(user)) for user in (cast.uma, cast.bob)] == ["", ""]


def test_it_is_named_as_in_the_log() -> None:
    assert ALLOW_CODES.done(2) == "Codes allowed again"
    assert len(ALLOW_CODES.points(1)) == 2
