"""The tabs of a customer's users: which is shown, and how many can be restored."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.views.tabs import user_tabs
from customers.models import Customer
from tests.accounts.verbs import delete
from tests.factories import ScheduleFactory
from tests.support.cast import Cast


@pytest.mark.parametrize("current", ["active", "deleted", "scheduled"])
def test_one_of_them_is_current(cast: Cast, current: str) -> None:
    active, gone, scheduled = user_tabs(cast.contoso, cast.alice, current=current)
    shown = {"active": active.current, "deleted": gone.current, "scheduled": scheduled.current}
    assert [name for name, is_shown in shown.items() if is_shown] == [current]
    base = f"/customers/{cast.contoso.pk}/users/"
    assert [active.url, gone.url, scheduled.url] == [base, f"{base}deleted/", f"{base}scheduled/"]


def deleted_label(customer: Customer, cast: Cast) -> str:
    return user_tabs(customer, cast.alice)[1].label


def test_those_who_can_be_restored_are_counted(cast: Cast) -> None:
    assert deleted_label(cast.contoso, cast) == "Deleted users (0)"
    delete(cast, cast.uma)
    contoso = Customer.objects.get(pk=cast.contoso.pk)
    assert deleted_label(contoso, cast) == "Deleted users (1)"
    assert deleted_label(cast.northwind, cast) == "Deleted users (0)"


def test_what_is_scheduled_is_counted_as_far_as_the_viewer_sees_it(cast: Cast) -> None:
    ScheduleFactory.create(customer=cast.contoso, people=[cast.uma])
    labels = [user_tabs(cast.contoso, each)[2].label for each in (cast.alice, cast.bob)]
    assert labels == ["Scheduled (1)", "Scheduled (0)"]


def test_a_page_that_knows_the_number_asks_for_what_is_scheduled_alone(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as queries:
        tabs = user_tabs(cast.contoso, cast.gail, current="deleted", waiting=12_345)
    assert tabs[1].label == "Deleted users (12,345)"
    assert [query["sql"] for query in queries if "accounts_user" in query["sql"]] == []
    assert len([query for query in queries if "automation_schedule" in query["sql"]]) == 1
