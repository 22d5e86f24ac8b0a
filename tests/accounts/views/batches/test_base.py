"""Whose batch it is, what it is called, and where its result is."""

import pytest
from django.test import Client

from accounts.services.users import reset_passwords
from accounts.views.batches.base import label_of, result_url, seen_by, undo_url
from customers.models import Batch
from customers.roles import Role
from tests.accounts.undoing import block, undo
from tests.accounts.verbs import delete, fresh
from tests.factories import UserFactory
from tests.support.cast import Cast


def again(batch: Batch) -> Batch:
    return Batch.objects.select_related("undo_of", "undone_by__by").get(pk=batch.pk)


def test_an_undo_is_called_by_what_it_undoes(cast: Cast) -> None:
    batch = block(cast, cast.uma)
    assert label_of(again(batch)) == str(batch.get_kind_display())
    undone = undo(batch, cast.alice)
    assert label_of(again(undone)) == f"Undo: {batch.get_kind_display()}"


def test_the_result_is_the_sheet_where_there_is_one(cast: Cast) -> None:
    batch = block(cast, cast.uma)
    assert result_url(batch) == f"/batches/{batch.pk}/"
    reset = reset_passwords([cast.gail], customer=cast.contoso, actor=cast.alice)
    made = Batch.objects.latest("pk")
    assert result_url(made) == f"/customers/{cast.contoso.pk}/passwords/{reset.sheet.pk}/"


def test_what_can_be_undone_has_an_address_for_a_user_who_may(cast: Cast) -> None:
    batch = again(block(cast, cast.uma))
    assert undo_url(batch, fresh(cast.alice)) == f"/batches/{batch.pk}/undo/"
    assert undo_url(batch, fresh(cast.sally)) == ""
    undo(batch, cast.alice)
    assert undo_url(again(batch), fresh(cast.alice)) == ""


def test_the_whole_log_shows_every_batch_and_other_roles_their_own_kinds(cast: Cast) -> None:
    blocked, deleted = block(cast, cast.uma), delete(cast, cast.gail)
    assert set(seen_by(fresh(cast.alice))) == {blocked, deleted}
    agent = fresh(UserFactory.create(customer=cast.contoso, roles=[Role.PASSWORD_ADMIN]))
    assert deleted not in seen_by(agent)
    reset_passwords([cast.uma], customer=cast.contoso, actor=cast.bob)
    own = Batch.objects.latest("pk")
    assert own in seen_by(fresh(cast.bob))


@pytest.mark.parametrize("page", ["", "undo/"])
def test_a_batch_of_another_partner_is_not_there(client: Client, cast: Cast, page: str) -> None:
    batch = block(cast, cast.uma)
    client.force_login(cast.charlie)
    assert client.get(f"/batches/{batch.pk}/{page}").status_code == 404
    client.force_login(cast.alice)
    assert client.get(f"/batches/{batch.pk}/{page}").status_code == 200
    assert client.get(f"/batches/{batch.pk + 1}/{page}").status_code == 404


def test_a_role_that_sees_the_customer_and_not_this_is_told_whom_to_ask(
    client: Client, cast: Cast
) -> None:
    batch = delete(cast, cast.uma)
    client.force_login(UserFactory.create(customer=cast.contoso, roles=[Role.PASSWORD_ADMIN]))
    response = client.get(f"/batches/{batch.pk}/")
    assert response.status_code == 403
    assert (
        "Someone else did this. Your role shows only your own actions." in response.content.decode()
    )
