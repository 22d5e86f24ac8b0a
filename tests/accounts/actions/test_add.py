"""Add users: what its batches say."""

import pytest

from accounts.actions.add import ADD
from accounts.services.undo import undo_batch
from accounts.services.users import NewUser, add_users
from customers.errors import Refused
from customers.models import Batch
from tests.accounts.actions.acting import told
from tests.support.cast import Cast


def add(cast: Cast, *names: str) -> Batch:
    domain = cast.contoso.domains.get(is_primary=True)
    users = [NewUser(name, domain, name.title()) for name in names]
    add_users(users, customer=cast.contoso, actor=cast.alice)
    return Batch.objects.latest("pk")


def test_who_was_added_is_told_so(cast: Cast) -> None:
    batch = add(cast, "ada", "bo")
    assert ADD.heading(batch) == "Users added"
    assert list(told(batch).values()) == [["Added"], ["Added"]]
    assert ADD.heading(add(cast, "cy")) == "User added"


def test_it_is_not_undone(cast: Cast) -> None:
    with pytest.raises(Refused, match="Add users can't be undone"):
        undo_batch(add(cast, "ada"), actor=cast.alice)
