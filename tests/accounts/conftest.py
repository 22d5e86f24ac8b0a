"""What the tests of pages ask for."""

import pytest
from django.test import Client

from licensing.models import Subscription
from tests.accounts.verbs import subscribe
from tests.support.cast import Cast


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    """Alice's browser, signed in."""
    client.force_login(cast.alice)
    return client


@pytest.fixture
def mail(cast: Cast) -> Subscription:
    """Mail, whose only seat Uma has."""
    return subscribe(cast, "Mail", cast.uma, quantity=1)
