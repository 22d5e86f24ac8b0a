from collections.abc import Iterable
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client
from django.conf import settings
from django.utils.crypto import get_random_string

from accounts.models import User

from .claims import claims_of

ID_LENGTH, SECRET_LENGTH = 32, 48


class Adapter(DefaultOIDCAdapter):
    """The answers to what allauth asks of the project.

    Ids and secrets have letters and digits alone: allauth does not decode what a client has encoded
    for Basic authentication (RFC 6749, 2.3.1), as openid-client does with a hyphen.
    """

    def generate_client_id(self) -> str:
        return get_random_string(ID_LENGTH)

    def generate_client_secret(self) -> str:
        return get_random_string(SECRET_LENGTH)

    def get_issuer(self) -> str:
        return str(settings.OIDC_ISSUER)

    def get_user_sub(self, client: Client, user: Any) -> str:
        return str(user.uuid)

    def get_user_by_sub(self, client: Client, sub: str) -> User | None:
        """Return None: nobody is looked up by what a token says of them."""
        return None

    def get_claims(
        self,
        purpose: str,
        user: Any,
        client: Client,
        scopes: Iterable[str],
        email: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        return claims_of(user, client.application, list(scopes))
