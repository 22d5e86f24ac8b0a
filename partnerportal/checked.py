"""The environment as the settings read it; all that is missing, wrong or weak is named at once."""

import base64
import logging
import os
import re
from collections.abc import Callable, Sequence
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from .local import embedded
from .serving import logs

WORDS = {*environ.Env.BOOLEAN_TRUE_STRINGS, "false", "off", "n", "no", "0"}
KEY_LENGTH = 50
TOKEN_LENGTH = 32
# In days a hundred years.
LONGEST_SPAN = 36_500
PASSWORD_LENGTH = 32
NAMED_KEY_LENGTH = 40
# Bytes, once it is decoded.
FERNET_LENGTH = 32
ORIGIN = re.compile(r"(https?)://([a-z0-9.-]+)(?::([0-9]{1,5}))?")
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,20}")
# What Django's own check asks of a secret key.
DIFFERENT_CHARACTERS = 5
DATABASES = ("postgres", "postgresql", "sqlite")
ENCRYPTED = ("smtp+tls", "smtp+ssl")
BROKERS = ("redis", "rediss", "unix")
UNREADABLE = "is no address that can be read"
LEVELS = tuple(logging.getLevelNamesMapping())


class Checked(environ.Env):  # type: ignore[misc]
    """A reader that collects problems instead of stopping at the first; `refuse` tells them.

    A problem names its setting and never shows the value, which may be a secret.
    """

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []
        self.embedded = not os.environ.get("DATABASE_URL")

    def get_value(self, var: str, cast: Any = None, default: Any = None, **_: Any) -> Any:
        """Return the value, or the default for an empty one, which an environment file may list."""
        given = os.environ.get(var, "")
        if not given:
            return default
        if cast is bool and given.lower() not in WORDS:
            return self._problem(var, "must be on or off", default)
        try:
            # Not by way of `super`, which takes a value that begins with $ for another's name.
            return self.parse_value(given, cast)
        except ValueError:
            return self._problem(var, "cannot be read", default)

    def positive(self, name: str, default: int) -> int:
        value: int = self.int(name, default=default)
        if value < 1:
            self._problem(name, f"must be 1 or more, not {value}")
        return value

    def span(self, name: str, default: int) -> int:
        """Days or hours, which lead from no moment beyond the calendar."""
        value = self.positive(name, default)
        if value > LONGEST_SPAN:
            self._problem(name, f"must be {LONGEST_SPAN} or less, not {value}")
        return value

    def required(self, name: str, embedded_value: str) -> str:
        """Return a value that only the embedded portal may make up for itself."""
        value = str(self.str(name, default=""))
        if not value and not self.embedded:
            self._problem(name, "is missing: with DATABASE_URL set, nothing is made up")
        return value or embedded_value

    def secret_key(self, name: str, key: str) -> str:
        long = len(key) >= KEY_LENGTH and _is_mixed(key)
        if key and (not long or key.startswith("django-insecure-")):
            self._problem(name, f"is weak: give it {KEY_LENGTH} random characters or more")
        return key

    def fernet_keys(self, name: str, keys: str) -> list[str]:
        """Return Fernet keys, separated by commas; problems name them by their places."""
        found = [key.strip() for key in keys.split(",")]
        wrong, weak = [], []
        for number, key in enumerate(found, 1):
            try:
                decoded = base64.urlsafe_b64decode(key)
            except ValueError:
                decoded = b""
            if len(decoded) != FERNET_LENGTH:
                wrong.append(str(number))
            elif not _is_mixed(decoded):
                weak.append(str(number))
        if keys and wrong:
            self._problem(name, f"is wrong: key {', '.join(wrong)} is no Fernet key")
        elif weak:
            self._problem(name, f"is weak: key {', '.join(weak)} is no random one")
        return found

    def named_keys(self, name: str, keys: str) -> dict[str, str]:
        """Return keys by their ids, in the order in which they are given: id:key, id:key."""
        found: dict[str, str] = {}
        for part in keys.split(",") if keys else ():
            key_id, _colon, key = part.strip().partition(":")
            if not KEY_ID.fullmatch(key_id) or len(key) < NAMED_KEY_LENGTH or key_id in found:
                problem = "must be id:key, separated by commas: each id once, of letters, digits,"
                more = f"- and _, and a key of {NAMED_KEY_LENGTH} random characters or more"
                self._problem(name, f"{problem} {more}")
                return found
            if not _is_mixed(key):
                more = f"{NAMED_KEY_LENGTH} random characters or more"
                self._problem(name, f"is weak: give key {key_id} {more}")
            found[key_id] = key
        return found

    def token(self, name: str) -> str:
        value: str = self.str(name, default="")
        if value and (len(value) < TOKEN_LENGTH or not _is_mixed(value)):
            self._problem(name, f"is weak: give it {TOKEN_LENGTH} random characters or more")
        return value

    def hosts(self, name: str, hosts: str) -> list[str]:
        found = [host.strip() for host in hosts.split(",") if host.strip()]
        if "*" in found and not self.embedded:
            self._problem(name, "must name hosts: with * a forged address ends up in our links")
        return found

    def origins(self, name: str) -> list[str]:
        found: list[str] = self.list(name, default=[])
        if not all(re.match(r"https?://[^/]+$", origin) for origin in found):
            self._problem(name, "must list origins such as https://portal.example")
        return found

    def exceptions(self, name: str) -> list[str]:
        """Return networks, and origins each with its port, to which the portal may connect."""
        found: list[str] = []
        for given in self.list(name, default=[]):
            origin = ORIGIN.fullmatch(given.strip().lower())
            if origin:
                scheme, host, port = origin.groups()
                found.append(f"{scheme}://{host}:{port or (443 if scheme == 'https' else 80)}")
                continue
            try:
                found.append(str(ip_network(given.strip())))
            except ValueError:
                problem = "must list networks such as 10.1.0.0/16, and origins such as"
                self._problem(name, f"{problem} https://chat.internal:8443")
        return found

    def one_of(self, name: str, choices: Sequence[str], default: str) -> str:
        value: str = self.str(name, default=default)
        if value not in choices:
            return str(self._problem(name, f"must be one of {', '.join(choices)}", default))
        return value

    def address(self, name: str, schemes: Sequence[str], *, default: str = "") -> str:
        """Return a URL with one of these schemes, or the default."""
        value: str = self.str(name, default=default)
        try:
            is_one = urlsplit(value).scheme in schemes
        except ValueError:
            is_one = False
        if value and not is_one:
            begin = ", ".join(f"{scheme}://" for scheme in schemes)
            return str(self._problem(name, f"must begin with one of {begin}", default))
        return value

    def broker(self, name: str, *, default: str) -> str:
        """Return the address of Redis, with a strong password or, on a closed network, none."""
        value = self.address(name, BROKERS, default=default)
        try:
            parts = urlsplit(value)
            # Asking for the port is what shows that a password has characters of an address.
            is_whole = parts.port != 0 and bool(parts.hostname or parts.scheme in {"", "unix"})
        except ValueError:
            is_whole = False
        if not is_whole:
            self._problem(name, UNREADABLE)
        elif parts.password is not None and len(parts.password) < PASSWORD_LENGTH:
            problem = f"has a weak password: give it {PASSWORD_LENGTH} random characters or more"
            self._problem(name, problem)
        return value

    def database(self, name: str) -> dict[str, Any]:
        url = self.address(name, DATABASES, default="sqlite://")
        return self._parsed(name, url, self.db_url_config) or self.db_url_config("sqlite://")

    def mail(self, name: str, url: str) -> dict[str, Any]:
        """Return how mail is sent: past this machine only encrypted, as it has passwords in it.

        The one exception is the private folder of `make run`, which hands it on where a database
        is named.
        """
        found = self._parsed(name, url, self.email_url_config)
        if self.embedded or not found or embedded.is_mail_url(url):
            return found
        parts = urlsplit(url)
        host = parts.hostname or ""
        is_encrypted = found.get("EMAIL_USE_TLS") or found.get("EMAIL_USE_SSL")
        is_far = parts.scheme in ENCRYPTED and is_encrypted and host
        try:
            is_here = host == "localhost" or ip_address(host).is_loopback
        except ValueError:
            is_here = False
        is_near = parts.scheme in (*ENCRYPTED, "smtp") and is_here
        if not is_far and not is_near:
            begin = " or ".join(f"{scheme}://" for scheme in ENCRYPTED)
            more = "smtp:// only to this machine itself: mails have passwords in them"
            self._problem(name, f"must begin with {begin}, {more}")
        return found

    def forbid(self, name: str, problem: str, *, when: bool) -> None:
        if when:
            self._problem(name, problem)

    def refuse(self) -> None:
        """Raise ImproperlyConfigured with all problems, a line each, if there are any."""
        if self.problems:
            logs.end_in_one_line()
            raise ImproperlyConfigured("\n- ".join(["The portal can't start:", *self.problems]))

    def _parsed(
        self, name: str, url: str, parse: Callable[[str], dict[str, Any]]
    ) -> dict[str, Any]:
        """Return what django-environ makes of an address, which it may not understand."""
        try:
            return parse(url) if url else {}
        except (ImproperlyConfigured, KeyError, ValueError):
            self._problem(name, UNREADABLE)
            return {}

    def _problem(self, name: str, problem: str, value: Any = None) -> Any:
        self.problems.append(f"{name} {problem}.")
        return value


def _is_mixed(key: str | bytes) -> bool:
    """Return whether the key is more than one letter over and over, or zeros."""
    return len(set(key)) >= DIFFERENT_CHARACTERS
