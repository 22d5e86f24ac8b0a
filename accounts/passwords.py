"""Temporary passwords, and the two ways in which passwords are stored."""

import hashlib
import os
import re
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, BasePasswordHasher
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_noop as _

from customers import progress

# Lower-case letters and digits without look-alikes (i, l, o, 0, 1).
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUP = 4
SHORT = 12
HASH_ROWS = 200  # As long as so many rows are written, a short password is hashed.
LONG = 24  # 24 of 31 symbols: 118 bits, over the 112 from which one fast hash is enough

# Which symbol a random byte stands for. The last bytes, which would favor some, stand for none:
# a choice of each symbol by itself takes as long as all else that is done for a new user.
_EACH = 256 // len(ALPHABET)
_SYMBOLS = (ALPHABET * (_EACH + 1))[:256].encode()
_UNEVEN = bytes(range(_EACH * len(ALPHABET), 256))

_IGNORED = re.compile(r"[\s\-\u2010-\u2015]+")


@dataclass(frozen=True, slots=True)
class Password:
    """A temporary password: as it is handed over, and as it is stored."""

    plain: str
    stored: str

    def __repr__(self) -> str:
        return "Password()"


def make_passwords(number: int, users: int) -> list[Password]:
    """Return so many of those that `users` get at a time; short ones are hashed slowly."""
    drawn = _draw(number, users)
    return list(map(Password, map(_grouped, drawn), _hash(drawn)))


def make_temporary_password(users: int) -> str:
    """Return a password in groups joined by hyphens; `users` is how many are made at a time."""
    return _grouped(_draw(1, users)[0])


def _draw(number: int, users: int) -> list[str]:
    length = SHORT if users <= settings.SHORT_PASSWORDS_UP_TO else LONG
    symbols = ""
    while (missing := number * length - len(symbols)) > 0:
        symbols += secrets.token_bytes(missing + 8).translate(_SYMBOLS, _UNEVEN).decode()
    return [symbols[at : at + length] for at in range(0, number * length, length)]


def _grouped(symbols: str) -> str:
    return "-".join([symbols[at : at + GROUP] for at in range(0, len(symbols), GROUP)])


def canonical(typed: str) -> str:
    """Return what a temporary password is compared by, without hyphens, spaces and case."""
    return _IGNORED.sub("", typed).lower()


def hash_temporary_passwords(passwords: Sequence[str]) -> list[str]:
    """Return the stored forms, made on all processors: Argon2 frees the interpreter meanwhile."""
    return _hash([canonical(password) for password in passwords])


def hash_temporary_password(password: str) -> str:
    """Return the stored form; the fast hash is for long ones alone."""
    return _hash_one(canonical(password))


def hash_work(users: int) -> int:
    """Return the work of hashing the passwords of so many users (customers.progress)."""
    return users * HASH_ROWS if users <= settings.SHORT_PASSWORDS_UP_TO else 0


def _hash(drawn: Sequence[str]) -> list[str]:
    if len(drawn) < 4 or len(drawn[0]) >= LONG:
        return list(map(_hash_one, drawn))
    hashed: list[str] = []
    # Each hash takes 19 MiB.
    pool = ThreadPoolExecutor(min(8, os.cpu_count() or 1))
    with pool, progress.at(progress.Stage.PASSWORDS):
        for one in pool.map(_hash_one, drawn):
            hashed.append(one)
            progress.advance(HASH_ROWS)
    return hashed


def _hash_one(drawn: str) -> str:
    hasher: BasePasswordHasher = (
        GeneratedPasswordHasher() if len(drawn) >= LONG else PersonalPasswordHasher()
    )
    return hasher.encode(drawn, hasher.salt())


class PersonalPasswordHasher(Argon2PasswordHasher):
    """Argon2id at OWASP's minimum: 19 MiB, two passes, one lane."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1


class GeneratedPasswordHasher(BasePasswordHasher):
    """One salted SHA-256, for passwords of 112 bits or more that the portal has drawn.

    NIST SP 800-63B, look-up secrets, by analogy. Never for what a user chose.
    """

    algorithm = "generated_sha256"

    def salt(self) -> str:
        return secrets.token_urlsafe(16)

    def encode(self, password: str, salt: str) -> str:
        if len(password) < LONG:
            raise ValueError("The fast hash is for long generated passwords alone.")
        return f"{self.algorithm}${salt}${self._digest(password, salt)}"

    @staticmethod
    def _digest(password: str, salt: str) -> str:
        return hashlib.sha256(f"{salt}${password}".encode()).hexdigest()

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, salt, digest = encoded.split("$", 2)
        return {"algorithm": algorithm, "salt": salt, "hash": digest}

    def verify(self, password: str, encoded: str) -> bool:
        parts = self.decode(encoded)
        right = constant_time_compare(parts["hash"], self._digest(password, parts["salt"]))
        if not right:
            # As slow as a wrong password anywhere else: time must not tell who never signed in.
            slow = PersonalPasswordHasher()
            slow.encode(password, slow.salt())
        return right

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        return {_("algorithm"): self.algorithm}

    def must_update(self, encoded: str) -> bool:
        # It is replaced at the first sign-in anyway.
        return False

    def harden_runtime(self, password: str, encoded: str) -> None:
        return None
