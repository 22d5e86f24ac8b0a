"""Passwords that a user chose and others guess: runs, repeats, common words, names of here."""

import re
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from django.conf import settings
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..models import User

# Of five grades, 0 to 4, the one of ten thousand million guesses: out of reach of who tries at the
# sign-in page, and hard for those who have got at the slow hashes.
GRADE = 4
# zxcvbn's work grows with the third power of the length; what makes so many characters strong
# makes the whole strong.
JUDGED = 32
_NOT_OF_NAMES = re.compile(r"[\W_]+")


class _Validator(Protocol):
    def validate(self, password: str, user: Any = None) -> None: ...


class GuessableValidator:
    """A refusal of what takes too few guesses, with one sentence why and what to do.

    What has less than `shortest` letters is another's to refuse.
    """

    def __init__(self, shortest: int) -> None:
        self.shortest = shortest
        names = ("username", "first_name", "last_name", "display_name")
        self._others: list[tuple[_Validator, Callable[[], str]]] = [
            (CommonPasswordValidator(), _tried_first),
            (UserAttributeSimilarityValidator(user_attributes=names), _known_name),
        ]

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < self.shortest:
            return
        why = ""
        for validator, told in self._others:
            try:
                validator.validate(password, user)
            except ValidationError:
                why = told()
                break
        if not why:
            # Its lists of words are long: only a process in which a user chooses one reads them.
            from zxcvbn import zxcvbn

            found = zxcvbn(password[:JUDGED], user_inputs=sorted(_names(user)))
            why = "" if found["score"] >= GRADE else _why(found["sequence"])
        if why:
            text = _("This password is easy to guess: %(why)s. Take three or four words that have"
                     " nothing to do with each other.")  # fmt: skip
            raise ValidationError(text % {"why": why}, code="guessable")

    def get_help_text(self) -> str:
        return _("No run, no repetition, and no common words or names with digits.")


def _tried_first() -> str:
    return _("it is made of words, names or dates that are tried first")


def _known_name() -> str:
    return _("it is made of a name that others know")


def _why(parts: Iterable[Any]) -> str:
    """Return the weakness of the longest part that tells something."""
    telling = [part for part in parts if part["pattern"] != "bruteforce"]
    if not telling:
        return _("it is too short")
    part = max(telling, key=lambda part: len(part["token"]))
    if part["pattern"] == "repeat":
        return _("it repeats itself")
    if part["pattern"] in {"sequence", "spatial"}:
        return _("it is a run of letters or digits")
    return _known_name() if part.get("dictionary_name") == "user_inputs" else _tried_first()


def _names(user: Any) -> set[str]:
    """Return the names of portal, user and owner: whole, joined, and each word."""
    told = {settings.MFA_TOTP_ISSUER}
    if isinstance(user, User):
        told |= {user.user_name, user.display_name, user.first_name, user.last_name}
        if customer := user.customer:
            told |= {customer.name, customer.partner.name}
        if partner := user.partner:
            told.add(partner.name)
    found: set[str] = set()
    for name in told:
        words = [word.lower() for word in _NOT_OF_NAMES.split(name) if len(word) > 2]
        found |= {name.lower(), "".join(words), *words}
    return found - {""}
