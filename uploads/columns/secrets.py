"""Columns that hold passwords: their cells are never kept."""

import re
from collections.abc import Collection, Sequence

from ..headings import bare

# Reduced as headings are, and looked for within them.
_WORDS = [
    bare(word)
    for word in (
        "password",
        "passwort",
        "passwd",
        "passphrase",
        "passcode",
        "kennwort",
        "losungswort",
        "motdepasse",
        "motpasse",
        "contrasena",
        "wachtwoord",
        "parolachiave",
        "parolaordine",
        "senha",
        "palavrapasse",
        "palavrachave",
        "hasło",
        "losenord",
        "adgangskode",
        "kodeord",
        "passord",
        "パスワード",
        "暗証番号",
        "密码",
        "密碼",
        "口令",
        "비밀번호",
        "암호",
        "пароль",
        "парола",
        "лозинка",
        "heslo",
        "geslo",
        "lozinka",
        "jelszó",
        "salasana",
        "salasõna",
        "parool",
        "slaptažodis",
        "şifre",
        "lykilorð",
        "contrasenya",
        "pasahitza",
        "pasfhocal",
        "fjalëkalim",
        "mật khẩu",
        "kata sandi",
        "κωδικός πρόσβασης",
        "συνθηματικό",
        "סיסמה",
        "סיסמא",
        "كلمة المرور",
        "كلمة السر",
        "رمز عبور",
        "گذرواژه",
        "รหัสผ่าน",
        "पासवर्ड",
    )
]
_WORD = re.compile("|".join(sorted(_WORDS, key=len, reverse=True)))
# To the end where one isn't closed: otherwise each of many would be followed to the end in vain.
_BRACKETED = re.compile(r"\([^)]*(?:\)|\Z)|\[[^\]]*(?:\]|\Z)")
# Too short to be looked for within a word.
_ALONE = {"pwd", "pass", "pw", "mdp", "psw", "parola", "parole"}
# A word for other keys as well: a user's or a customer's number, a postal code.
_CLAVE = re.compile("(nueva)?clave(deacceso|temporal|inicial|secreta|personal|nueva)?")
# Said of a password that it expires, or by which rules; and behind its name, that it was changed.
_EXPIRES = [
    bare(root)
    for root in (
        *("expir", "never", "polic", "läuft", "ablauf", "abgelaufen", "richtlinie", "jamais"),
        *("politique", "caduc", "nunca", "vencim", "política", "scad", "verloop", "verlopen"),
        *("nooit", "wygas", "nigdy", "zasady", "upphör", "aldrig", "udløb", "utløp", "aldri"),
        *("vanhen", "vyprš", "nikdy", "lejár", "истек", "никогда", "срок", "закінч", "süresi"),
        *("期限", "过期", "到期", "만료"),
    )
]
_CHANGED = [
    bare(root)
    for root in (
        *("changed", "lastset", "geändert", "modifié", "changé", "cambiad", "modificat", "alterad"),
        *("gewijzigd", "zmienion", "ändrat", "ændret", "endret", "muutettu", "změněn", "změna"),
        *("módosít", "измен", "змін", "değiş", "変更", "更改", "修改", "변경"),
    )
]
# Other facts about one, from Active Directory, Microsoft 365, Google Workspace and JumpCloud.
_NO_SECRET = {
    bare(heading)
    for heading in (
        "Password not required",
        "Strong password required",
        "Password last set",
        "PwdLastSet",
        "Last password change",
        "Last password change time stamp",
        "Last password change date time",
        "Cannot change password",
        "User cannot change password",
        "Must change password",
        "Force change password",
        "Change password",
        "Change password at next sign-in",
        "Change password at next logon",
        "Password hash function [UPLOAD ONLY]",
        "Allow reversible password encryption",
        "Bad password time",
        "BadPwdCount",
        "BadPasswordCount",
        "Bad logon count",
        "Last bad password attempt",
        "Enforce password",
        "Allow password change",
    )
}


def emptied(cells: Sequence[str], places: Collection[int]) -> tuple[str, ...]:
    """Return the cells of a row with those at these places empty."""
    return tuple("" if at in places else cell for at, cell in enumerate(cells))


def is_secret(heading: str) -> bool:
    """Whether the cells below this heading are passwords, in any of some forty languages.

    Not where they only tell of one that it expires or was changed; but what is said in brackets,
    such as how long one holds, makes it no other.
    """
    form = bare(heading)
    if form in _NO_SECRET:
        return False
    if _CLAVE.fullmatch(form):
        return True
    if _WORD.search(form):
        fact = bare(_BRACKETED.sub("", heading))
        behind = _WORD.split(fact, maxsplit=1)[-1] if _WORD.search(fact) else ""
        return not any(root in fact for root in _EXPIRES) and not any(
            root in behind for root in _CHANGED
        )
    words = re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading))
    return any(bare(word) in _ALONE for word in words)
