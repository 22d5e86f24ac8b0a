"""Signing in, the temporary password, and changing a password."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.credentials import slips_of
from accounts.services.users import block_users, delete_users, reset_passwords
from customers.actions import Action
from customers.models import AuditEvent
from tests.factories import UserFactory
from tests.support.cast import PASSWORD, Cast
from tests.support.html import problems

LOGIN = "/accounts/login/"
CHOOSE = "/accounts/password/choose/"
CHANGE = "/accounts/password/change/"
NEW = "seven wooden rivers"
TEMPORARY = "abcd-efgh-jkmn"


def sign_in(client: Client, user_name: str, password: str) -> Any:
    return client.post(LOGIN, {"login": user_name, "password": password})


def new_user(cast: Cast, **fields: Any) -> User:
    return UserFactory.create(
        customer=cast.contoso,
        local_part="nora",
        password=TEMPORARY.replace("-", ""),
        temporary=True,
        **fields,
    )


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    "typed",
    [
        "uma@contoso.example",
        "UMA@Contoso.Example",
        " uma@contoso.example ",
        "\N{NO-BREAK SPACE}uma@contoso.example\N{IDEOGRAPHIC SPACE}",
        "ｕｍａ＠ｃｏｎｔｏｓｏ．ｅｘａｍｐｌｅ",
        "\ufeffu\u200bm\u00ada\u2060@contoso.example",
        "mailto:uma@contoso.example",
        "uma\x00@contoso.example",
    ],
)
def test_user_name_is_taken_however_it_was_copied(client: Client, cast: Cast, typed: str) -> None:
    cast.gives_password(cast.uma)
    response = sign_in(client, typed, PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/", follow=True).redirect_chain == [("/me/", 302)]


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("uma@contoso.example", "wrong"),
        ("uma@contoso.example", PASSWORD.upper()),
        ("nobody@contoso.example", PASSWORD),
        ("", PASSWORD),
        ("uma@contoso.example", ""),
        ("x" * 10_000, PASSWORD),
        ("uma@contoso.example", "x" * 10_000),
        ("u\u2009ma@contoso.example", PASSWORD),
        ("umа@contoso.example", PASSWORD),
        ("<script>alert(1)</script>", PASSWORD),
    ],
)
def test_wrong_input_says_so_and_signs_nobody_in(
    client: Client, cast: Cast, login: str, password: str
) -> None:
    cast.gives_password(cast.uma)
    response = sign_in(client, login, password)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not signed_in(client)
    assert "<script>alert" not in response.content.decode()
    assert problems(response.content.decode()) == []


def test_what_is_missing_is_asked_for_by_name(client: Client, cast: Cast) -> None:
    cast.gives_password(cast.uma)
    assert sign_in(client, "", "").context["form"].errors == {
        "login": ["Enter your user name."],
        "password": ["Enter your password."],
    }
    client.force_login(cast.uma)
    assert client.post(CHANGE, {}).context["form"].errors == {
        "oldpassword": ["Enter your current password."],
        "password1": ["Enter a new password."],
        "password2": ["Type the new password again."],
    }
    wrong = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}
    errors = client.post(CHANGE, wrong).context["form"].errors
    assert errors == {"oldpassword": ["This is not your current password."]}


def test_form_of_a_user_who_is_signed_out_meanwhile_is_not_lost_in_silence(
    client: Client, cast: Cast
) -> None:
    address = f"/customers/{cast.contoso.pk}/users/add/"
    said = [
        [str(message) for message in send(address, follow=True).context["messages"]]
        for send in (client.get, client.post)
    ]
    assert said == [[], ["You are signed out, so nothing was saved. Sign in, then do it again."]]


def test_two_deleted_users_of_that_name_do_not_stand_in_the_way(client: Client, cast: Cast) -> None:
    for _number in range(2):
        gone = UserFactory.create(
            customer=cast.contoso, local_part="kim", password="the password of before"
        )
        delete_users([gone], customer=cast.contoso, actor=cast.alice)
    living = UserFactory.create(customer=cast.contoso, local_part="kim", password=PASSWORD)
    assert sign_in(client, "kim@contoso.example", "the password of before").status_code == 200
    assert sign_in(client, "kim@contoso.example", PASSWORD).status_code == 302
    assert client.session["_auth_user_id"] == str(living.pk)


def test_a_sign_in_is_in_the_log_and_a_refused_one_is_not(client: Client, cast: Cast) -> None:
    cast.gives_password(cast.uma)
    sign_in(client, "uma@contoso.example", "wrong-password-1")
    assert not AuditEvent.objects.exists()
    sign_in(client, "uma@contoso.example", PASSWORD)
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_id, event.target_id, event.customer_id) == (
        "user.signed_in",
        cast.uma.pk,
        cast.uma.pk,
        cast.contoso.pk,
    )


def test_blocked_user_is_told_so(client: Client, cast: Cast) -> None:
    cast.gives_password(cast.uma)
    block_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    response = sign_in(client, cast.uma.user_name, PASSWORD)
    assert response["Location"] == "/accounts/inactive/"
    assert not signed_in(client)
    assert "Sign-in is blocked" in client.get("/accounts/inactive/").content.decode()


@pytest.mark.parametrize(
    "typed", [TEMPORARY, TEMPORARY.upper(), "abcdefghjkmn", " ABCD EFGH JKMN "]
)
def test_temporary_password_is_taken_however_it_is_typed(
    client: Client, cast: Cast, typed: str
) -> None:
    nora = new_user(cast)
    assert sign_in(client, nora.user_name, typed).status_code == 302
    assert client.get("/", follow=True).redirect_chain == [(CHOOSE, 302)]


def test_temporary_password_leads_nowhere_else(client: Client, cast: Cast) -> None:
    client.force_login(new_user(cast))
    for address in ("/me/", CHANGE, f"/customers/{cast.contoso.pk}/users/", "/admin/", "/"):
        assert client.get(address)["Location"] == CHOOSE, address
        assert client.post(address)["Location"] == CHOOSE, address
    assert client.get(CHOOSE).status_code == 200
    client.post("/accounts/logout/")
    assert not signed_in(client)


def test_chosen_password_opens_the_portal_and_keeps_one_signed_in(
    client: Client, cast: Cast
) -> None:
    nora = new_user(cast)
    sign_in(client, nora.user_name, TEMPORARY)
    response = client.post(CHOOSE, {"password1": NEW, "password2": NEW}, follow=True)
    assert response.redirect_chain == [("/", 302), ("/me/", 302)]
    nora.refresh_from_db()
    assert (nora.must_change_password, nora.temporary_password_set_at) == (False, None)
    assert sign_in(Client(), nora.user_name, TEMPORARY).status_code == 200
    assert sign_in(Client(), nora.user_name, NEW).status_code == 302
    event = AuditEvent.objects.get(action=Action.PASSWORD_CHANGED)
    assert (event.actor_id, event.target_id, event.changes) == (
        nora.pk,
        nora.pk,
        {"was_temporary": True},
    )


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        ("", "", "password1"),
        (NEW, "", "password2"),
        (NEW, "seven wooden boats", "password2"),
        ("short", "short", "password1"),
        ("123321123321", "123321123321", "password1"),
        ("nora.contoso.example", "nora.contoso.example", "password1"),
        (TEMPORARY, TEMPORARY, "password1"),
        (TEMPORARY.upper(), TEMPORARY.upper(), "password1"),
        ("x" * 10_000, "x" * 10_000, "password1"),
        ("a\x00bcdefghijklmn", "a\x00bcdefghijklmn", "password1"),
    ],
)
def test_bad_choice_is_refused_at_its_field(
    client: Client, cast: Cast, first: str, second: str, field: str
) -> None:
    nora = new_user(cast)
    before = nora.password
    client.force_login(nora)
    response = client.post(CHOOSE, {"password1": first, "password2": second})
    assert field in response.context["form"].errors
    nora.refresh_from_db()
    assert (nora.password, nora.must_change_password) == (before, True)


@pytest.mark.parametrize(
    "password", ["шесть деревянных рек", "<b>seven</b> & rivers", "七つの木の川を渡る七つの木の川"]
)
def test_any_alphabet_may_be_chosen(client: Client, cast: Cast, password: str) -> None:
    nora = new_user(cast)
    client.force_login(nora)
    client.post(CHOOSE, {"password1": password, "password2": password})
    assert sign_in(Client(), nora.user_name, password).status_code == 302


def test_expired_temporary_password_asks_for_a_new_one(client: Client, cast: Cast) -> None:
    days = timedelta(days=django_settings.TEMPORARY_PASSWORD_DAYS)
    nora = new_user(cast, temporary_password_set_at=timezone.now() - days)
    page = sign_in(client, nora.user_name, TEMPORARY).content.decode()
    assert "has expired. Ask the administrator who gave it to you for a new one." in page
    assert not signed_in(client)
    # A stranger who does not know it learns nothing of it.
    assert "expired" not in sign_in(client, nora.user_name, "wrong").content.decode()


def test_reset_while_choosing_is_said_and_changes_nothing(client: Client, cast: Cast) -> None:
    nora = new_user(cast)
    client.force_login(nora)
    client.get(CHOOSE)
    reset = reset_passwords([nora], customer=cast.contoso, actor=cast.alice)
    assert client.post(CHOOSE, {"password1": NEW, "password2": NEW})["Location"].startswith(LOGIN)
    [slip] = slips_of(reset.sheet)
    assert sign_in(client, nora.user_name, slip.password).status_code == 302


def test_who_has_a_password_of_their_own_is_sent_home_from_choosing(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.uma)
    assert client.get(CHOOSE)["Location"] == "/"


def test_changing_the_password_is_in_the_log_and_ends_other_sessions(
    client: Client, cast: Cast
) -> None:
    cast.gives_password(cast.uma)
    client.force_login(cast.uma)
    elsewhere = Client()
    elsewhere.force_login(cast.uma)
    data = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    response = client.post(CHANGE, data, follow=True)
    assert response.redirect_chain == [("/me/account/", 302)]
    assert [str(message) for message in response.context["messages"]] == [
        "Your password was changed."
    ]
    assert elsewhere.get("/me/")["Location"].startswith(LOGIN)
    event = AuditEvent.objects.get(action=Action.PASSWORD_CHANGED)
    assert (event.actor_id, event.changes) == (cast.uma.pk, {"was_temporary": False})


@pytest.mark.parametrize(
    ("old", "first", "second", "field"),
    [
        ("wrong", NEW, NEW, "oldpassword"),
        ("", NEW, NEW, "oldpassword"),
        (PASSWORD, "", "", "password1"),
        (PASSWORD, "short", "short", "password1"),
        (PASSWORD, PASSWORD, PASSWORD, "password1"),
        (PASSWORD, NEW, "another", "password2"),
    ],
)
def test_bad_change_is_refused_at_its_field(
    client: Client, cast: Cast, old: str, first: str, second: str, field: str
) -> None:
    cast.gives_password(cast.uma)
    client.force_login(cast.uma)
    data = {"oldpassword": old, "password1": first, "password2": second}
    response = client.post(CHANGE, data)
    assert field in response.context["form"].errors
    assert sign_in(Client(), cast.uma.user_name, PASSWORD).status_code == 302


def test_too_many_changes_in_a_row_are_told_to_wait(client: Client, cast: Cast) -> None:
    cast.gives_password(cast.uma)
    client.force_login(cast.uma)
    answers = [client.post(CHANGE, {"oldpassword": "wrong"}) for _number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    page = answers[-1].content.decode()
    assert "Wait a minute" in page
    assert problems(page) == []


def test_forgotten_password_is_explained_to_anybody(client: Client, db: None) -> None:
    page = client.get("/accounts/forgot/").content.decode()
    assert "no email is sent" in page
    assert problems(page) == []
