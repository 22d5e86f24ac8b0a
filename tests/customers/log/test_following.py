"""Where a follower of the log keeps its place."""

import pytest
from django.db import IntegrityError

from customers.log.following import Follower


@pytest.mark.django_db
def test_a_name_follows_once_from_the_beginning() -> None:
    follower = Follower.objects.create(name="reader")
    assert str(follower) == "reader: 0"
    with pytest.raises(IntegrityError):
        Follower.objects.create(name="reader")
