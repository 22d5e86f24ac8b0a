"""What the tests of pages ask for."""

import pytest
from django.test import Client

from tests.support.cast import Cast


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    """Alice's browser, signed in."""
    client.force_login(cast.alice)
    return client
