"""What is done to many costs the database as many statements as for a few."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.invariants import violations
from accounts.models import User
from accounts.services.users import (
    allow_users,
    block_users,
    change_users,
    delete_users,
    remove_users,
    reset_passwords,
)
from customers.roles import Role
from customers.services import bulk
from tests.accounts.verbs import crowd, subscribe
from tests.support.cast import Cast

Verb = Callable[..., Any]
VERBS: dict[str, tuple[Verb, dict[str, Any]]] = {
    "location": (change_users, {"fields": {"usage_location": "SE"}}),
    "department": (change_users, {"fields": {"department": "IT"}}),
    "permissions": (change_users, {"roles": [Role.USER_ADMIN, Role.LICENSE_ADMIN]}),
    "block": (block_users, {}),
    "allow": (allow_users, {}),
    "reset": (reset_passwords, {}),
    "delete": (delete_users, {}),
    "remove": (remove_users, {}),
}


# From bulk.SET_FROM users on, rows go another way: a few statements more, whatever the number.
SIZES = (3, 150, bulk.SET_FROM, 300)
MORE = 5


@pytest.mark.postgres
@pytest.mark.parametrize("verb", VERBS)
def test_as_many_queries_for_three_hundred_as_for_three(
    cast: Cast, settings: Settings, verb: str
) -> None:
    settings.SHORT_PASSWORDS_UP_TO = 0
    groups = [_users(verb, size, cast) for size in SIZES]
    three, below, from_there, three_hundred = [_queries(verb, users, cast) for users in groups]
    assert (three, from_there) == (below, three_hundred)
    assert from_there <= three + MORE


@pytest.mark.parametrize("verb", VERBS)
def test_hundreds_are_done_on_any_database(cast: Cast, settings: Settings, verb: str) -> None:
    settings.SHORT_PASSWORDS_UP_TO = 0
    users = _users(verb, bulk.SET_FROM, cast)
    do, values = VERBS[verb]
    done = do(users, customer=cast.contoso, actor=cast.alice, **values)
    batch = done.batch if verb == "reset" else done
    assert batch.done == bulk.SET_FROM
    assert violations() == []


def _users(verb: str, number: int, cast: Cast) -> list[User]:
    """To whom it can be done, each with a license."""
    users = crowd(cast.contoso, number)
    subscribe(cast, f"Mail {number}", *users, quantity=number)
    if verb == "remove":
        delete_users(users, customer=cast.contoso, actor=cast.alice)
    if verb == "allow":
        block_users(users, customer=cast.contoso, actor=cast.alice)
    return users


def _queries(verb: str, users: Sequence[User], cast: Cast) -> int:
    do, values = VERBS[verb]
    with CaptureQueriesContext(connection) as found:
        do(users, customer=cast.contoso, actor=cast.alice, **values)
    return len(found)
