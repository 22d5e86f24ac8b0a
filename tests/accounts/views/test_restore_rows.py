"""The restore desk: one table of many users, where names, seats and whom to skip are decided."""

from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.forms import restore as restore_form
from accounts.models import Selection, User
from accounts.services import running, selections
from accounts.services.users import delete_users, restore_users
from accounts.views.batches import detail
from customers.models import Batch, BatchState
from licensing.models import LicenseAssignment, Subscription
from tests.accounts.verbs import delete, fresh, subscribe
from tests.factories import UserFactory, assign
from tests.support.cast import Cast
from tests.support.forms import Fields, fields, read, told, words
from tests.support.html import problems


@pytest.fixture
def users(cast: Cast) -> list[User]:
    """Ann, Ben and Cleo, deleted with Mail, of which one seat is left, and with Calls."""
    users = [
        UserFactory.create(customer=cast.contoso, display_name=name, local_part=name.lower())
        for name in ("Ann", "Ben", "Cleo")
    ]
    mail = subscribe(cast, "Mail", *users, quantity=3)
    subscribe(cast, "Calls", *users)
    delete(cast, *users)
    Subscription.objects.filter(pk=mail.pk).update(quantity=1)
    return users


def address(cast: Cast, *users: User, page: str = "restore") -> str:
    query = "&".join(f"user={user.pk}" for user in users)
    return f"/customers/{cast.contoso.pk}/users/{page}/?{query}"


def box(user: User) -> str:
    """The value of the box that gives this user a seat of Mail."""
    held = LicenseAssignment.objects.get(user=user, subscription__product__name="Mail")
    return str(held.pk)


def with_mail(users: list[User]) -> list[str]:
    rows = LicenseAssignment.objects.live().filter(subscription__product__name="Mail")
    held = set(rows.values_list("user_id", flat=True))
    return [user.display_name for user in users if user.pk in held]


def select(cast: Cast, *users: User) -> Selection:
    ids = [user.pk for user in users]
    return selections.choose(
        "token", shown=ids, chosen=ids, customer=cast.contoso, actor=cast.alice
    )


def by_token(cast: Cast, page: str = "restore") -> str:
    return f"/customers/{cast.contoso.pk}/users/{page}/?s=token"


def test_figures_stand_on_top_and_seats_by_the_button(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    UserFactory.create(customer=cast.contoso, local_part="ben")
    html = read(alice, address(cast, *users))
    text = words(html)
    assert "3 users · 4 licenses come back · 2 without a seat · 1 name to change" in text
    assert "Mail 1 of 1 seat given, needed by 3 Buy more" in text
    assert fields(html)["back"] == [box(users[0])]
    # Those with something to decide come first.
    assert text.index("Ben") < text.index("Cleo") < text.index("Ann")
    assert problems(html) == []


def test_a_seat_goes_to_whom_it_is_given(alice: Client, cast: Cast, users: list[User]) -> None:
    url = address(cast, *users)
    sent = fields(read(alice, url)) | {"back": [box(users[2])]}
    report = words(read(alice, alice.post(url, sent)["Location"]))
    assert with_mail(users) == ["Cleo"]
    assert "Mail 2 users came back without it: no seat was free." in report
    assert "Buy more" in report


def test_too_many_seats_are_refused_with_all_else_kept(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    UserFactory.create(customer=cast.contoso, local_part="ben")
    url, name = address(cast, *users), f"name-{users[1].pk}"
    changed = {
        "back": [box(users[1]), box(users[2])],
        name: ["ben@elsewhere.example"],
        "skip": [str(users[0].pk)],
    }
    response = alice.post(url, fields(read(alice, url)) | changed)
    assert response.status_code == HTTPStatus.OK
    html = response.content.decode()
    text = words(html)
    assert "Mail: 1 seat too many is given." in text
    assert "The domain elsewhere.example does not belong to this customer." in text
    assert "2 users · 4 licenses come back" in text
    again = fields(html)
    assert {key: again[key] for key in changed} == changed
    assert problems(html) == []
    again |= {"back": [box(users[1])], name: ["ben.two@contoso.example"]}
    alice.post(url, again)
    assert [fresh(user).username for user in users] == [
        None,
        "ben.two@contoso.example",
        "cleo@contoso.example",
    ]
    assert with_mail(users) == ["Ben"]


def test_seat_of_the_skipped_is_free_and_goes_to_nobody_by_itself(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    url = address(cast, *users)
    sent = fields(read(alice, url)) | {"skip": [str(users[0].pk)]}
    report = words(read(alice, alice.post(url, sent)["Location"]))
    assert with_mail(users) == []
    assert "Skipped by choice: stays deleted." in report
    assert "Mail: excluded by choice." in report


def test_name_of_the_skipped_needs_not_be_right(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    UserFactory.create(customer=cast.contoso, local_part="ben")
    url = address(cast, *users)
    wrong = {"skip": [str(users[1].pk)], f"name-{users[1].pk}": [""]}
    response = alice.post(url, fields(read(alice, url)) | wrong)
    assert "Users restored" in words(read(alice, response["Location"]))


def test_every_user_skipped_is_said(alice: Client, cast: Cast, users: list[User]) -> None:
    url = address(cast, *users)
    sent = fields(read(alice, url)) | {"skip": [str(user.pk) for user in users]}
    assert "All users are skipped." in told(alice.post(url, sent))
    assert Batch.objects.filter(kind="restore").count() == 0


def test_one_user_can_not_be_skipped(alice: Client, cast: Cast, users: list[User]) -> None:
    assert "Skip" not in words(read(alice, address(cast, users[0])))


def test_a_subscription_without_any_seat_leaves_nothing_to_choose(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    assign(Subscription.objects.get(product__name="Mail"), cast.uma)
    html = read(alice, address(cast, *users))
    assert "back" not in fields(html)
    assert "Mail no seats left, needed by 3 Buy more" in words(html)


def test_a_selection_is_restored_in_the_order_of_names(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    select(cast, *reversed(users))
    url = by_token(cast)
    response = alice.post(url, fields(read(alice, url)))
    assert "3 users updated." in words(read(alice, response["Location"]))
    assert with_mail(users) == ["Ann"]


def test_a_selection_that_has_changed_is_asked_for_again(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    UserFactory.create(customer=cast.contoso, local_part="ann")
    selections.choose_all(
        "token", query={"tab": "deleted"}, customer=cast.contoso, actor=cast.alice
    )
    url = by_token(cast)
    sent = fields(read(alice, url)) | {f"name-{users[0].pk}": ["typed@contoso.example"]}
    delete(cast, cast.uma)
    restore_users([users[1]], customer=cast.contoso, actor=cast.gail)
    html = alice.post(url, sent).content.decode()
    assert "Added: Uma Removed: Ben" in words(html)
    again = fields(html)
    assert again[f"name-{users[0].pk}"] == ["typed@contoso.example"]
    assert "3 users updated." in told(alice.post(url, again, follow=True))
    assert fresh(users[0]).username == "typed@contoso.example"


def test_license_and_user_that_changed_are_told_and_asked_again(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    url = address(cast, *users)
    sent = fields(read(alice, url))
    restore_users([users[1]], customer=cast.contoso, actor=cast.gail)
    text = told(alice.post(url, sent))
    assert "Ben is not deleted." in text
    assert "Ann: Mail: no seats left." in text
    assert fresh(users[0]).deleted_at


def test_of_many_changes_some_are_told_and_the_rest_counted(alice: Client, cast: Cast) -> None:
    crowd = UserFactory.create_batch(15, customer=cast.contoso)
    mail = subscribe(cast, "Mail", *crowd, quantity=15)
    delete(cast, *crowd)
    url = address(cast, *crowd)
    sent = fields(read(alice, url))
    Subscription.objects.filter(pk=mail.pk).update(status="suspended")
    text = told(alice.post(url, sent))
    assert text.count("Mail: the subscription is suspended.") == 10 + 15
    assert "5 more like these." in text


def test_of_many_only_those_with_a_problem_have_a_row(
    alice: Client, cast: Cast, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restore_form, "OTHERS", 1)
    more = UserFactory.create_batch(4, customer=cast.contoso)
    delete(cast, *more)
    html = read(alice, address(cast, *more, *users))
    text = words(html)
    # Ann holds the seat that the others may get.
    assert [name in text for name in ("Ann", "Ben", "Cleo")] == [True] * 3
    assert more[0].user_name not in text
    assert "And 4 more without problems: everything comes back." in text
    response = alice.post(address(cast, *more, *users), fields(html))
    assert "7 users updated." in words(read(alice, response["Location"]))


def test_problems_beyond_what_a_page_bears_are_solved_as_proposed(
    alice: Client, cast: Cast, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restore_form, "FIELDS", 2)
    monkeypatch.setattr(restore_form, "OTHERS", 0)
    UserFactory.create(customer=cast.contoso, local_part="cleo")
    html = read(alice, address(cast, *users))
    assert "And 1 more with changes" in words(html)
    response = alice.post(address(cast, *users), fields(html))
    assert "3 users updated." in words(read(alice, response["Location"]))
    assert fresh(users[2]).username == "cleo2@contoso.example"
    assert with_mail(users) == ["Ann"]


def test_more_than_a_page_waits_for_are_left_to_a_task(
    alice: Client, cast: Cast, users: list[User], settings: Settings
) -> None:
    settings.PEOPLE_AT_ONCE = 2
    select(cast, *users)
    url = by_token(cast)
    alice.post(url, fields(read(alice, url)) | {"back": [box(users[1])]})
    batch = Batch.objects.get(kind="restore")
    assert (batch.state, batch.users) == (BatchState.WAITING, [user.pk for user in users])
    assert running.run_batch(batch.pk)
    assert with_mail(users) == ["Ben"]


def test_report_leads_to_no_address_that_is_too_long(
    alice: Client, cast: Cast, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = address(cast, *users)
    report = alice.post(url, fields(read(alice, url)))["Location"]
    Subscription.objects.filter(product__name="Mail").update(quantity=9)
    assert "Manage licenses Buy more" in words(read(alice, report))
    monkeypatch.setattr(detail, "ADDRESS_LENGTH", 10)
    text = words(read(alice, report))
    assert "Manage licenses" not in text
    assert "Buy more" in text


def _crowd(cast: Cast, number: int, letter: str) -> list[User]:
    crowd = [
        UserFactory.create(customer=cast.contoso, local_part=f"{letter}{place}")
        for place in range(number)
    ]
    subscribe(cast, f"Mail {letter}", *crowd, quantity=number)
    delete(cast, *crowd)
    Subscription.objects.filter(product__name=f"Mail {letter}").update(quantity=number - 1)
    UserFactory.create(customer=cast.contoso, local_part=f"{letter}0")
    return crowd


@pytest.mark.parametrize("page", ["restore", "remove"])
def test_as_many_queries_for_three_hundred_as_for_three(
    alice: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, page: str
) -> None:
    few, many = _crowd(cast, 3, "a"), _crowd(cast, 300, "b")
    read(alice, address(cast, *few, page=page))
    with CaptureQueriesContext(connection) as queries:
        html = read(alice, address(cast, *few, page=page))
    with django_assert_num_queries(len(queries)):
        html = read(alice, address(cast, *many, page=page))
    assert problems(html) == []


def _remove(client: Client, url: str, **changed: str) -> Any:
    sent: Fields = fields(read(client, url))
    return client.post(url, sent | changed)


def test_a_selection_is_deleted_permanently_by_its_number(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    select(cast, *users, cast.uma)
    url = by_token(cast, "remove")
    assert "Uma is not deleted and stays." in words(read(alice, url))
    assert "This is not the number" in told(_remove(alice, url, typed="4"))
    response = _remove(alice, url, typed="3")
    assert "3 users updated." in words(read(alice, response["Location"]))
    assert not User.objects.filter(pk__in=[user.pk for user in users]).exists()


def test_nobody_joins_those_who_go_for_good_unseen(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    selections.choose_all(
        "token", query={"tab": "deleted"}, customer=cast.contoso, actor=cast.alice
    )
    url = by_token(cast, "remove")
    sent = fields(read(alice, url)) | {"typed": "3"}
    delete_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    text = told(alice.post(url, sent))
    assert "Added: Uma" in text
    assert "type the number of users: 4" in text
    assert User.objects.filter(pk__in=[user.pk for user in users]).count() == 3
