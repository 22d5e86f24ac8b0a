"""Rows of the user list before they are printed: words made once, one query for licenses."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from pytest_django import Settings

from accounts.models import User
from accounts.templatetags.user_rows import user_rows as drawn_rows
from accounts.views.user_rows import QuickActions, UserRow, sign_in_state, user_rows, worded
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


def quick_of(cast: Cast, actor: User, user: User) -> dict[str, str]:
    """Return what the row of a user offers to an actor, by name."""
    quick = QuickActions(cast.contoso, full(actor), back="/customers/?q=a b")
    return {action.name: url for action, url in quick.of(full(user))}


def test_a_row_offers_what_is_done_every_day_and_the_way_back(cast: Cast) -> None:
    here = f"/customers/{cast.contoso.pk}/users"
    way = "next=%2Fcustomers%2F%3Fq%3Da+b"
    assert quick_of(cast, cast.alice, cast.uma) == {
        "reset": f"{here}/{cast.uma.pk}/reset/?{way}",
        "block": f"{here}/{cast.uma.pk}/block/?{way}",
        "leave": f"{here}/leave/?user={cast.uma.pk}&{way}",
    }
    User.objects.filter(pk=cast.uma.pk).update(blocked_at=timezone.now())
    assert list(quick_of(cast, cast.alice, cast.uma)) == ["reset", "allow", "leave"]


def test_a_row_offers_nothing_that_the_role_or_oneself_can_not_do(cast: Cast) -> None:
    assert quick_of(cast, cast.sally, cast.uma) == {}
    assert list(quick_of(cast, cast.bob, cast.uma)) == ["reset"]
    assert quick_of(cast, cast.bob, cast.gail) == {}, "an administrator"
    assert quick_of(cast, cast.gail, cast.gail) == {}, "oneself"


def test_the_links_of_a_row_name_the_user_and_draw_each_icon_once(cast: Cast) -> None:
    User.objects.filter(pk=cast.uma.pk).update(display_name='U"<b>')
    users = list(User.objects.in_list().filter(customer=cast.contoso).order_by("pk"))
    quick = QuickActions(cast.contoso, full(cast.alice), back="/")
    rows = user_rows(users, cast.contoso, base_url="/users/", selected=(), quick=quick)
    html = drawn_rows(rows, selectable=True)
    assert 'title="Reset password: U&quot;&lt;b&gt;" aria-label="Reset password"' in html
    assert html.count('id="quick-reset"') == 1
    assert html.count('href="#quick-reset"') == len(users) - 1


def test_quick_actions_ask_the_database_nothing(cast: Cast) -> None:
    users = list(User.objects.in_list().filter(customer=cast.contoso))
    actor = full(cast.alice)
    with CaptureQueriesContext(connection) as queries:
        quick = QuickActions(cast.contoso, actor, back="/")
        assert any(quick.of(user) for user in users)
    assert len(queries) == 0


def full(user: User) -> User:
    return User.objects.with_roles().get(pk=user.pk)
