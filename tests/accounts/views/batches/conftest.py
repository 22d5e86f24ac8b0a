"""A batch that waits for a worker, on more users than a page waits for."""

import pytest
from pytest_django import Settings

from accounts.models import User
from accounts.services import running
from customers.models import Batch, BatchKind
from tests.factories import UserFactory
from tests.support.cast import Cast


@pytest.fixture
def users(cast: Cast, settings: Settings) -> list[User]:
    """More than a page waits for."""
    settings.PEOPLE_AT_ONCE = 2
    return UserFactory.create_batch(4, customer=cast.contoso)


@pytest.fixture
def waiting(cast: Cast, users: list[User]) -> Batch:
    ids = [user.pk for user in users]
    return running.perform(BatchKind.BLOCK, ids, customer=cast.contoso, actor=cast.alice)
