"""Who is in a selection right now."""

from typing import Any

import pytest

from accounts.models import Selection, User
from accounts.queries.selections import (
    filter_of,
    filtered_count,
    filtered_users,
    is_selected,
    matching_users,
    selected_ids,
    selected_users,
)
from tests.accounts.verbs import delete, subscribe
from tests.factories import SubscriptionFactory, UserFactory
from tests.support.cast import Cast


def select(cast: Cast, **fields: Any) -> list[User]:
    selection = Selection(owner=cast.alice, customer=cast.contoso, **fields)
    return sorted(selected_users(selection, cast.contoso), key=lambda user: user.pk)


def test_chosen_ids_are_those_of_the_customer_living_or_deleted(cast: Cast) -> None:
    stranger = UserFactory.create(customer=cast.northwind)
    gone = UserFactory.create(customer=cast.contoso)
    delete(cast, gone)
    ids = [stranger.pk, gone.pk, cast.uma.pk]
    assert select(cast, ids=ids) == [cast.uma, gone]
    assert select(cast, ids=[]) == []


@pytest.mark.parametrize(
    ("taken_out", "besides", "expected"),
    [([], [], "gail uma"), (["uma"], [], "gail"), (["uma"], ["gone"], "gail gone")],
)
def test_a_filter_with_those_taken_out_and_those_besides(
    cast: Cast, taken_out: list[str], besides: list[str], expected: str
) -> None:
    gone = UserFactory.create(customer=cast.contoso)
    delete(cast, gone)
    by_name = {"uma": cast.uma, "gail": cast.gail, "gone": gone}
    found = select(
        cast,
        by_filter=True,
        query={},
        ids=[by_name[name].pk for name in taken_out],
        extra=[by_name[name].pk for name in besides],
    )
    assert set(found) == {by_name[name] for name in expected.split()}


def test_is_selected_agrees_with_selected_users(cast: Cast) -> None:
    UserFactory.create_batch(2, customer=cast.contoso)
    own = User.objects.filter(customer=cast.contoso)
    for fields in (
        {"ids": [cast.uma.pk]},
        {"by_filter": True, "query": {"q": "ada"}},
        {"by_filter": True, "query": {"q": "ada"}, "extra": [cast.gail.pk]},
        {"by_filter": True, "query": {}, "ids": [cast.uma.pk]},
    ):
        selection = Selection(owner=cast.alice, customer=cast.contoso, **fields)
        assert set(own.filter(is_selected(selection))) == set(select(cast, **fields))


def test_the_ids_are_in_the_order_of_names(cast: Cast) -> None:
    zoe = UserFactory.create(customer=cast.contoso, first_name="Zoe")
    abe = UserFactory.create(customer=cast.contoso, first_name="Abe")
    selection = Selection(ids=[zoe.pk, cast.gail.pk, abe.pk])
    assert selected_ids(selection, cast.contoso) == [abe.pk, cast.gail.pk, zoe.pk]


def test_a_filter_by_anothers_subscription_lets_nobody_through(cast: Cast) -> None:
    own = subscribe(cast, "Teams", cast.uma)
    other = SubscriptionFactory.create(customer=cast.northwind)
    query = {"filter": "with", "subscription": str(own.pk)}
    assert list(matching_users(cast.contoso, query)) == [cast.uma]
    found = filter_of(cast.contoso, {**query, "subscription": str(other.pk)})
    assert (found.subscription, len(found.problems)) == (None, 1)
    assert set(filtered_users(cast.contoso, found)) == set()


def test_a_whole_list_is_counted_by_its_counter_and_a_search_by_looking(cast: Cast) -> None:
    delete(cast, UserFactory.create(customer=cast.contoso))
    cast.contoso.refresh_from_db()
    counts = {
        name: filtered_count(cast.contoso, filter_of(cast.contoso, query))
        for name, query in {
            "all": {},
            "deleted": {"tab": "deleted"},
            "search": {"q": "uma"},
            "none": {"q": "nobody"},
        }.items()
    }
    assert counts == {"all": 2, "deleted": 1, "search": 1, "none": 0}
