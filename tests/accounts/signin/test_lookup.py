"""Who someone is, before it is known whose rows may be shown; and whose they then are."""

import pytest
from django.contrib.sessions.backends.cache import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.signin.lookup import (
    scope_of,
    user_named,
    user_of_id,
    user_signing_in,
    user_waiting,
)
from customers import scope
from customers.scope import SUPPORT, WEB, Scope
from tests.accounts.signin.second_steps import give_app, sign_in
from tests.accounts.verbs import delete
from tests.factories import StaffFactory, UserFactory
from tests.support.cast import Cast

EVERYBODY = ["alice", "bob", "gail", "uma", "support"]


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_user_is_found_by_name_in_any_letter_case(who: str, cast: Cast) -> None:
    user: User = getattr(cast, who)
    found = user_named(user.user_name.upper())
    assert found == user
    assert found.roles == user.roles


@pytest.mark.parametrize("typed", ["anne‑marie.o’neil", "Anne−Marie.O'Neil", "anne–marie.oʼneil"])
def test_a_name_is_found_by_any_hyphen_and_apostrophe(typed: str, cast: Cast) -> None:
    anne = UserFactory.create(customer=cast.contoso, local_part="anne-marie.o'neil")
    assert user_named(f"{typed}@contoso.example") == anne


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_user_is_found_by_id(who: str, cast: Cast) -> None:
    user: User = getattr(cast, who)
    assert user_of_id(user.pk) == user_signing_in(user.pk) == user


@pytest.mark.parametrize("name", ["", "nobody@contoso.example", "uma", "u ma@contoso.example", "%"])
def test_nobody_is_found_by_what_is_no_user_name(name: str, cast: Cast) -> None:
    assert user_named(name) is None


@pytest.mark.parametrize("pk", [0, -1, 2**31 - 1])
def test_nobody_is_found_by_what_is_no_id(pk: int, cast: Cast) -> None:
    assert user_of_id(pk) is None
    assert user_signing_in(pk) is None


def test_the_deleted_have_no_name_to_sign_in_with(cast: Cast) -> None:
    delete(cast, cast.uma)
    assert user_named("uma@contoso.example") is None


def test_the_scope_is_as_before_after_a_user_was_looked_up(cast: Cast) -> None:
    own = scope_of(cast.alice)
    with scope.within(own):
        assert user_named(cast.charlie.user_name) == cast.charlie
        assert user_signing_in(cast.charlie.pk) == cast.charlie
        assert scope.current() == own


def session_of(login: object) -> SessionStore:
    session = SessionStore()
    session["account_login"] = login
    return session


@pytest.mark.parametrize("login", [None, "", {}, {"user_pk": None}, [], "text"])
def test_a_session_in_which_nobody_is_signing_in_names_nobody(login: object, cast: Cast) -> None:
    assert user_waiting(SessionStore()) is None
    assert user_waiting(session_of(login)) is None


def test_a_user_who_has_still_to_take_the_second_step_is_waiting(cast: Cast) -> None:
    cast.gives_password(cast.bob)
    give_app(cast.bob)
    client = Client()
    sign_in(client, cast.bob)
    assert user_waiting(client.session) == cast.bob


def test_each_side_sees_its_own_rows(cast: Cast) -> None:
    fabrikam, contoso = cast.fabrikam.pk, cast.contoso.pk
    assert scope_of(cast.alice) == Scope(WEB, partner=fabrikam, customer=None, at=None)
    assert scope_of(cast.uma) == Scope(WEB, partner=fabrikam, customer=contoso, at=contoso)
    assert scope_of(cast.charlie) == Scope(WEB, partner=cast.litware.pk, customer=None, at=None)
    assert scope_of(cast.support) == SUPPORT


def test_support_staff_without_rights_still_belong_to_no_partner(cast: Cast) -> None:
    former = User(user_name="former@portal.example")
    assert scope_of(former) == SUPPORT


def test_limits_to_customers_narrow_what_tenancy_asks_and_not_the_scope(cast: Cast) -> None:
    limited = StaffFactory.create(partner=cast.fabrikam, only=[cast.contoso])
    assert scope_of(limited) == scope_of(cast.alice)


def test_a_user_of_another_query_is_looked_up_once_more(cast: Cast) -> None:
    known = user_of_id(cast.uma.pk)
    assert known is not None
    with CaptureQueriesContext(connection) as none:
        scope_of(known)
    with CaptureQueriesContext(connection) as one:
        scope_of(User.objects.get(pk=cast.uma.pk))
    assert len(one) - len(none) == 2, "the user, and the partner that the user belongs to"
