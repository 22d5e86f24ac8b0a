"""Columns that hold passwords."""

import pytest

from uploads.columns.secrets import emptied, is_secret


@pytest.mark.parametrize(
    "heading",
    [
        "Password",
        " PASSWORD ",
        "Password [Required]",
        "Initial password [passwordProfile] Required",
        "Temporary password",
        "AccountPassword",
        "user_password",
        "PasswordHash",
        "Passwort",
        "Kennwort (initial)",
        "Startkennwort",
        "Mot de passe",
        "Mot de passe initial",
        "Contraseña",
        "Wachtwoord",
        "Senha",
        "Palavra-passe",
        "Hasło",
        "Lösenord",
        "Adgangskode",
        "Passord",
        "Parola chiave",
        "パスワード",
        "Pwd",
        "Init PW",
        "userPwd",
        "Pass",
    ],
)
def test_headings_of_passwords_are_known_in_all_languages(heading: str) -> None:
    assert is_secret(heading)


@pytest.mark.parametrize(
    "heading",
    [
        "",
        "Passport number",
        "Password never expires",
        "Last password change time stamp",
        "Strong password required",
        "Password Hash Function [UPLOAD ONLY]",
        "Change Password at Next Sign-In",
        "PasswordLastSet",
        "PIN code",
        "Compass",
        "User Name",
    ],
)
def test_what_is_no_password_is_read(heading: str) -> None:
    assert not is_secret(heading)


def test_cells_are_emptied_and_keep_their_places() -> None:
    assert emptied(("a", "b", "c"), {1, 7}) == ("a", "", "c")
