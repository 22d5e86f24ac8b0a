"""What the tests of the team's pages ask for."""

import pytest
from django.test import Client

from tests.support.cast import Cast


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client
