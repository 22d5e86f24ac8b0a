"""The tabs of a customer's users: which is shown, and how many can be restored."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.views.tabs import user_tabs
from customers.models import Customer
from tests.accounts.verbs import delete
from tests.support.cast import Cast


@pytest.mark.parametrize("deleted", [False, True])
def test_one_of_the_two_is_current(cast: Cast, *, deleted: bool) -> None:
    active, gone = user_tabs(cast.contoso, deleted=deleted)
    assert (active.current, gone.current) == (not deleted, deleted)
    base = f"/customers/{cast.contoso.pk}/users/"
    assert (active.url, gone.url) == (base, f"{base}deleted/")


def test_those_who_can_be_restored_are_counted(cast: Cast) -> None:
    assert user_tabs(cast.contoso, deleted=False)[1].label == "Deleted users (0)"
    delete(cast, cast.uma)
    contoso = Customer.objects.get(pk=cast.contoso.pk)
    assert user_tabs(contoso, deleted=False)[1].label == "Deleted users (1)"
    assert user_tabs(cast.northwind, deleted=False)[1].label == "Deleted users (0)"


def test_a_page_that_knows_the_number_asks_nothing(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as queries:
        tabs = user_tabs(cast.contoso, deleted=True, waiting=12_345)
    assert tabs[1].label == "Deleted users (12,345)"
    assert len(queries) == 0
