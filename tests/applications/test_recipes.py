"""What well-known services are told: whole, with this application's values, and as they read it."""

import configparser
import tomllib
from dataclasses import astuple

import pytest

from applications.addresses import check_address, check_redirect_address
from applications.recipes import RECIPES, SECRET, Recipe, filled

ISSUER = "https://portal.example"
START = "https://service.example:8443/start?a=b"


def recipes(*, is_public: bool = False) -> dict[str, Recipe]:
    found = filled(issuer=ISSUER, client_id="abc123", start_url=START, is_public=is_public)
    return {recipe.key: recipe for recipe in found}


def test_nothing_is_left_to_be_filled_in_and_each_names_client_and_portal() -> None:
    for recipe in recipes().values():
        assert "$" not in "".join(map(str, astuple(recipe)))
        assert "abc123" in recipe.text
        assert SECRET in recipe.text
        assert ISSUER in recipe.text or recipe.key == "grafana"


def test_the_addresses_are_some_that_an_application_may_have() -> None:
    assert len(recipes()) == len(RECIPES)
    for recipe in recipes().values():
        if recipe.redirect:
            assert recipe.redirect.startswith("https://service.example:8443/")
            check_redirect_address(recipe.redirect)
        if recipe.logout:
            check_address(recipe.logout)


def test_a_public_application_is_told_no_secret() -> None:
    assert all(SECRET not in recipe.text for recipe in recipes(is_public=True).values())


def test_the_files_are_read_by_their_readers() -> None:
    found = recipes()
    proxy = tomllib.loads(found["oauth2-proxy"].text)
    assert (proxy["oidc_issuer_url"], proxy["code_challenge_method"]) == (ISSUER, "S256")
    grafana = configparser.ConfigParser()
    grafana.read_string(found["grafana"].text)
    assert grafana["auth.generic_oauth"]["use_pkce"] == "true"


@pytest.mark.parametrize("key", ["synapse", "mlflow", "nextcloud", "gitea", "gitlab", "apache"])
def test_the_redirect_address_is_the_one_that_the_text_says(key: str) -> None:
    """Where the text says one at all; the others derive it from where they run."""
    recipe = recipes()[key]
    said = [word.strip('",') for word in recipe.text.replace("=", " ").split()]
    spoken = [word for word in said if word.startswith("https://service.example")]
    assert all(word == recipe.redirect for word in spoken)
    assert bool(spoken) is (key in {"mlflow", "gitlab", "apache"})
