import pytest

from applications.models import Application
from tests.applications.scim_server import ScimServer
from tests.support.cast import Cast

from .runs import provisioned


@pytest.fixture
def wiki(cast: Cast, scim: ScimServer) -> Application:
    """An application for everyone of Contoso, which is gail and uma; it keeps accounts."""
    return provisioned(cast, scim.address)
