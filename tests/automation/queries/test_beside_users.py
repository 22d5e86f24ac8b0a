"""What a list of users tells of automation, with its customer: the same as when asked for alone."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from automation.queries.beside_users import with_automation
from automation.views.schedules import scheduled_tab
from customers.models import Customer
from tests.factories import LicenseRuleFactory, ScheduleFactory
from tests.support.cast import Cast


def test_it_is_what_the_viewer_sees_at_that_customer(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    due = timezone.now() + timedelta(days=3)
    ScheduleFactory.create(customer=cast.contoso, people=[cast.uma], due_at=due)
    LicenseRuleFactory.create(customer=cast.northwind)
    found = {}
    for viewer in (cast.alice, cast.bob):
        rows: Any = with_automation(Customer.objects.visible_to(viewer), viewer)
        for row in rows.order_by("name"):
            alone = scheduled_tab(Customer.objects.get(pk=row.pk), viewer, "")
            with django_assert_num_queries(0):
                assert scheduled_tab(row, viewer, "") == alone
            found[viewer.display_name, row.name] = (row.schedules_ahead, row.has_rules)
    assert found == {
        ("Alice", "Contoso"): (1, False),
        ("Alice", "Northwind"): (0, True),
        ("Bob", "Contoso"): (0, False),
        ("Bob", "Northwind"): (0, True),
    }


def test_the_list_of_users_shows_it(cast: Cast, client: Client) -> None:
    client.force_login(cast.alice)
    page = f"/customers/{cast.contoso.pk}/users/"
    assert "Scheduled (0)" in client.get(page).content.decode()
    due = timezone.now() + timedelta(days=3)
    ScheduleFactory.create(customer=cast.contoso, people=[cast.uma], due_at=due)
    assert "Scheduled (1)" in client.get(page).content.decode()
