"""Who is let in, by whatever door, and what the database shows them: with a session and without."""

import ast
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from accounts.services.second_steps import reset_second_factor
from accounts.services.users import block_users, delete_users, reset_passwords
from accounts.signin.admission import Admission, Credential, NotAdmitted, admit
from accounts.signin.lookup import scope_of, user_named, user_of_id
from customers import scope
from customers.models import Customer
from customers.scope import NOBODY, SUPPORT, Scope
from tests.accounts.signin.second_steps import SECOND, code_of, give_app, second_step, sign_in
from tests.support.cast import PASSWORD, Cast
from tests.support.house import OUR_PACKAGES, modules, tree

pytestmark = pytest.mark.django_db

PROVEN = Credential(second_step=True)


def knock(user: User, credential: Credential = PROVEN, **how: bool) -> tuple[Any, Scope | None]:
    """What a door without a session does with a token of this user; the scope it is left in."""
    with scope.within(NOBODY):
        try:
            answer: Any = admit(user_of_id(user.pk), credential, **how)
        except NotAdmitted as refusal:
            answer = refusal.code, int(refusal.status)
        return answer, scope.current()


def test_a_user_who_is_let_in_sees_their_own_and_no_more(cast: Cast) -> None:
    for user in (cast.alice, cast.bob, cast.gail, cast.uma):
        answer, shown = knock(user)
        assert isinstance(answer, Admission)
        assert (answer.user, answer.hindrance) == (user, None)
        assert shown == answer.scope == scope_of(user)
    assert knock(cast.support)[1] == SUPPORT


@pytest.mark.postgres
def test_the_database_shows_a_door_without_a_session_what_is_the_users(cast: Cast) -> None:
    with scope.within(NOBODY):
        assert list(Customer.objects.all()) == []
        admit(user_named(cast.charlie.user_name), PROVEN)
        assert list(Customer.objects.all()) == [cast.adatum]
    with scope.within(NOBODY):
        admit(user_of_id(cast.uma.pk), PROVEN)
        assert list(Customer.objects.all()) == [cast.contoso]


def test_nobody_is_not_let_in(cast: Cast) -> None:
    with scope.within(NOBODY), pytest.raises(NotAdmitted) as refused:
        admit(user_named("nobody@contoso.example"), PROVEN)
    assert (refused.value.code, refused.value.status) == ("not-known", 401)


def test_who_is_blocked_or_deleted_is_out(cast: Cast) -> None:
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    delete_users([cast.gail], customer=cast.contoso, actor=cast.alice)
    for user in (cast.uma, cast.gail):
        assert knock(user) == (("account-closed", 401), NOBODY)


@pytest.mark.parametrize("verb", [reset_passwords, reset_second_factor])
def test_what_was_made_before_access_ended_opens_nothing(cast: Cast, verb: Any) -> None:
    token = Credential(epoch=cast.uma.session_epoch, second_step=True)
    assert isinstance(knock(cast.uma, token)[0], Admission)
    give_app(cast.uma)
    about = {} if verb is reset_second_factor else {"customer": cast.contoso}
    verb([cast.uma], actor=cast.alice, **about)
    assert knock(cast.uma, token) == (("access-ended", 401), NOBODY)


def test_a_temporary_password_opens_no_door_but_that_of_choosing_one(cast: Cast) -> None:
    reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert knock(cast.uma) == (("password-to-choose", 403), NOBODY)
    answer, shown = knock(cast.uma, leads=True)
    assert (answer.hindrance, shown) == ("password-to-choose", scope_of(cast.uma))


def test_and_none_at_all_once_its_time_is_over(cast: Cast, settings: Settings) -> None:
    reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice)
    settings.TEMPORARY_PASSWORD_DAYS = 0
    for leads in (False, True):
        assert knock(cast.uma, leads=leads) == (("temporary-password-expired", 403), NOBODY)


def test_staff_come_in_with_a_second_step(cast: Cast, settings: Settings) -> None:
    settings.REQUIRE_MFA = True
    bare = replace(PROVEN, second_step=False)
    assert knock(cast.bob, bare) == (("second-step-to-set-up", 403), NOBODY)
    give_app(cast.bob)
    assert knock(cast.bob, bare) == (("second-step-to-take", 403), NOBODY)
    assert knock(cast.bob, bare, leads=True)[0].hindrance == "second-step-to-take"
    assert isinstance(knock(cast.bob)[0], Admission)
    assert isinstance(knock(cast.uma, bare)[0], Admission)


@pytest.mark.parametrize("why", ["nobody", "blocked", "ended", "expired", "hindered"])
def test_who_is_not_let_in_sees_nothing_of_a_user_who_was_let_in_before(
    why: str, cast: Cast
) -> None:
    if why == "blocked":
        block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    if why in {"expired", "hindered"}:
        given = timezone.now() - timedelta(days=100 if why == "expired" else 0)
        rows = User.objects.filter(pk=cast.uma.pk)
        rows.update(must_change_password=True, temporary_password_set_at=given)
    user = None if why == "nobody" else user_of_id(cast.uma.pk)
    ended = Credential(epoch=cast.uma.session_epoch - 1) if why == "ended" else PROVEN
    with scope.within(NOBODY):
        admit(user_of_id(cast.alice.pk), PROVEN)
        with pytest.raises(NotAdmitted):
            admit(user, ended)
        assert scope.current() == NOBODY


def test_it_costs_nothing_of_a_user_who_was_looked_up(
    cast: Cast, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.REQUIRE_MFA = True
    user = user_of_id(cast.bob.pk)
    with scope.within(NOBODY), django_assert_num_queries(0):
        admit(user, PROVEN)


def test_a_session_of_an_expired_password_ends_with_the_sentence(
    cast: Cast, settings: Settings
) -> None:
    reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice)
    client = Client()
    client.force_login(User.objects.get(pk=cast.uma.pk))
    assert client.get("/me/").headers["Location"] == "/accounts/password/choose/"
    settings.TEMPORARY_PASSWORD_DAYS = 0
    page = client.get("/accounts/password/choose/", follow=True)
    assert page.redirect_chain[0][0].startswith("/accounts/login/")
    assert "This temporary password has expired." in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_what_changes_between_password_and_second_step_is_heeded(
    cast: Cast, settings: Settings
) -> None:
    secret, client = give_app(cast.uma), Client()
    cast.gives_password(cast.uma)
    rows = User.objects.filter(pk=cast.uma.pk)
    rows.update(must_change_password=True, temporary_password_set_at=timezone.now())
    assert sign_in(client, cast.uma, PASSWORD.replace("-", "")).status_code in {200, 302}
    rows.update(must_change_password=False, temporary_password_set_at=None)
    assert sign_in(client, cast.uma).headers["Location"] == SECOND
    rows.update(temporary_password_set_at=timezone.now() - timedelta(days=100))
    answer = second_step(client, code_of(secret))
    assert answer.headers["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in client.session


def test_one_module_enters_anybodys_scope() -> None:
    """Others look into one for a while, by `within`, `at` and `narrowed`."""
    found = {
        str(module)
        for module in modules(*OUR_PACKAGES)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "scope.enter"
    }
    assert found == {"accounts/signin/admission.py"}


def test_the_browser_comes_in_by_the_same_door(cast: Cast, rf: Any) -> None:
    from accounts.signin.middleware import AdmissionMiddleware

    seen: list[Any] = []

    def page(request: HttpRequest) -> HttpResponse:
        seen.append((request.admission, scope.current()))  # type: ignore[attr-defined]
        return HttpResponse()

    request = rf.get("/")
    request.user, request.session = cast.gail, Client().session
    with scope.within(NOBODY):
        AdmissionMiddleware(page)(request)
    own = scope_of(cast.gail)
    assert seen == [(Admission(cast.gail, own), own)]
