"""Selections: over pages, by filter with exceptions, each its owner's own, gone after a day."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Selection
from accounts.queries.selections import selected_ids
from accounts.services import selections
from customers.errors import Refused
from tests.factories import UserFactory
from tests.support.cast import Cast


def choose(cast: Cast, token: str, shown: list[int], chosen: list[int]) -> Selection:
    return selections.choose(
        token, shown=shown, chosen=chosen, customer=cast.contoso, actor=cast.alice
    )


def test_pages_add_up_and_take_out(cast: Cast) -> None:
    choose(cast, "t", [1, 2, 3], [1, 3])
    choose(cast, "t", [4, 5], [5])
    assert choose(cast, "t", [1, 2, 3], [2, 3]).ids == [2, 3, 5]


def test_a_user_who_was_not_shown_is_not_chosen(cast: Cast) -> None:
    assert choose(cast, "t", [1, 2], [1, 99]).ids == [1]


def test_all_of_a_filter_but_the_exceptions(cast: Cast) -> None:
    ada, eve, tom = (
        UserFactory.create(customer=cast.contoso, display_name=f"{name} Lind")
        for name in ("Ada", "Eve", "Tom")
    )
    selections.choose_all("t", query={"q": "lind"}, customer=cast.contoso, actor=cast.alice)
    row = choose(cast, "t", [ada.pk, eve.pk], [ada.pk])
    assert selected_ids(row, cast.contoso) == [ada.pk, tom.pk]
    new_user = UserFactory.create(customer=cast.contoso, display_name="Bo Lind")
    assert selected_ids(row, cast.contoso) == [ada.pk, new_user.pk, tom.pk]
    row = choose(cast, "t", [eve.pk], [eve.pk])
    assert len(selected_ids(row, cast.contoso)) == 4
    row = selections.choose_nobody("t", customer=cast.contoso, actor=cast.alice)
    assert selected_ids(row, cast.contoso) == []


def test_nobody_of_another_customer_is_ever_in_it(cast: Cast) -> None:
    stranger = UserFactory.create(customer=cast.northwind)
    row = choose(cast, "t", [stranger.pk, cast.uma.pk], [stranger.pk, cast.uma.pk])
    assert selected_ids(row, cast.contoso) == [cast.uma.pk]


def test_a_token_is_its_owners(cast: Cast) -> None:
    choose(cast, "t", [1], [1])
    with pytest.raises(Refused, match="This selection has expired"):
        selections.choose("t", shown=[2], chosen=[2], customer=cast.contoso, actor=cast.bob)
    with pytest.raises(Refused, match="This selection has expired"):
        selections.choose("t", shown=[2], chosen=[2], customer=cast.northwind, actor=cast.alice)


def test_a_selection_goes_after_a_day(cast: Cast) -> None:
    choose(cast, "old", [1], [1])
    choose(cast, "new", [1], [1])
    Selection.objects.filter(token="old").update(created_at=timezone.now() - timedelta(days=1))
    with pytest.raises(Refused):
        choose(cast, "old", [2], [2])
    assert selections.drop_expired_selections() == 1
    assert Selection.objects.get().token == "new"


def test_selections_go_at_sign_out(cast: Cast, client: Client) -> None:
    choose(cast, "t", [1], [1])
    client.force_login(cast.alice)
    client.post("/accounts/logout/")
    assert not Selection.objects.exists()


def test_tokens_differ() -> None:
    assert len({selections.draw_token() for _number in range(100)}) == 100
