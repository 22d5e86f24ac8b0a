import pytest
from django.test import Client

from tests.applications.oidc.relying import RelyingParty, register
from tests.support.cast import Cast


@pytest.fixture
def chat(cast: Cast) -> RelyingParty:
    """Team Chat of Fabrikam's, open to everyone of its customers."""
    return register(cast.fabrikam)


@pytest.fixture
def umas(client: Client, cast: Cast) -> Client:
    """The browser of uma, who is signed in."""
    client.force_login(cast.uma)
    return client
