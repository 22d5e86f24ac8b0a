"""What holds of an action that says nothing else."""

from collections.abc import Collection

import pytest

from accounts.actions.base import Action, BatchAction, BulkAction, Order
from accounts.models import User, UserQuerySet
from customers.actions import Action as Event
from customers.models import Batch, BatchItem, BatchKind
from customers.roles import Capability, Role
from customers.services.batches import leave_batch
from tests.accounts.verbs import fresh
from tests.support.cast import Cast


class Greet(BulkAction):
    name = "greet"
    kind = BatchKind.BLOCK
    capability = Capability.MANAGE_USERS
    events = (Event.SIGNED_IN,)


@pytest.fixture
def greet() -> Greet:
    return Greet()


def test_its_words_are_those_of_the_kind_and_of_the_log(greet: Greet) -> None:
    assert [str(text) for text in (greet.label, greet.label_for_one)] == ["Block sign-in"] * 2
    assert greet.heading(Batch(done=2)) == "Signed in"
    assert greet.heading(Batch(done=0)) == "Nothing was changed"


def test_its_page_is_below_the_list_that_its_users_are_in(cast: Cast, greet: Greet) -> None:
    users = f"/customers/{cast.contoso.pk}/users/"
    assert greet.url(cast.contoso, "user=7") == f"{users}greet/?user=7"
    batch = Batch(customer=cast.contoso)
    assert greet.list_url(batch) == users
    greet.deletes = True
    assert greet.list_url(batch) == f"{users}deleted/"


def test_an_order_tells_the_service_all_but_the_users(cast: Cast) -> None:
    waiting = leave_batch(BatchKind.BLOCK, [7], actor=cast.alice, customer=cast.contoso)
    told = Order([7], {"reason": "Ticket 1"}, cast.contoso, cast.alice, batch=waiting).terms
    assert told == {
        "customer": cast.contoso,
        "actor": cast.alice,
        "key": "",
        "reason": "Ticket 1",
        "batch": waiting,
    }
    assert Order([7], {}, cast.contoso, cast.alice, "k").terms["reason"] == ""


def test_its_work_and_what_it_touches_follow_from_users_and_fields(greet: Greet) -> None:
    assert greet.work(Batch(users=[1, 2, 3])) == 12
    after = {"blocked": True, "licenses": {"3": None}}
    assert greet.touched(after) == {"blocked", "license 3"}
    greet.whole = True
    assert greet.touched(after) == {"everything"}
    assert greet.of_item(BatchItem()) is greet
    assert greet.groups(BatchItem(), {}) == []


@pytest.mark.parametrize(
    "roles, of_uma, of_gail",
    [((), False, False), ((Role.GLOBAL_ADMIN,), False, True), ((Role.USER_ADMIN,), False, False)],
)
def test_it_is_grave_by_the_roles_of_the_users(
    cast: Cast, greet: Greet, roles: Collection[Role], *, of_uma: bool, of_gail: bool
) -> None:
    greet.grave_roles = roles
    for user, expected in ((cast.uma, of_uma), (cast.gail, of_gail)):
        users = UserQuerySet(User).filter(pk=user.pk)
        assert greet.is_grave(users, {}) == expected
        assert greet.is_grave_for_one(fresh(user)) == expected


def test_some_are_grave_whoever_the_users_are(cast: Cast, greet: Greet) -> None:
    users = UserQuerySet(User).filter(pk=cast.uma.pk)
    greet.grave_for_many = True
    assert (greet.is_grave(users, {}), greet.is_grave_for_one(fresh(cast.uma))) == (True, False)
    greet.grave_for_many, greet.always_grave = False, True
    assert (greet.is_grave(users, {}), greet.is_grave_for_one(fresh(cast.uma))) == (True, True)


def test_of_staff_everything_is_grave(cast: Cast, greet: Greet) -> None:
    assert greet.is_grave_for_one(fresh(cast.bob))
    assert not greet.is_grave_for_one(fresh(cast.uma))


def test_what_is_not_said_is_missed_at_once(greet: Greet) -> None:
    for ask in (lambda: greet.points(1), lambda: greet.already_text(1), lambda: Action().label):
        with pytest.raises(NotImplementedError):
            ask()
    assert isinstance(greet, BatchAction)
