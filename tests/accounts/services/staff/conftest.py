import pytest
from django.test import Client

from tests.support.cast import Cast


@pytest.fixture
def bobs_session(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.bob)
    return client
