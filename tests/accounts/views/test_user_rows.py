"""Rows of the user list before they are printed: words made once, one query for licenses."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from pytest_django import Settings

from accounts.models import User
from accounts.views.user_rows import UserRow, sign_in_state, user_rows, worded
from customers.roles import Role
from tests.accounts.verbs import subscribe
from tests.factories import UserFactory
from tests.support.cast import Cast


def rows_of(cast: Cast, *users: User, selected: tuple[int, ...] = ()) -> list[UserRow]:
    found = list(
        User.objects.with_roles().filter(pk__in=[user.pk for user in users]).order_by("pk")
    )
    return user_rows(found, cast.contoso, base_url="/users/", selected=selected)


def test_a_row_has_the_words_of_one_user(cast: Cast) -> None:
    subscribe(cast, "Teams", cast.uma)
    subscribe(cast, "Mail", cast.uma)
    [row] = rows_of(cast, cast.uma, selected=(cast.uma.pk,))
    assert (row.display_name, row.user_name) == ("Uma", "uma@contoso.example")
    assert (row.url, row.select) == (f"/users/{cast.uma.pk}/", "Select Uma")
    assert (row.licenses, row.permissions, row.is_selected) == (("Mail", "Teams"), "User", True)
    assert row.sign_in.label == "Allowed"


def test_no_users_are_no_rows(cast: Cast) -> None:
    assert rows_of(cast) == []


def test_each_role_is_worded_for_those_who_have_it(cast: Cast) -> None:
    pair = [Role.USER_ADMIN, Role.LICENSE_ADMIN]
    both = UserFactory.create(customer=cast.contoso, roles=pair)
    alike = UserFactory.create(customer=cast.contoso, roles=pair)
    found = {row.pk: row.permissions for row in rows_of(cast, cast.gail, cast.uma, both, alike)}
    assert found[cast.gail.pk] == str(Role.GLOBAL_ADMIN.label)
    assert found[cast.uma.pk] == "User"
    assert found[both.pk] == found[alike.pk]
    assert ", " in found[both.pk]


@pytest.mark.parametrize(
    "fields, tone, label",
    [
        ({}, "success", "Allowed"),
        ({"blocked_at": timezone.now()}, "danger", "Blocked"),
        ({"must_change_password": True}, "info", "Must change password"),
    ],
)
def test_the_state_of_signing_in_is_in_words_and_in_a_color(
    fields: dict[str, object], tone: str, label: str
) -> None:
    state = sign_in_state(User(**fields))
    assert (state.tone, state.label) == (tone, label)


def test_an_expired_password_says_more_than_that_it_must_be_changed(settings: Settings) -> None:
    days = timedelta(days=settings.TEMPORARY_PASSWORD_DAYS)
    user = User(must_change_password=True, temporary_password_set_at=timezone.now() - days)
    assert sign_in_state(user).label == "Temporary password expired"
    user.blocked_at = timezone.now()
    assert sign_in_state(user).label == "Blocked", "which no new password would mend"


def test_a_day_is_worded_in_the_language_of_the_viewer() -> None:
    day = date(2026, 3, 1)
    with translation.override("en"):
        assert worded(day, "DATE_FORMAT", "en") == "1 Mar 2026"
    with translation.override("de"):
        assert worded(day, "DATE_FORMAT", "de") == "1. März 2026"


def test_licenses_of_all_take_one_query(cast: Cast) -> None:
    users = UserFactory.create_batch(5, customer=cast.contoso)
    subscribe(cast, "Teams", *users)
    found = list(User.objects.with_roles().filter(customer=cast.contoso))
    rows_of(cast, cast.uma)
    with CaptureQueriesContext(connection) as queries:
        user_rows(found, cast.contoso, base_url="/", selected=())
    assert len(queries) <= 2
