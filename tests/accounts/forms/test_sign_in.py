"""Forms of signing in and of one's own password: required, compared, refused at their fields."""

import time
from typing import Any

import pytest
from django.http import QueryDict

from accounts.forms.sign_in import ChangePasswordForm, ChoosePasswordForm, SignInForm
from accounts.models import User
from tests.support.cast import PASSWORD, Cast

NEW = "seven wooden rivers"


def sent(**values: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(values)
    return data


def chosen(user: User, first: str = NEW, second: str = NEW) -> ChoosePasswordForm:
    return ChoosePasswordForm(sent(password1=first, password2=second), user=user)


def test_each_field_of_the_sign_in_says_what_it_needs(db: None) -> None:
    form = SignInForm(sent())
    assert form.errors == {
        "login": ["Enter your user name."],
        "password": ["Enter your password."],
    }


def test_a_user_name_that_none_can_be_is_told_so(db: None) -> None:
    form = SignInForm(sent(login="x" * 255, password="x"))
    assert form.errors["login"] == ["This is too long for a user name."]


@pytest.mark.parametrize("typed", ["<" + "a" * 40_000, f"a{' ' * 40_000}b"])
def test_a_user_name_of_any_length_is_refused_at_once(db: None, typed: str) -> None:
    begun = time.process_time()
    form = SignInForm(sent(login=typed, password="x"))
    assert form.errors["login"] == ["This is too long for a user name."]
    assert time.process_time() - begun < 1


def test_browsers_fill_in_the_user_name_and_leave_its_letters_alone() -> None:
    attrs: dict[str, Any] = SignInForm().fields["login"].widget.attrs
    assert (attrs["autocomplete"], attrs["autocapitalize"], attrs["spellcheck"]) == (
        "username",
        "none",
        "false",
    )
    assert "placeholder" not in SignInForm().fields["password"].widget.attrs


def test_a_first_password_is_taken_as_typed_with_its_spaces() -> None:
    form = chosen(User(), f" {NEW} ", f" {NEW} ")
    assert form.is_valid()
    assert form.cleaned_data["password1"] == f" {NEW} "


def test_the_second_has_to_be_the_same() -> None:
    form = chosen(User(), NEW, f"{NEW}!")
    assert form.errors == {"password2": ["The two passwords don't match. Type both again."]}


def test_what_is_missing_is_said_once() -> None:
    form = ChoosePasswordForm(sent(), user=User())
    assert form.errors == {
        "password1": ["Enter a new password."],
        "password2": ["Type the new password again."],
    }


@pytest.mark.parametrize("typed", ["abcd-efgh-jkmn", "ABCD EFGH JKMN", "abcdefghjkmn"])
def test_the_temporary_password_is_no_choice_however_it_is_typed(typed: str) -> None:
    user = User()
    user.set_password("abcdefghjkmn")
    assert "password1" in chosen(user, typed, typed).errors


def test_a_password_that_is_easy_to_guess_is_refused_at_the_first_field() -> None:
    form = chosen(User(), "Password123!", "Password123!")
    assert "easy to guess" in form.errors["password1"][0]
    assert "password2" not in form.errors


def test_a_change_needs_the_current_password_and_another_one(cast: Cast) -> None:
    cast.gives_password(cast.uma)
    same = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    form = ChangePasswordForm(data=sent(**same), user=cast.uma)
    assert form.errors["password1"] == ["Choose a password other than the current one."]
    wrong = {**same, "oldpassword": "x", "password1": NEW, "password2": NEW}
    form = ChangePasswordForm(data=sent(**wrong), user=cast.uma)
    assert list(form.errors) == ["oldpassword"]
    right = {**same, "password1": NEW, "password2": NEW}
    assert ChangePasswordForm(data=sent(**right), user=cast.uma).is_valid()


def test_a_change_says_at_each_field_what_is_missing(cast: Cast) -> None:
    form = ChangePasswordForm(data=sent(), user=cast.uma)
    assert form.errors == {
        "oldpassword": ["Enter your current password."],
        "password1": ["Enter a new password."],
        "password2": ["Type the new password again."],
    }
