"""The environment as the settings read it: each kind of value, right and wrong."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured

from partnerportal.checked import Checked

# The same in every process: they stand in the names of tests.
KEY = base64.urlsafe_b64encode(bytes(range(7, 57))).decode()
FERNET = base64.urlsafe_b64encode(bytes(range(100, 132))).decode()


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> Checked:
    """Of a server, on which nothing is made up."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://portal@localhost/portal")
    return Checked()


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> Checked:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return Checked()


@pytest.mark.parametrize(
    ("given", "expected"),
    [("on", True), ("True", True), ("1", True), ("off", False), ("NO", False)],
)
def test_a_switch_is_on_or_off(
    env: Checked, monkeypatch: pytest.MonkeyPatch, *, given: str, expected: bool
) -> None:
    monkeypatch.setenv("SWITCH", given)
    assert env.bool("SWITCH", default=not expected) is expected
    assert env.problems == []


def test_another_word_is_no_switch(env: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCH", "perhaps")
    assert env.bool("SWITCH", default=True) is True
    assert env.problems == ["SWITCH must be on or off."]


def test_an_empty_value_is_none(env: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBER", "")
    assert (env.int("NUMBER", default=7), env.str("MISSING", default="x")) == (7, "x")


def test_a_value_is_never_the_name_of_another(
    env: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "$OTHER")
    monkeypatch.setenv("OTHER", "told")
    assert env.str("SECRET", default="") == "$OTHER"


@pytest.mark.parametrize(
    ("given", "value", "problems"),
    [
        ("3", 3, []),
        ("0", 0, ["NUMBER must be 1 or more, not 0."]),
        ("-1", -1, ["NUMBER must be 1 or more, not -1."]),
        ("many", 5, ["NUMBER cannot be read."]),
    ],
)
def test_a_number_is_one_or_more(
    env: Checked, monkeypatch: pytest.MonkeyPatch, given: str, value: int, problems: list[str]
) -> None:
    monkeypatch.setenv("NUMBER", given)
    assert (env.positive("NUMBER", 5), env.problems) == (value, problems)


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ("", []),
        ("36500", []),
        ("36501", ["DAYS must be 36500 or less, not 36501."]),
        ("0", ["DAYS must be 1 or more, not 0."]),
    ],
)
def test_a_span_is_no_longer_than_a_hundred_years_of_days(
    monkeypatch: pytest.MonkeyPatch, given: str, problems: list[str]
) -> None:
    monkeypatch.setenv("DAYS", given)
    env = Checked()
    env.span("DAYS", 30)
    assert env.problems == problems


def test_only_the_embedded_portal_makes_something_up(env: Checked, embedded: Checked) -> None:
    assert embedded.required("NAME", "made up") == "made up"
    assert embedded.problems == []
    assert env.required("NAME", "made up") == "made up"
    assert env.problems == ["NAME is missing: with DATABASE_URL set, nothing is made up."]


@pytest.mark.parametrize("key", ["short", "a" * 60, "ab" * 30, f"django-insecure-{KEY}"])
def test_a_weak_secret_key_is_a_problem(env: Checked, key: str) -> None:
    assert env.secret_key("SECRET_KEY", key) == key
    [problem] = env.problems
    assert problem.startswith("SECRET_KEY is weak")
    assert key not in problem


def test_a_strong_secret_key_is_none(env: Checked) -> None:
    env.secret_key("SECRET_KEY", KEY)
    # That it is missing is said by `required`.
    env.secret_key("SECRET_KEY", "")
    assert env.problems == []


def test_fernet_keys_are_told_of_by_their_place(env: Checked) -> None:
    zeros = base64.urlsafe_b64encode(bytes(32)).decode()
    assert env.fernet_keys("KEYS", f"{FERNET}, {FERNET}") == [FERNET, FERNET]
    env.fernet_keys("KEYS", "")
    assert env.problems == []
    env.fernet_keys("KEYS", f"{FERNET},nonsense,YQ==")
    env.fernet_keys("KEYS", f"{FERNET},{zeros}")
    assert env.problems == [
        "KEYS is wrong: key 2, 3 is no Fernet key.",
        "KEYS is weak: key 2 is no random one.",
    ]


def test_named_keys_keep_their_order(env: Checked) -> None:
    found = env.named_keys("KEYS", f"new:{KEY}, old:{KEY}")
    assert (list(found), env.problems) == (["new", "old"], [])
    assert env.named_keys("KEYS", "") == {}


@pytest.mark.parametrize(
    "keys",
    [KEY, f":{KEY}", "one:short", f"o ne:{KEY}", f"one:{KEY},one:{KEY}", f"{'x' * 21}:{KEY}"],
)
def test_keys_without_a_name_of_their_own_are_a_problem(env: Checked, keys: str) -> None:
    env.named_keys("KEYS", keys)
    [problem] = env.problems
    assert "must be id:key" in problem
    assert KEY not in problem


def test_a_named_key_of_one_letter_is_weak(env: Checked) -> None:
    env.named_keys("KEYS", f"one:{'a' * 50}")
    assert env.problems == ["KEYS is weak: give key one 40 random characters or more."]


@pytest.mark.parametrize(("token", "problems"), [("", 0), (KEY, 0), ("short", 1), ("a" * 40, 1)])
def test_a_token_may_be_missing_and_is_never_weak(
    env: Checked, monkeypatch: pytest.MonkeyPatch, token: str, problems: int
) -> None:
    monkeypatch.setenv("TOKEN", token)
    assert (env.token("TOKEN"), len(env.problems)) == (token, problems)


def test_a_server_names_its_hosts(env: Checked, embedded: Checked) -> None:
    assert env.hosts("HOSTS", " a.example, b.example,") == ["a.example", "b.example"]
    assert embedded.hosts("HOSTS", "*") == ["*"]
    assert env.problems == embedded.problems == []
    env.hosts("HOSTS", "a.example,*")
    assert len(env.problems) == 1


@pytest.mark.parametrize(
    ("origins", "problems"),
    [
        ("", 0),
        ("https://a.example,http://b.example:8000", 0),
        ("a.example", 1),
        ("https://a.example/", 1),
        ("https://a.example,ftp://b.example", 1),
    ],
)
def test_origins_have_a_scheme_and_no_path(
    env: Checked, monkeypatch: pytest.MonkeyPatch, origins: str, problems: int
) -> None:
    monkeypatch.setenv("ORIGINS", origins)
    env.origins("ORIGINS")
    assert len(env.problems) == problems


def test_exceptions_are_networks_and_origins_each_with_its_port(
    env: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOW", "10.1.0.0/16, ::1,HTTP://Chat.internal:8008,https://files")
    networks = ["10.1.0.0/16", "::1/128"]
    origins = ["http://chat.internal:8008", "https://files:443"]
    assert (env.exceptions("ALLOW"), env.problems) == ([*networks, *origins], [])


@pytest.mark.parametrize(
    "given",
    ["*", "chat.internal", "ftp://files", "https://files/path", "10.1.0.0/99", "10.1.0.1/16"],
)
def test_anything_else_is_no_exception(
    env: Checked, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("ALLOW", given)
    assert (env.exceptions("ALLOW"), len(env.problems)) == ([], 1)


def test_one_of_several_words_is_chosen(env: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEVEL", "INFO")
    assert env.one_of("LEVEL", ["INFO", "ERROR"], "ERROR") == "INFO"
    monkeypatch.setenv("LEVEL", "LOUD")
    assert env.one_of("LEVEL", ["INFO", "ERROR"], "ERROR") == "ERROR"
    assert env.problems == ["LEVEL must be one of INFO, ERROR."]


@pytest.mark.parametrize("url", ["http://a.example", "a.example", "redis", "redis://[::1"])
def test_an_address_has_one_of_the_schemes(
    env: Checked, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("ADDRESS", url)
    assert env.address("ADDRESS", ["redis"], default="redis://x") == "redis://x"
    assert env.problems == ["ADDRESS must begin with one of redis://."]


@pytest.mark.parametrize(
    ("url", "problems"),
    [
        ("redis://cache.example:6379/0", 0),
        ("unix:///run/valkey.sock", 0),
        (f"redis://:{KEY}@cache.example/0", 0),
        ("redis://:secret@cache.example/0", 1),
        ("redis://", 1),
        ("redis://cache.example:none", 1),
        ("redis://:se/cret@cache.example", 1),
    ],
)
def test_a_broker_may_have_no_password_but_no_weak_one(
    env: Checked, monkeypatch: pytest.MonkeyPatch, url: str, problems: int
) -> None:
    monkeypatch.setenv("BROKER", url)
    assert env.broker("BROKER", default="") == url
    assert len(env.problems) == problems
    assert "secret" not in "".join(env.problems)


def test_a_database_is_one_that_the_portal_knows(
    env: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB", "postgresql://portal@db.example/portal")
    assert env.database("DB")["HOST"] == "db.example"
    monkeypatch.setenv("DB", "mysql://portal@db.example/portal")
    assert env.database("DB")["ENGINE"] == "django.db.backends.sqlite3"
    assert env.problems == ["DB must begin with one of postgres://, postgresql://, sqlite://."]


@pytest.mark.parametrize(
    ("url", "problems"),
    [
        ("smtp+tls://mail.example:587", 0),
        ("smtp+ssl://mail.example:465", 0),
        ("smtp://localhost:25", 0),
        ("smtp://127.0.0.1:25", 0),
        ("smtp://[::1]:25", 0),
        ("smtp://mail.example:25", 1),
        ("consolemail://", 1),
        ("pigeon://mail.example", 1),
    ],
)
def test_mail_goes_encrypted_past_this_machine(env: Checked, url: str, problems: int) -> None:
    env.mail("EMAIL_URL", url)
    assert len(env.problems) == problems, env.problems


def test_all_problems_are_told_together(env: Checked) -> None:
    env.refuse()
    env.forbid("FIRST", "must not be", when=True)
    env.forbid("OTHER", "is fine", when=False)
    env.secret_key("SECOND", "weak")
    with pytest.raises(ImproperlyConfigured) as caught:
        env.refuse()
    told = str(caught.value).split("\n- ")
    assert told[0] == "The portal can't start:"
    assert [line.partition(" ")[0] for line in told[1:]] == ["FIRST", "SECOND"]
