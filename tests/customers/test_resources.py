"""Customers as rows of a file."""

from datetime import UTC, datetime

from django.utils import timezone

from customers.models import Customer
from customers.resources import CustomerResource, MomentWidget
from tests.support.cast import Cast


def test_the_moment_has_the_viewers_offset(cast: Cast) -> None:
    at = datetime(2026, 7, 1, 12, tzinfo=UTC)
    Customer.objects.filter(pk=cast.contoso.pk).update(created_at=at)
    with timezone.override("Europe/Oslo"):
        [row] = CustomerResource().export(Customer.objects.filter(pk=cast.contoso.pk)).dict
    assert (row["Name"], row["Added"]) == ("Contoso", "2026-07-01T14:00:00+02:00")


def test_a_moment_that_is_none_is_an_empty_cell() -> None:
    assert MomentWidget().render(None) == ""
