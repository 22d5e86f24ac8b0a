"""Actions of the admin's list: each asks once more, says what happens, and does it once."""

import pytest
from django.test import Client

from accounts.admin.actions import ACTIONS
from accounts.models import CredentialSheet, User
from accounts.signin.mfa import has_second_step
from tests.accounts.signin.second_steps import give_app, prove
from tests.accounts.undoing import block
from tests.accounts.verbs import delete, fresh
from tests.factories import StaffFactory, UserFactory
from tests.support.admin import act, address, told
from tests.support.cast import Cast


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    client.force_login(cast.support)
    return client


ASKED = ("reset_password", "reset_second_step", "allow_codes", "block")


@pytest.mark.parametrize("name", ASKED)
def test_what_happens_is_said_before_it_does(support: Client, cast: Cast, name: str) -> None:
    give_app(cast.uma)
    page = act(support, name, cast.uma)
    assert page.status_code == 200
    assert page.context_data["title"] == str(ACTIONS[name].label)
    assert page.context_data["points"]
    assert has_second_step(cast.uma)
    assert fresh(cast.uma).blocked_at is None
    assert not CredentialSheet.objects.exists()


@pytest.mark.parametrize("name", [*ASKED, "allow"])
def test_nothing_is_done_to_the_deleted(support: Client, cast: Cast, name: str) -> None:
    delete(cast, cast.uma)
    response = act(support, name, cast.uma, confirmed="yes")
    assert told(response) == ["All of these users are deleted: restore them first."]


def test_the_living_among_them_are_done(support: Client, cast: Cast) -> None:
    delete(cast, cast.uma)
    act(support, "block", cast.uma, cast.gail, confirmed="yes")
    assert fresh(cast.gail).blocked_at is not None
    assert fresh(cast.uma).blocked_at is None


def test_only_the_deleted_are_restored(support: Client, cast: Cast) -> None:
    response = act(support, "restore", cast.uma, cast.alice)
    assert told(response) == ["None of these users can be restored."]


def test_a_restore_that_was_not_shown_is_asked_about_first(support: Client, cast: Cast) -> None:
    delete(cast, cast.uma)
    page = act(support, "restore", cast.uma, confirmed="yes")
    assert page.status_code == 200
    assert fresh(cast.uma).deleted_at is not None
    act(support, "restore", cast.uma, confirmed="yes", **page.context_data["plans"])
    assert fresh(cast.uma).deleted_at is None


def test_a_plan_of_before_is_asked_about_once_more(support: Client, cast: Cast) -> None:
    delete(cast, cast.uma)
    plans = act(support, "restore", cast.uma).context_data["plans"]
    UserFactory.create(customer=cast.contoso, local_part="uma")
    page = act(support, "restore", cast.uma, confirmed="yes", **plans)
    assert page.status_code == 200
    assert fresh(cast.uma).deleted_at is not None


def test_users_of_several_customers_get_a_sheet_each(support: Client, cast: Cast) -> None:
    other = UserFactory.create(customer=cast.northwind)
    response = act(support, "reset_password", cast.uma, other, confirmed="yes", key="k")
    assert response.headers["Location"] == address(CredentialSheet, "changelist")
    customers = {sheet.customer for sheet in CredentialSheet.objects.all()}
    assert customers == {cast.contoso, cast.northwind}


def test_one_of_the_staff_at_a_time_gets_a_password(support: Client, cast: Cast) -> None:
    other = StaffFactory.create(partner=cast.fabrikam)
    for rows in ((cast.bob, other), (cast.bob, cast.uma)):
        response = act(support, "reset_password", *rows, confirmed="yes")
        assert "staff one at a time" in told(response)[0]
    assert not CredentialSheet.objects.exists()


def test_a_second_step_goes_and_it_is_said_of_how_many(support: Client, cast: Cast) -> None:
    give_app(cast.uma)
    response = act(support, "reset_second_step", cast.uma, cast.gail, confirmed="yes")
    assert told(response)[0].endswith(": 1 user.")
    assert not has_second_step(cast.uma)


def test_users_and_staff_are_blocked_and_allowed_together(support: Client, cast: Cast) -> None:
    act(support, "block", cast.uma, cast.bob, confirmed="yes")
    assert [bool(fresh(user).blocked_at) for user in (cast.uma, cast.bob)] == [True, True]
    response = act(support, "allow", cast.uma, cast.bob)
    assert told(response)[0].endswith(": 2 users.")
    assert [bool(fresh(user).blocked_at) for user in (cast.uma, cast.bob)] == [False, False]


def test_to_allow_again_is_not_asked_about(support: Client, cast: Cast) -> None:
    block(cast, cast.uma)
    assert act(support, "allow", cast.uma).status_code == 302
    assert User.objects.get(pk=cast.uma.pk).blocked_at is None


@pytest.mark.parametrize("name", ASKED)
def test_a_proof_is_asked_for_where_it_is_about_staff(client: Client, cast: Cast, name: str,
                                                     settings: object) -> None:  # fmt: skip
    settings.REQUIRE_MFA = True  # type: ignore[attr-defined]
    give_app(cast.support)
    client.force_login(cast.support)
    prove(client, cast.support, ago=100_000)
    response = act(client, name, cast.bob)
    assert response.status_code == 302
    assert "reauthenticate" in response.headers["Location"]
