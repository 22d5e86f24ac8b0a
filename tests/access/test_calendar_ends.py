"""The first and the last day of the calendar, in a filter or a row, break no page in any zone."""

from datetime import UTC, date, datetime
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format

from accounts.models import User
from accounts.services.users import reset_passwords
from customers.models import AuditEvent
from licensing.models import Subscription
from tests.factories import SubscriptionFactory, UserFactory
from tests.support.access import read_out
from tests.support.admin import address
from tests.support.cast import Cast

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
ZONES = ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Oslo"]
DAYS = ["0001-01-01", "9999-12-31"]


@pytest.fixture(params=ZONES)
def alice(request: pytest.FixtureRequest, client: Client, cast: Cast) -> Client:
    User.objects.filter(pk__in=[cast.alice.pk, cast.support.pk]).update(time_zone=request.param)
    client.force_login(User.objects.get(pk=cast.alice.pk))
    return client


def answers(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == HTTPStatus.OK, url
    return read_out(response).decode()


@pytest.mark.parametrize("since", DAYS)
@pytest.mark.parametrize("until", DAYS)
def test_the_log_is_filtered_by_any_day(alice: Client, cast: Cast, since: str, until: str) -> None:
    event = AuditEvent.objects.create(
        at=datetime(2026, 1, 1, tzinfo=UTC), action="partner.changed", customer=cast.contoso
    )
    query = f"?since={since}&until={until}"
    page = f"/customers/{cast.contoso.pk}/activity/"
    answers(alice, page + query)
    if since <= until:
        rows = answers(alice, f"{page}export/{query}").splitlines()
        assert len(rows) == 1 + (since < "2026" < until)
        answers(alice, f"/customers/activity/export/{query}")
    assert event.pk


def test_rows_at_either_end_are_shown(alice: Client, cast: Cast) -> None:
    home = f"/customers/{cast.contoso.pk}"
    for moment in (FIRST, LAST):
        User.objects.filter(pk=cast.uma.pk).update(added_at=moment, blocked_at=moment)
        UserFactory.create(customer=cast.contoso, deleted_at=FIRST, purge_after=LAST)
        AuditEvent.objects.create(at=moment, action="partner.changed", customer=cast.contoso)
        for page in (
            "users/",
            f"users/{cast.uma.pk}/",
            "users/deleted/",
            "activity/",
            "",
            "users/export/",
        ):
            answers(alice, f"{home}/{page}")
        answers(alice, f"{home}/activity/export/")
    gone = User.objects.filter(customer=cast.contoso, deleted_at=FIRST)[0]
    assert date_format(LAST, "DATE_FORMAT") in answers(alice, f"{home}/users/{gone.pk}/")


def test_passwords_of_either_end_are_handed_over(alice: Client, cast: Cast) -> None:
    sheet = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice).sheet
    User.objects.filter(pk=cast.uma.pk).update(temporary_password_set_at=LAST)
    type(sheet).objects.filter(pk=sheet.pk).update(created_at=LAST, expires_at=LAST)
    answers(alice, reverse("accounts:sheet-list", args=[cast.contoso.pk]))
    page = answers(alice, reverse("accounts:sheet-detail", args=[cast.contoso.pk, sheet.pk]))
    assert f"can be used until {date_format(LAST, 'DATE_FORMAT')}" in page


@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_subscription_renews_on_any_day(alice: Client, cast: Cast, day: date) -> None:
    made = SubscriptionFactory.create(customer=cast.contoso)
    Subscription.objects.filter(pk=made.pk).update(renews_on=day, starts_on=day)
    answers(alice, reverse("licensing:subscription-list", args=[cast.contoso.pk]))
    answers(alice, reverse("licensing:subscription-detail", args=[cast.contoso.pk, made.pk]))


@pytest.mark.parametrize("day", DAYS)
def test_support_staff_filter_by_any_day(alice: Client, cast: Cast, day: str) -> None:
    alice.force_login(User.objects.get(pk=cast.support.pk))
    for moment in (day, f"{day} 23:59:59+05:00", f"{day} 00:00:00-05:00", f"{day} 12:00"):
        response = alice.get(address(User, "changelist"), {"added_at__gte": moment})
        assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
    response = alice.get(address(AuditEvent, "changelist"), {"at__year": day[:4]})
    assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
