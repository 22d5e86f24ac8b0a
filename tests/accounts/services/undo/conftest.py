import pytest

from accounts.models import User
from tests.factories import UserFactory
from tests.support.cast import Cast


@pytest.fixture
def users(cast: Cast) -> list[User]:
    return UserFactory.create_batch(3, customer=cast.contoso)
