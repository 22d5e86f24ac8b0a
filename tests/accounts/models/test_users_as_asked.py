"""Users by their names to sign in with, and what a user may do."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from accounts.sorting import sort_key
from customers.roles import Capability, Reach, Role
from tests.accounts.verbs import fresh
from tests.factories import StaffFactory, UserFactory
from tests.support.cast import Cast


@pytest.mark.parametrize("typed", ["uma@contoso.example", " UMA@Contoso.Example "])
def test_the_name_to_sign_in_with_has_no_case(cast: Cast, typed: str) -> None:
    assert User.objects.get_by_natural_key(typed) == cast.uma


def test_a_user_who_is_deleted_has_no_name_to_sign_in_with(cast: Cast) -> None:
    gone = UserFactory.create(customer=cast.contoso, deleted=True)
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(gone.user_name)
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(None)


def test_support_staff_from_the_command_line_are_found_and_have_no_weak_password(db: None) -> None:
    user = User.objects.create_superuser("Sue@Portal.example", "green-kettle-hums-9", city="Oslo")
    found = fresh(user)
    assert (found.username, found.user_name) == ("sue@portal.example", "Sue@Portal.example")
    assert (found.is_staff, found.is_superuser, found.city) == (True, True, "Oslo")
    assert found.check_password("green-kettle-hums-9")
    with pytest.raises(ValidationError):
        User.objects.create_superuser("tom@portal.example", "password")
    assert not User.objects.filter(username="tom@portal.example").exists()


def test_roles_reach_as_far_as_the_furthest_of_them(cast: Cast) -> None:
    far = {
        user: (user.reach(Capability.MANAGE_USERS), user.reach(Capability.RESET_PASSWORDS))
        for user in (cast.alice, cast.bob, cast.sally, cast.gail, cast.uma, cast.support)
    }
    assert far == {
        cast.alice: (Reach.FULL, Reach.FULL),
        cast.bob: (Reach.NONE, Reach.LIMITED),
        cast.sally: (Reach.NONE, Reach.NONE),
        cast.gail: (Reach.FULL, Reach.FULL),
        cast.uma: (Reach.NONE, Reach.NONE),
        cast.support: (Reach.NONE, Reach.NONE),
    }


def test_a_limited_reach_ends_before_administrators(cast: Cast) -> None:
    capability = Capability.RESET_PASSWORDS
    assert cast.bob.can(capability)
    assert cast.bob.can(capability, cast.uma)
    assert not cast.bob.can(capability, cast.gail)
    assert cast.alice.can(capability, cast.gail)
    assert not cast.uma.can(capability, cast.uma)


def test_account_admins_of_some_customers_do_not_look_after_the_team(cast: Cast) -> None:
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN], only=[cast.contoso]
    )
    assert not limited.can(Capability.MANAGE_TEAM)
    assert limited.can(Capability.MANAGE_USERS)
    assert cast.alice.can(Capability.MANAGE_TEAM)


def test_what_follows_from_the_names_is_filled_in() -> None:
    user = User(display_name="Åsa  Ek", user_name="Asa.Ek@a.example", first_name="Åsa")
    user.fill_derived()
    assert (user.username, user.sort_name) == ("asa.ek@a.example", sort_key("Åsa Ek", ""))
    assert user.search_text.split("\n") == ["asa ek", "asa.ek@a.example", "asa", "aasa ek"]
    user.deleted_at = timezone.now()
    user.fill_derived()
    assert user.username is None
    assert (str(user), str(User(user_name="a@b"))) == ("Åsa  Ek", "a@b")


def test_a_user_without_a_role_is_called_user(cast: Cast) -> None:
    assert cast.uma.permission_labels() == ["User"]
    assert cast.gail.permission_labels() == ["Global administrator"]
    assert (cast.gail.is_administrator, cast.bob.is_administrator) == (True, False)


def test_another_password_or_epoch_is_another_session(cast: Cast) -> None:
    before = cast.uma.get_session_auth_hash()
    cast.uma.session_epoch += 1
    ended = cast.uma.get_session_auth_hash()
    cast.uma.password = "another"
    assert len({before, ended, cast.uma.get_session_auth_hash()}) == 3
