"""Someone lost the second step: who may take it away, and what becomes of the user."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from accounts.services.second_steps import reset_second_factor
from accounts.services.users import delete_users, remove_users
from customers.actions import Action
from customers.errors import Refused
from customers.models import AuditEvent
from customers.roles import Role
from tests.accounts.signin.second_steps import give_app, prove, sign_in, signed_in_by_both
from tests.factories import StaffFactory, UserFactory
from tests.support.admin import act
from tests.support.cast import Cast


def has_one(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user).exists())


def test_the_second_step_goes_and_every_session_ends(cast: Cast) -> None:
    client, _secret = signed_in_by_both(cast.uma)
    epoch = User.objects.get(pk=cast.uma.pk).session_epoch
    assert reset_second_factor([cast.uma], actor=cast.alice, reason="Phone lost") == 1
    assert not has_one(cast.uma)
    assert User.objects.get(pk=cast.uma.pk).session_epoch == epoch + 1
    assert client.get("/me/account/").status_code == 302
    event = AuditEvent.objects.get(action=Action.STEP_RESET)
    expected = (cast.alice.pk, cast.uma.pk, cast.contoso.pk, "Phone lost")
    assert (event.actor_id, event.target_id, event.customer_id, event.reason) == expected
    assert sign_in(Client(), cast.uma)["Location"] == "/"


def test_nobody_without_a_second_step_is_signed_out(cast: Cast) -> None:
    assert reset_second_factor([cast.uma], actor=cast.alice) == 0
    assert User.objects.get(pk=cast.uma.pk).session_epoch == cast.uma.session_epoch
    assert not AuditEvent.objects.filter(action=Action.STEP_RESET).exists()


# Of each kind of user, who may.
MAY = {
    "uma": {"alice", "bob", "gail", "support"},
    "gail": {"alice", "support"},
    "bob": {"alice", "support"},
    "alice": {"support"},
    "support": set(),
}


@pytest.mark.parametrize("target", MAY)
@pytest.mark.parametrize("who", ["alice", "bob", "sally", "charlie", "gail", "uma", "support"])
def test_who_may_reset_whom(who: str, target: str, cast: Cast) -> None:
    user = getattr(cast, target)
    give_app(user)
    actor = User.objects.get(pk=getattr(cast, who).pk)
    if who in MAY[target]:
        assert reset_second_factor([user], actor=actor) == 1
    else:
        with pytest.raises(Refused):
            reset_second_factor([user], actor=actor)
    assert has_one(user) is (who not in MAY[target])


def test_one_who_is_out_of_reach_keeps_all_of_them(cast: Cast) -> None:
    for user in (cast.uma, cast.gail):
        give_app(user)
    with pytest.raises(Refused):
        reset_second_factor([cast.uma, cast.gail], actor=cast.bob)
    assert has_one(cast.uma)
    assert has_one(cast.gail)


def test_staff_limited_to_other_customers_may_not(cast: Cast) -> None:
    limited = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ADMIN_AGENT])
    User.objects.filter(pk=limited.pk).update(limited_to_customers=True)
    limited.allowed_customers.add(cast.northwind)
    give_app(cast.uma)
    with pytest.raises(Refused):
        reset_second_factor([cast.uma], actor=User.objects.get(pk=limited.pk))


def test_support_staff_who_are_no_superusers_may_not_reset_support_staff(cast: Cast) -> None:
    give_app(cast.support)
    other = User.objects.create(
        user_name="helper@portal.example",
        username="helper@portal.example",
        display_name="Helper",
        sort_name="helper",
        is_staff=True,
    )
    with pytest.raises(Refused):
        reset_second_factor([cast.support], actor=other)


@pytest.mark.parametrize("number", [3, 30])
def test_many_cost_no_more_queries_than_few(
    number: int, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    users = UserFactory.create_batch(number, customer=cast.contoso)
    for user in users:
        give_app(user)
    alice = User.objects.with_roles().get(pk=cast.alice.pk)
    with django_assert_max_num_queries(12):
        assert reset_second_factor(users, actor=alice) == number


def test_the_page_of_a_user_with_a_second_step_offers_it(cast: Cast, settings: Settings) -> None:
    client = Client()
    client.force_login(cast.alice)
    page = reverse("accounts:user-detail", args=[cast.contoso.pk, cast.uma.pk])
    url = reverse("accounts:user-second-step", args=[cast.contoso.pk, cast.uma.pk])
    assert url not in client.get(page).content.decode()
    assert client.get(url)["Location"] == page
    give_app(cast.uma)
    assert url in client.get(page).content.decode()
    assert "Verify who is asking" in client.get(url).content.decode()
    again = client.post(url, {"reason": "x" * 256}).content.decode()
    assert "Shorten this to 255 characters or fewer" in again
    assert has_one(cast.uma)
    told = client.post(url, follow=True).content.decode()
    assert "The two-step sign-in of Uma was reset." in told
    assert not has_one(cast.uma)


def test_resetting_asks_for_a_proof(cast: Cast, settings: Settings) -> None:
    settings.REQUIRE_MFA = True
    give_app(cast.alice)
    give_app(cast.uma)
    client = Client()
    client.force_login(cast.alice)
    prove(client, cast.alice, ago=301)
    url = reverse("accounts:user-second-step", args=[cast.contoso.pk, cast.uma.pk])
    assert client.post(url)["Location"].startswith("/accounts/2fa/reauthenticate/")
    assert has_one(cast.uma)


def test_support_resets_in_the_admin(cast: Cast, settings: Settings) -> None:
    settings.REQUIRE_MFA = True
    for user in (cast.bob, cast.uma):
        give_app(user)
    client = Client()
    client.force_login(cast.support)
    prove(client, cast.support)
    page = act(client, "reset_second_step", cast.bob, cast.uma)
    assert "Verify who is asking" in page.content.decode()
    act(client, "reset_second_step", cast.bob, cast.uma, confirmed="yes")
    assert [has_one(cast.bob), has_one(cast.uma)] == [False, False]
    give_app(cast.support)
    give_app(cast.uma)
    prove(client, cast.support, ago=301)
    for action in ("reset_second_step", "delete_selected"):
        asked = act(client, action, cast.uma, confirmed="yes")
        assert asked["Location"].startswith("/accounts/2fa/reauthenticate/"), action
    assert has_one(cast.uma)


def test_a_user_who_is_deleted_for_good_leaves_neither_second_step_nor_session(cast: Cast) -> None:
    client, _secret = signed_in_by_both(cast.uma)
    assert client.get("/me/account/").status_code == 200
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert has_one(cast.uma), "a restored user still has it"
    remove_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert not Authenticator.objects.exists()
    assert not UserSession.objects.exists()
