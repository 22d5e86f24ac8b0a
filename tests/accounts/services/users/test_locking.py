"""The locks of users, and what every action checks once it holds them."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from accounts.models import User
from accounts.queries.user_briefs import briefs_of
from accounts.services.users import block_users, remove_users
from accounts.services.users.locking import (
    Crowd,
    LockedUsers,
    beyond_reach,
    check_not_self,
    check_reach,
    check_roles,
    deleted,
    deleted_message,
    ids_of,
    left_items,
    lock_one,
    lock_users,
    oneself,
    reasons_of,
    removed_message,
    take_briefs,
    take_crowd,
    take_users,
)
from customers.errors import Refused
from customers.models import BatchKind, Outcome
from customers.roles import Capability, Role
from customers.services import batches
from tests.accounts.verbs import delete, fresh
from tests.factories import UserFactory
from tests.support.cast import Cast

CAPABILITY = Capability.MANAGE_USERS


def take(cast: Cast, *users: User, actor: User | None = None) -> LockedUsers:
    terms: dict[str, Any] = {"customer": cast.contoso, "capability": CAPABILITY}
    return take_users(users, actor=actor or cast.alice, **terms)


def code_of(refused: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        refused()
    return caught.value.code


def test_users_are_taken_in_the_order_of_ids_and_only_the_customers(cast: Cast) -> None:
    stranger = UserFactory.create(customer=cast.northwind)
    users = take(cast, cast.uma, stranger, cast.gail)
    assert users.rows == [cast.gail, cast.uma]
    assert users.actor == cast.alice
    assert ids_of([cast.uma, 7]) == [cast.uma.pk, 7]


def test_a_colleague_who_acts_is_locked_along_and_not_among_the_rows(cast: Cast) -> None:
    users = take(cast, cast.uma, actor=cast.gail)
    assert (users.rows, users.actor) == ([cast.uma], cast.gail)
    assert users.actor is not cast.gail


def test_the_rows_and_the_actor_are_as_they_are_now(cast: Cast) -> None:
    User.objects.filter(pk=cast.uma.pk).update(city="Oslo")
    assert take(cast, cast.uma).rows[0].city == "Oslo"
    User.groups.through.objects.filter(user=cast.gail).delete()
    assert code_of(lambda: take(cast, cast.uma, actor=cast.gail)) == "role-lacks-it"


def test_a_user_who_is_blocked_meanwhile_takes_nobody(cast: Cast) -> None:
    block_users([cast.gail], customer=cast.contoso, actor=cast.alice)
    terms: dict[str, Any] = {"customer": cast.contoso, "actor": cast.gail}
    for taking in (take_users, take_briefs, take_crowd):
        take = partial(taking, [cast.uma.pk], capability=CAPABILITY, **terms)
        assert code_of(take) == "actor-gone"


def test_briefs_and_crowds_are_of_the_same_users(cast: Cast) -> None:
    gone = UserFactory.create(customer=cast.contoso)
    stranger = UserFactory.create(customer=cast.northwind)
    delete(cast, gone)
    ids = [cast.uma.pk, gone.pk, stranger.pk]
    terms: dict[str, Any] = {"customer": cast.contoso, "capability": CAPABILITY}
    briefs, actor = take_briefs(ids, actor=cast.gail, **terms)
    assert (set(briefs), actor) == ({cast.uma.pk, gone.pk}, cast.gail)
    crowd = take_crowd(ids, actor=cast.gail, **terms)
    assert crowd == Crowd({cast.uma.pk: "Uma (uma@contoso.example)"}, [gone.pk], {stranger.pk})
    assert [user.deleter for user in crowd.deleted_users()] == ["Alice"]
    assert Crowd({}, [], set()).deleted_users() == []


def test_each_is_sorted_out_for_the_first_reason(cast: Cast) -> None:
    gone = UserFactory.create(customer=cast.contoso)
    delete(cast, gone)
    users = take(cast, cast.uma, cast.gail, gone, actor=cast.gail)
    todo, left = users.sort_out(deleted, oneself(cast.gail, "Not you."))
    assert todo == [cast.uma]
    assert left == [
        (cast.gail, Outcome.SKIPPED, "Not you."),
        (gone, Outcome.FAILED, deleted_message(fresh(gone))),
    ]


def test_where_nobody_remains_it_is_refused_with_each_reason_once(cast: Cast) -> None:
    users = take(cast, cast.uma, cast.gail)
    with pytest.raises(Refused, match=r"^No\.$") as caught:
        users.sort_out(lambda _row: (Outcome.SKIPPED, "No."))
    assert caught.value.code == "nobody-left"
    assert reasons_of([]) == "These users have been deleted permanently."


def test_one_alone_is_refused_by_name(cast: Cast) -> None:
    assert lock_one(cast.uma, take(cast, cast.uma)) == cast.uma
    delete(cast, cast.uma)
    with pytest.raises(Refused, match="Uma has been deleted by Alice"):
        lock_one(cast.uma, take(cast, cast.uma))
    remove_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert lock_users([cast.uma], customer=cast.contoso) == []
    with pytest.raises(Refused) as caught:
        lock_one(cast.uma, take(cast, cast.uma))
    assert (caught.value.code, str(caught.value)) == ("user-gone", removed_message(cast.uma))


def test_a_deletion_by_an_account_that_is_gone_names_nobody(cast: Cast) -> None:
    delete(cast, cast.uma)
    User.objects.filter(pk=cast.uma.pk).update(deleted_by=None)
    assert deleted_message(fresh(cast.uma)) == "Uma has been deleted."


def test_administrators_are_beyond_a_limited_reach(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    why = beyond_reach(admin, CAPABILITY)
    briefs = briefs_of([cast.gail.pk, cast.uma.pk], cast.contoso)
    for gail, uma in ((cast.gail, cast.uma), (briefs[cast.gail.pk], briefs[cast.uma.pk])):
        assert why(uma) is None
        verdict = why(gail)
        assert verdict is not None
        assert verdict[0] == Outcome.SKIPPED
        assert verdict[1].startswith("Gail is an administrator")
    assert beyond_reach(cast.alice, CAPABILITY)(cast.gail) is None
    check_reach([cast.uma], actor=admin, capability=CAPABILITY)
    both = [cast.uma, cast.gail]
    refused = code_of(lambda: check_reach(both, actor=admin, capability=CAPABILITY))
    assert refused == "beyond-reach"


def test_oneself_is_refused_where_asked(cast: Cast) -> None:
    check_not_self([cast.uma], actor=cast.gail, message="Not you.")
    both = [cast.uma, cast.gail]
    with pytest.raises(Refused, match="Not you"):
        check_not_self(both, actor=cast.gail, message="Not you.")


def test_nobody_gives_a_role_above_their_own(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    check_roles([], actor=admin)
    check_roles([Role.GLOBAL_ADMIN], actor=cast.gail)
    refused = [
        code_of(lambda: check_roles([Role.BILLING_ADMIN], actor=admin)),
        code_of(lambda: check_roles([Role.SALES_AGENT], actor=cast.alice)),
    ]
    assert refused == ["role-beyond-reach", "role-of-others"]


def test_those_left_out_are_items_with_their_reason(cast: Cast) -> None:
    batch = batches.open_batch(BatchKind.BLOCK, actor=cast.alice, customer=cast.contoso)
    [item] = left_items(batch, [(cast.uma, Outcome.FAILED, "Gone.")])
    assert (item.user, item.outcome, item.reason) == (cast.uma, Outcome.FAILED, "Gone.")
