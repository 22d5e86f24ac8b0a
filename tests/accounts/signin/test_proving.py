"""What is to be proven once more, and what proves it: the same for doors with pages and without."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from accounts.signin.proving import Act, Evidence, is_grave, must_prove, proves, require_proof
from customers.errors import Refused
from customers.roles import Role
from tests.accounts.signin.second_steps import LONG_AGO, PROOF, client_of, give_app
from tests.factories import UserFactory
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def required(settings: Settings) -> None:
    settings.REQUIRE_MFA = True


def ago(seconds: float) -> float:
    return time.time() - seconds


def test_who_becomes_an_administrator_or_ceases_to_be_one_is_grave(cast: Cast) -> None:
    everything = (Role.GLOBAL_ADMIN,)
    assert is_grave(Act.ADD, roles=everything)
    assert is_grave(Act.CHANGE, cast.uma, roles=everything)
    assert is_grave(Act.CHANGE, cast.gail, roles=())
    assert not is_grave(Act.CHANGE, cast.gail, roles=everything)
    assert not is_grave(Act.CHANGE, cast.gail)
    assert not is_grave(Act.CHANGE, cast.uma, roles=(Role.LICENSE_ADMIN,))
    assert not is_grave(Act.ADD, roles=())


@pytest.mark.parametrize("act", [Act.DELETE, Act.RESET_PASSWORD])
def test_what_is_done_to_an_administrator_is_grave(cast: Cast, act: Act) -> None:
    assert [is_grave(act, one) for one in (cast.gail, cast.uma)] == [True, False]


@pytest.mark.parametrize("act", Act)
def test_whatever_is_done_to_staff_is_grave(cast: Cast, act: Act) -> None:
    assert [is_grave(act, one) for one in (cast.bob, cast.support)] == [True, True]


@pytest.mark.parametrize(
    "act",
    [Act.RESET_SECOND_STEP, Act.CHANGE_STAFF, Act.READ_PASSWORDS, Act.CHANGE_OWN_SIGN_IN],
)
def test_and_whatever_opens_an_account_to_others(act: Act, cast: Cast) -> None:
    assert is_grave(act, cast.uma)


def test_a_second_step_proves_for_some_minutes(cast: Cast) -> None:
    give_app(cast.alice)
    assert proves(Evidence(second_step_at=ago(1)), cast.alice)
    assert not proves(Evidence(second_step_at=ago(LONG_AGO)), cast.alice)
    assert not proves(Evidence(), cast.alice)


def test_the_password_proves_for_a_user_who_has_no_second_step(cast: Cast) -> None:
    assert proves(Evidence(password_at=ago(1)), cast.gail)
    assert not proves(Evidence(password_at=ago(LONG_AGO)), cast.gail)
    give_app(cast.gail)
    assert not proves(Evidence(password_at=ago(1)), cast.gail)


def test_a_standing_proof_is_one_as_long_as_it_stands(cast: Cast) -> None:
    give_app(cast.alice)
    assert proves(Evidence(standing=True), cast.alice, always=True)


def test_a_token_made_without_one_has_none_even_where_nobody_is_asked(
    cast: Cast, settings: Settings
) -> None:
    settings.REQUIRE_MFA = False
    assert proves(Evidence(), cast.alice)
    assert not proves(Evidence(standing=False), cast.alice)
    assert must_prove(cast.alice, Act.DELETE, Evidence(standing=False), target=cast.gail)
    assert not must_prove(cast.alice, Act.DELETE, Evidence(standing=False), target=cast.uma)


def test_without_the_duty_only_ones_own_sign_in_is_guarded(cast: Cast, settings: Settings) -> None:
    settings.REQUIRE_MFA = False
    assert not must_prove(cast.gail, Act.DELETE, Evidence(), target=cast.gail)
    assert must_prove(cast.gail, Act.CHANGE_OWN_SIGN_IN, Evidence())


def test_a_door_without_pages_is_refused_with_a_code(cast: Cast) -> None:
    give_app(cast.alice)
    with pytest.raises(Refused) as refused:
        require_proof(cast.alice, Act.RESET_PASSWORD, Evidence(), target=cast.gail)
    assert (refused.value.code, refused.value.status) == ("proof-needed", 403)
    require_proof(cast.alice, Act.RESET_PASSWORD, Evidence(), target=cast.uma)
    require_proof(cast.alice, Act.RESET_PASSWORD, Evidence(standing=True), target=cast.gail)


PAGES: dict[str, tuple[Act, Callable[[Cast, User], str]]] = {
    "user-reset": (
        Act.RESET_PASSWORD,
        lambda c, one: reverse("accounts:user-reset", args=[c.contoso.pk, one.pk]),
    ),
    "user-second-step": (
        Act.RESET_SECOND_STEP,
        lambda c, one: reverse("accounts:user-second-step", args=[c.contoso.pk, one.pk]),
    ),
    "user-delete": (
        Act.DELETE,
        lambda c, one: reverse("accounts:user-delete", args=[c.contoso.pk, one.pk]),
    ),
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("whose", ["plain", "administrator"])
def test_the_pages_ask_when_a_door_without_pages_is_refused(
    cast: Cast, page: str, whose: str
) -> None:
    roles = [Role.USER_ADMIN] if whose == "administrator" else []
    user = UserFactory.create(customer=cast.contoso, roles=roles)
    give_app(cast.alice)
    give_app(user)
    act, address = PAGES[page]
    answer = client_of(cast.alice, ago=LONG_AGO).get(address(cast, user))
    asked = answer.headers.get("Location", "").startswith(PROOF)
    assert asked is must_prove(cast.alice, act, Evidence(), target=user)


@pytest.mark.parametrize("roles", [(), (Role.GLOBAL_ADMIN.value,), (Role.LICENSE_ADMIN.value,)])
def test_and_so_does_the_form_of_a_users_roles(cast: Cast, roles: tuple[str, ...]) -> None:
    give_app(cast.alice)
    form: dict[str, Any] = {"permission": "limited" if roles else "user", "limited_roles": roles}
    if Role.GLOBAL_ADMIN.value in roles:
        form = {"permission": "global"}
    address = reverse("accounts:user-detail", args=[cast.contoso.pk, cast.gail.pk])
    answer = client_of(cast.alice, ago=LONG_AGO).post(address, form)
    asked = answer.headers.get("Location", "").startswith(PROOF)
    assert asked is must_prove(cast.alice, Act.CHANGE, Evidence(), target=cast.gail, roles=roles)
