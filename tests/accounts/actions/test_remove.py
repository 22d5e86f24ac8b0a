"""Delete permanently."""

import pytest

from accounts.actions.remove import REMOVE
from accounts.models import User
from accounts.services.undo import undo_batch
from customers.errors import Refused
from tests.accounts.actions.acting import do, is_grave
from tests.accounts.verbs import delete
from tests.support.cast import Cast


def test_who_is_removed_is_gone_and_nothing_brings_them_back(cast: Cast) -> None:
    delete(cast, cast.uma)
    batch = do(cast, REMOVE, cast.uma)
    assert not User.objects.filter(pk=cast.uma.pk).exists()
    assert REMOVE.heading(batch) == "User deleted permanently"
    assert REMOVE.list_url(batch) == f"/customers/{cast.contoso.pk}/users/deleted/"
    assert REMOVE.inverse is None
    with pytest.raises(Refused, match="Delete permanently can't be undone"):
        undo_batch(batch, actor=cast.alice)


def test_it_is_always_grave(cast: Cast) -> None:
    assert is_grave(cast, REMOVE, cast.uma)
    assert REMOVE.is_grave_for_one(cast.uma)


def test_nobody_living_is_removed(cast: Cast) -> None:
    with pytest.raises(Refused, match="has been restored"):
        do(cast, REMOVE, cast.uma)
