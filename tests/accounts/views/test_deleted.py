"""Deleted users: the list, and for good."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django import Settings

from accounts.models import User
from accounts.services.returns import Choices
from accounts.services.users import delete_users, restore_users
from accounts.views.deleted import time_left
from customers.models import AuditEvent
from customers.roles import Role
from licensing.models import Subscription
from tests.accounts.bulk import base, of
from tests.accounts.verbs import delete
from tests.factories import (
    CustomerFactory,
    ProductFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.support.cast import Cast
from tests.support.forms import Fields, fields, read, words
from tests.support.html import problems


def test_list_shows_who_when_by_whom_and_what_was_held(
    alice: Client, cast: Cast, mail: Subscription
) -> None:
    User.objects.filter(pk=cast.alice.pk).update(time_zone="Europe/Oslo")
    delete(cast, cast.uma, actor=cast.gail)
    html = read(alice, base(cast.contoso, "deleted"))
    text = words(html)
    assert "Deleted users (1)" in text
    cast.uma.refresh_from_db()
    deleted = timezone.localtime(cast.uma.deleted_at, ZoneInfo("Europe/Oslo"))
    assert "Uma uma@contoso.example" in text
    assert f"{deleted.day} {deleted:%b %Y}, {deleted:%H:%M}" in text
    assert "Gail 30 days Mail" in text
    assert problems(html) == []


def test_those_whose_day_has_come_are_neither_listed_nor_counted(alice: Client, cast: Cast) -> None:
    late = timezone.now() - timedelta(days=31)
    UserFactory.create(customer=cast.contoso, deleted_at=late, display_name="Too late")
    delete(cast, cast.uma)
    text = words(read(alice, base(cast.contoso, "deleted")))
    assert "Deleted users (1)" in text
    assert "Too late" not in text
    assert "1 user" in text


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(days=30), "30 days"),
        (timedelta(days=30) - timedelta(seconds=1), "30 days"),
        (timedelta(days=29, hours=9), "30 days"),
        (timedelta(days=29, hours=7), "29 days"),
        (timedelta(days=1, hours=7), "1 day"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=24) - timedelta(seconds=1), "23 hours"),
        (timedelta(hours=2) - timedelta(seconds=1), "1 hour"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=59), "Less than 1 hour"),
        (timedelta(seconds=1), "Less than 1 hour"),
        (timedelta(seconds=-1), "Less than 1 hour"),
    ],
)
def test_time_left_is_in_days_of_the_calendar_and_below_one_in_hours(
    left: timedelta, expected: str
) -> None:
    now = datetime(2026, 12, 2, 16, tzinfo=UTC)
    assert time_left(User(purge_after=now + left), now) == expected


def test_the_days_left_are_those_of_the_viewers_calendar() -> None:
    now = datetime(2026, 12, 2, 16, tzinfo=UTC)
    user = User(purge_after=now + timedelta(days=29, hours=9))
    with timezone.override("America/New_York"):
        assert time_left(user, now) == "29 days"


def test_a_day_of_25_hours_leaves_one_day() -> None:
    with timezone.override("Europe/Berlin"):
        now = datetime(2026, 10, 25, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
        assert time_left(User(purge_after=now + timedelta(days=1)), now) == "1 day"


def test_right_after_the_deletion_all_days_are_left(alice: Client, cast: Cast) -> None:
    delete(cast, cast.uma)
    assert ">30 days</time>" in read(alice, base(cast.contoso, "deleted"))


def test_the_exact_moment_stands_behind_the_days_left(alice: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(time_zone="America/New_York")
    final = timezone.now().replace(microsecond=0) + timedelta(days=9)
    UserFactory.create(customer=cast.contoso, deleted=True, purge_after=final)
    html = read(alice, base(cast.contoso, "deleted"))
    told = final.astimezone(ZoneInfo("America/New_York"))
    moment = re.search(r'<time datetime="([^"]*)" title="([^"]*)">9 days</time>', html)
    assert moment
    assert moment[1] == told.isoformat()
    assert date_format(told.replace(tzinfo=None), "DATETIME_FORMAT") == moment[2]


def test_search_finds_among_the_deleted(alice: Client, cast: Cast) -> None:
    zoe = UserFactory.create(customer=cast.contoso, display_name="Zoë Ångström", deleted=True)
    delete(cast, cast.uma)
    text = words(read(alice, base(cast.contoso, "deleted") + "?q=angstrom"))
    assert zoe.display_name in text
    assert "uma@contoso.example" not in text
    html = read(alice, base(cast.contoso, "deleted") + "?q=nobody")
    assert "No users match “nobody”" in words(html)
    assert problems(html) == []


def test_empty_list_says_what_it_is_for(alice: Client, cast: Cast) -> None:
    html = read(alice, base(cast.contoso, "deleted"))
    assert "No deleted users" in words(html)
    assert problems(html) == []


def test_list_is_paged_by_place(alice: Client, cast: Cast, settings: Any) -> None:
    settings.PAGE_SIZE = 2
    now = timezone.now()
    for number in range(5):
        UserFactory.create(
            customer=cast.contoso,
            display_name=f"Gone {number}",
            deleted_at=now - timedelta(days=number),
        )
    first = base(cast.contoso, "deleted")
    seen, url = [], first
    while url:
        html = read(alice, url)
        seen += [f"Gone {number}" for number in range(5) if f"Gone {number}" in words(html)]
        link = html.split('rel="next"')[0].rpartition('href="')[2] if 'rel="next"' in html else ""
        url = first + link.split('"')[0].replace("&amp;", "&") if link else ""
    assert seen == [f"Gone {number}" for number in range(5)]


def test_who_may_only_see_can_not_select(client: Client, cast: Cast) -> None:
    delete(cast, cast.uma)
    client.force_login(cast.sally)
    html = read(client, base(cast.contoso, "deleted"))
    assert "Uma" in words(html)
    assert 'name="user"' not in html
    assert "Delete permanently" not in html


def test_user_administrator_selects_whom_the_role_reaches(client: Client, cast: Cast) -> None:
    delete(cast, cast.uma, cast.gail)
    client.force_login(UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN]))
    html = read(client, base(cast.contoso, "deleted"))
    assert f'name="user" value="{cast.uma.pk}"' in html
    assert f'name="user" value="{cast.gail.pk}"' not in html
    assert "Delete permanently" not in html
    text = words(read(client, of("restore", cast.uma, cast.gail)))
    assert "Gail is an administrator, whom your role can't manage, and is skipped." in text
    response = client.get(of("restore", cast.gail))
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert client.post(of("restore", cast.gail)).status_code == HTTPStatus.FORBIDDEN
    assert client.get(of("remove", cast.uma)).status_code == HTTPStatus.FORBIDDEN


def test_foreign_and_wrong_ids_are_not_found(alice: Client, cast: Cast) -> None:
    stranger = UserFactory.create(customer=cast.northwind, deleted=True)
    delete(cast, cast.uma)
    for page in ("restore", "remove"):
        url = of(page, cast.uma, stranger)
        assert alice.get(url).status_code == alice.post(url).status_code == HTTPStatus.NOT_FOUND
        assert alice.get(base(cast.contoso, page) + "?user=x").status_code == HTTPStatus.NOT_FOUND


def remove(client: Client, cast: Cast, users: Sequence[User], typed: str) -> Any:
    url = of("remove", *users)
    return client.post(url, {**fields(read(client, url)), "typed": typed})


@pytest.mark.parametrize("typed", ["Uma", " uma "])
def test_one_is_removed_by_the_name(alice: Client, cast: Cast, typed: str) -> None:
    delete(cast, cast.uma)
    response = remove(alice, cast, [cast.uma], typed)
    html = read(alice, response["Location"])
    assert "User deleted permanently" in words(html)
    assert "Uma uma@contoso.example" in words(html)
    assert problems(html) == []
    assert not User.objects.filter(pk=cast.uma.pk).exists()
    assert AuditEvent.objects.filter(target_id=cast.uma.pk, action="user.removed").exists()


@pytest.mark.parametrize("typed", ["", "Gail", "1", "yes"])
def test_wrong_name_removes_nobody(alice: Client, cast: Cast, typed: str) -> None:
    delete(cast, cast.uma)
    response = remove(alice, cast, [cast.uma], typed)
    assert response.status_code == HTTPStatus.OK
    assert problems(response.content.decode()) == []
    assert User.objects.filter(pk=cast.uma.pk).exists()


def test_several_are_removed_by_their_number(alice: Client, cast: Cast) -> None:
    users = UserFactory.create_batch(3, customer=cast.contoso, deleted=True)
    for typed in ("2", "Uma", ""):
        assert remove(alice, cast, users, typed).status_code == HTTPStatus.OK
    url = of("remove", *users)
    sent: Fields = {**fields(read(alice, url)), "typed": ["3"]}
    first, second = alice.post(url, sent), alice.post(url, sent)
    assert first["Location"] == second["Location"]
    assert "Users deleted permanently" in words(read(alice, first["Location"]))
    assert not User.objects.filter(pk__in=[user.pk for user in users]).exists()


def test_of_many_who_are_gone_some_are_named_and_the_others_counted(
    alice: Client, cast: Cast, settings: Settings
) -> None:
    users = UserFactory.create_batch(3, customer=cast.contoso, deleted=True)
    sent: Fields = {**fields(read(alice, of("remove", *users))), "typed": ["3"]}
    response = alice.post(of("remove", *users), sent)
    settings.PAGE_SIZE = 1
    page = alice.get(response["Location"])
    [row] = page.context["rows"]
    assert row.name in {user.display_name for user in users}
    assert "and 2 more" in page.text


def test_living_are_never_removed(alice: Client, cast: Cast) -> None:
    text = words(read(alice, of("remove", cast.uma)))
    assert "Uma is not deleted and stays. No users to delete" in text
    alice.post(of("remove", cast.uma), {"typed": "Uma"})
    assert User.objects.filter(pk=cast.uma.pk).exists()


def test_queries_do_not_grow_with_users(alice: Client, cast: Cast) -> None:
    users = UserFactory.create_batch(3, customer=cast.contoso)
    product = ProductFactory.create()
    SubscriptionFactory.create(customer=cast.contoso, product=product, holders=users)
    delete(cast, *users)
    for gone in users:
        local_part = gone.user_name.partition("@")[0]
        UserFactory.create(customer=cast.contoso, local_part=local_part)

    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            read(alice, url)
        return len(captured)

    for page in ("restore", "remove"):
        assert queries(of(page, users[0])) == queries(of(page, *users))
    many = queries(base(cast.contoso, "deleted"))
    restore_users(
        users[:2],
        customer=cast.contoso,
        actor=cast.alice,
        choices=Choices({user.pk: f"back{user.pk}@contoso.example" for user in users}),
    )
    assert queries(base(cast.contoso, "deleted")) == many


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", "Cy Ada Bo"),
        ("deleted", "Bo Ada Cy"),
        ("name", "Ada Bo Cy"),
        ("-name", "Cy Bo Ada"),
        ("user", "Cy Bo Ada"),
        ("-user", "Ada Bo Cy"),
        # Alice, then Bob.
        ("by", "Ada Bo Cy"),
        ("-by", "Cy Bo Ada"),
        ("left", "Bo Cy Ada"),
        ("-left", "Ada Cy Bo"),
        ("added", "Cy Ada Bo"),
    ],
)
def test_the_deleted_sort_by_each_column(
    client: Client, cast: Cast, settings: Settings, sort: str, expected: str
) -> None:
    customer, now = CustomerFactory.create(partner=cast.fabrikam), timezone.now()
    made = (
        ("Ada", "z", cast.alice, 2, 29),
        ("Bo", "y", cast.bob, 3, 1),
        ("Cy", "x", cast.bob, 1, 2),
    )
    for name, local, by, ago, left in made:
        user = UserFactory.create(customer=customer, display_name=name, local_part=local)
        delete_users([user], customer=customer, actor=cast.alice)
        User.objects.filter(pk=user.pk).update(
            deleted_by=by,
            deleted_at=now - timedelta(days=ago),
            purge_after=now + timedelta(days=left),
        )
    client.force_login(cast.alice)
    settings.PAGE_SIZE = 2
    page = f"/customers/{customer.pk}/users/deleted/"
    seen, response = [], client.get(page, {"sort": sort})
    assert problems(response.content.decode()) == []
    while True:
        seen += [row.display_name for row in response.context["rows"]]
        following = response.context["pager"].next_url
        if not following:
            break
        response = client.get(page + following)
    assert " ".join(seen) == expected
    # A search is sorted alike, and the last page is the rest.
    found = client.get(page, {"sort": sort, "q": "example"})
    assert [row.display_name for row in found.context["rows"]] == seen[:2]
    last = client.get(page, {"sort": sort, "last": "1"}).context["rows"]
    assert [row.display_name for row in last] == seen[2:]
