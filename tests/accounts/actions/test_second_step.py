"""Reset two-step sign-in."""

from accounts.actions.second_step import SECOND_STEP
from accounts.models import User, UserQuerySet
from tests.accounts.signin.second_steps import give_app
from tests.support.cast import Cast


def test_it_has_a_point_for_a_user_who_has_a_second_step(cast: Cast) -> None:
    assert SECOND_STEP.pointless(cast.uma) == f"{cast.uma.display_name} has no second step."
    give_app(cast.uma)
    assert SECOND_STEP.pointless(cast.uma) == ""


def test_it_is_always_grave(cast: Cast) -> None:
    assert SECOND_STEP.is_grave_for_one(cast.uma)
    assert SECOND_STEP.is_grave(UserQuerySet(User).none(), {})


def test_users_and_the_team_have_words_of_their_own(cast: Cast) -> None:
    of_user, of_staff = SECOND_STEP.text_for(cast.uma), SECOND_STEP.text_for(cast.bob)
    assert str(of_user).startswith("For a user who lost it: the password alone signs in")
    assert str(of_staff) == "For a lost second step: a new one is set up at the next sign-in."
    assert SECOND_STEP.url_for(cast.bob) == f"/team/{cast.bob.pk}/second-step/"
    assert SECOND_STEP.url_for(cast.uma) == (
        f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/second-step/"
    )
