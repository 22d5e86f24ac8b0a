"""Columns that hold passwords."""

import time

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
        "Clave",
        "Clave de acceso",
        "Heslo",
        "Пароль",
        "Парола",
        "Тимчасовий пароль",
        "密码",
        "初始密碼",
        "비밀번호",
        "Şifre",
        "ŞİFRE",
        "Jelszó",
        "Salasana",
        "Lozinka",
        "Лозинка",
        "Geslo",
        "Salasõna",
        "Parole",
        "Slaptažodis",
        "Lykilorð",
        "Mật khẩu",
        "Κωδικός πρόσβασης",
        "סיסמה",
        "كلمة المرور",
        "رمز عبور",
        "รหัสผ่าน",
        "Password (expires after 24 hours)",
        "Kennwort (läuft in 3 Tagen ab)",
        "New password [changed]",
        "Password (expires after 24 h (or at once))",
        "Password (expires after 24 hou",
        "Password [changed",
        "Changed password",
    ],
)
def test_headings_of_passwords_are_known_in_many_languages(heading: str) -> None:
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
        "passwordChanged",
        "PasswordExpired",
        "Password expiration date",
        "Password policies",
        "Kennwort läuft nie ab",
        "Kennwort zuletzt geändert",
        "Kennwortrichtlinie",
        "Mot de passe expire le",
        "Mot de passe modifié le",
        "La contraseña nunca caduca",
        "Wachtwoord verloopt nooit",
        "Hasło nigdy nie wygasa",
        "Lösenordet upphör aldrig att gälla",
        "Срок действия пароля истекает",
        "パスワードの有効期限",
        "密码修改时间",
        "Clave de usuario",
        "Clave postal",
    ],
)
def test_what_is_no_password_is_read(heading: str) -> None:
    assert not is_secret(heading)


@pytest.mark.parametrize("bracket", "([")
def test_a_heading_of_nothing_but_brackets_takes_no_time(bracket: str) -> None:
    begun = time.process_time()
    assert is_secret("password" + bracket * 60_000)
    assert time.process_time() - begun < 1


def test_cells_are_emptied_and_keep_their_places() -> None:
    assert emptied(("a", "b", "c"), {1, 7}) == ("a", "", "c")
