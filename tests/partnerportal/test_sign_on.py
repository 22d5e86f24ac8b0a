"""The settings of single sign-on, as the environment has them."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from partnerportal.checked import Checked
from partnerportal.local.embedded import make_signing_key
from partnerportal.sign_on import issuer, signing_keys


def env_of() -> Checked:
    """A reader of the environment of a server, without problems so far."""
    env = Checked()
    env.embedded = False
    return env


@pytest.fixture(scope="module")
def keys() -> dict[str, str]:
    short = rsa.generate_private_key(public_exponent=65_537, key_size=1_024)
    curve = ec.generate_private_key(ec.SECP256R1())
    return {"good": make_signing_key(), "short": encoded(short), "curve": encoded(curve)}


def encoded(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return base64.b64encode(der).decode()


def test_a_key_signs_from_its_day_on_and_one_without_at_once() -> None:
    env, one, two = env_of(), make_signing_key(), make_signing_key()
    later, now = signing_keys(env, f"2999-12-31:{one}, {two}")
    assert env.problems == []
    assert (later["not_before"].isoformat(), now["not_before"]) == (
        "2999-12-31T00:00:00+00:00",
        None,
    )
    assert all(key["pem"].startswith("-----BEGIN PRIVATE KEY-----") for key in (later, now))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("guess", "OIDC_KEYS is wrong: key 1 is no private key"),
        ("{good},", "OIDC_KEYS is wrong: key 2 is no private key"),
        ("someday:{good}", "OIDC_KEYS is wrong: key 1 is no private key"),
        ("2999-01-01:{good}", "OIDC_KEYS has no key that signs today"),
        ("{short}", "OIDC_KEYS is weak: give key 1 RSA with 2048 bits"),
        ("{curve}", "OIDC_KEYS is weak: give key 1 RSA"),
        ("{good},{good}", "OIDC_KEYS has one of its keys twice"),
    ],
)
def test_wrong_and_weak_keys_are_named_by_their_places(
    keys: dict[str, str], text: str, problem: str
) -> None:
    env = env_of()
    signing_keys(env, text.format_map(keys))
    [told] = env.problems
    assert told.startswith(problem)
    assert [key for key in keys.values() if key in told] == []


@pytest.mark.parametrize(
    ("given", "https", "expected"),
    [
        ("", True, "https://portal.example"),
        ("", False, "http://portal.example"),
        ("https://id.example/", True, "https://id.example"),
    ],
)
def test_the_issuer_is_the_first_host_unless_one_is_named(
    monkeypatch: pytest.MonkeyPatch, given: str, expected: str, *, https: bool
) -> None:
    monkeypatch.setenv("OIDC_ISSUER", given)
    env = env_of()
    found = issuer(env, https=https, hosts=["portal.example", "localhost"])
    assert (env.problems, found) == ([], expected)


@pytest.mark.parametrize(
    ("given", "hosts", "problem"),
    [
        ("http://id.example", ["portal.example"], "OIDC_ISSUER must begin with https://"),
        ("", [".portal.example"], "OIDC_ISSUER must name the one host"),
        ("portal.example", ["portal.example"], "OIDC_ISSUER must begin with one of https://"),
    ],
)
def test_an_issuer_that_applications_could_not_know_is_refused(
    monkeypatch: pytest.MonkeyPatch, given: str, hosts: list[str], problem: str
) -> None:
    monkeypatch.setenv("OIDC_ISSUER", given)
    env = env_of()
    issuer(env, https=True, hosts=hosts)
    assert [text for text in env.problems if text.startswith(problem)] == env.problems
    assert len(env.problems) == 1
