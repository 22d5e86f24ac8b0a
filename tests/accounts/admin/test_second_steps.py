"""Who has which second step, for support staff to look at."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.test import Client

from tests.accounts.signin.second_steps import give_app
from tests.support.admin import address
from tests.support.cast import Cast

NAMES = {
    "en": "Authenticators",
    "de": "Zweite Schritte",
    "fr": "Méthodes d&#x27;authentification",
    "es": "Métodos de autenticación",
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", NAMES)
def test_they_are_called_in_the_language_of_who_looks(
    client: Client, cast: Cast, language: str
) -> None:
    give_app(cast.uma)
    client.force_login(cast.support)
    for page in (address(Authenticator, "changelist"), "/admin/"):
        shown = client.get(page, headers={"accept-language": language})
        assert NAMES[language] in shown.text
        assert (">Authenticators<" in shown.text) is (language == "en")


@pytest.mark.django_db
def test_their_names_ask_for_no_migration_of_allauths() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
