"""Columns that hold passwords: their cells are never kept."""

import re
from collections.abc import Collection, Sequence

from ..headings import bare

# In the languages whose headings are taken, reduced as headings are.
_WORDS = {
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
    )
}
# Too short to be looked for within a word.
_ALONE = {"pwd", "pass", "pw", "mdp", "psw", "parola", "clave"}
# Facts about a password, from Active Directory, Microsoft 365, Google Workspace and JumpCloud.
_NO_SECRET = {
    bare(heading)
    for heading in (
        "Password never expires",
        "Password expires",
        "Password expired",
        "Password expiration date",
        "Password not required",
        "Strong password required",
        "Password last set",
        "PwdLastSet",
        "Password last changed",
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
        "Password policies",
        "Password policy",
        "Password change policy",
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
    """Whether the cells below this heading are passwords."""
    form = bare(heading)
    if form in _NO_SECRET:
        return False
    if any(word in form for word in _WORDS):
        return True
    words = re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading))
    return any(bare(word) in _ALONE for word in words)
