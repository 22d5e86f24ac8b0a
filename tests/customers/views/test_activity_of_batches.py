"""A batch in the activity log: one line, which opens to its users."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.undo import undo_batch
from accounts.services.users import (
    allow_users,
    block_users,
    change_user,
    delete_users,
    remove_users,
    reset_passwords,
)
from customers.actions import Action
from customers.models import AuditEvent, Batch, BatchKind
from customers.services import audit, bulk
from customers.services.batches import open_batch
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.support.forms import words
from tests.support.html import problems

Get = Callable[..., Any]


@pytest.fixture
def get(client: Client, cast: Cast) -> Get:
    """Contoso's log as a user sees it: get(cast.bob, person="…")."""

    def ask(viewer: Any = cast.alice, path: str = "", /, **query: str) -> Any:
        client.force_login(viewer)
        return client.get(f"/customers/{cast.contoso.pk}/activity/{path}", query)

    return ask


@pytest.fixture
def users(cast: Cast) -> list[User]:
    return UserFactory.create_batch(3, customer=cast.contoso)


def block(users: list[User], cast: Cast, actor: User | None = None) -> Batch:
    return block_users(users, customer=cast.contoso, actor=actor or cast.alice)


def said(response: Any) -> list[str]:
    found = response.context["lines"]
    return [line.batch_summary.label if line.batch_summary else line.action for line in found]


def opened(response: Any) -> list[str]:
    return [line.target.name for line in response.context["lines"]]


def test_a_batch_is_one_line_and_one_event_stays_an_event(
    get: Get, cast: Cast, users: list[User]
) -> None:
    batch = block(users, cast)
    block([cast.uma], cast)
    response = get()
    assert said(response) == ["Sign-in blocked", "Block sign-in: 3 users"]
    text = response.content.decode()
    assert problems(text) == []
    assert f"Block sign-in: 3 users {users[0].display_name} and 2 more Result Undo" in words(text)
    assert f'href="/customers/{cast.contoso.pk}/activity/batches/{batch.pk}/"' in text
    assert f'href="/batches/{batch.pk}/"' in text


def test_an_undo_is_told_from_the_action_that_it_takes_back(
    get: Get, cast: Cast, users: list[User]
) -> None:
    undo = undo_batch(block(users, cast), actor=cast.alice)
    undo_batch(block([cast.uma], cast), actor=cast.alice)
    response = get()
    assert said(response) == [
        "Sign-in allowed",
        "Sign-in blocked",
        "Undo: Block sign-in: 3 users",
        "Block sign-in: 3 users",
    ]
    assert [line.details[:1] for line in response.context["lines"]][:2] == [
        ["Undo: Block sign-in"],
        [],
    ]
    assert "Undo: Block sign-in: 3 users" in get(cast.alice, f"batches/{undo.pk}/").content.decode()


def test_each_action_is_undone_from_the_log_by_a_user_who_may(get: Get, cast: Cast) -> None:
    batch = block([cast.uma], cast)
    link = f'href="/batches/{batch.pk}/undo/"'
    assert link in get().content.decode()
    undo_batch(batch, actor=cast.alice)
    assert link not in get().content.decode()
    own = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.bob).batch
    assert f"/batches/{own.pk}/undo/" not in get(cast.bob).content.decode()


def test_a_batch_opens_to_its_users_with_before_and_after(
    get: Get, cast: Cast, users: list[User]
) -> None:
    office = ProductFactory.create(name="Office")
    subscription = SubscriptionFactory.create(customer=cast.contoso, product=office)
    change = {subscription.pk: LicenseChange(have=True)}
    batch = change_licenses(users, change, customer=cast.contoso, actor=cast.alice)
    response = get(cast.alice, f"batches/{batch.pk}/")
    assert opened(response) == [user.display_name for user in users]
    assert problems(response.content.decode()) == []
    text = words(response.content.decode())
    assert "Manage licenses: 3 users Alice ·" in text
    first = users[0]
    assert f"{first.display_name} {first.user_name} License assigned Office" in text


def test_several_things_done_to_one_user_at_once_are_one_line(
    get: Get, cast: Cast, users: list[User]
) -> None:
    subscriptions = SubscriptionFactory.create_batch(2, customer=cast.contoso)
    change = {subscription.pk: LicenseChange(have=True) for subscription in subscriptions}
    change_licenses(users[:1], change, customer=cast.contoso, actor=cast.alice)
    response = get()
    assert said(response) == ["Manage licenses: 1 user"]
    assert f"{users[0].display_name} {users[0].user_name} Result" in words(
        response.content.decode()
    )


def test_a_filter_finds_a_batch_by_any_of_its_events(
    get: Get, cast: Cast, users: list[User]
) -> None:
    block(users, cast)
    block([cast.uma], cast)
    name = users[2].user_name
    response = get(user=name, action=Action.USER_BLOCKED)
    assert said(response) == ["Block sign-in: 3 users"]
    (line,) = response.context["lines"]
    assert line.batch_summary.fitting == "1 entry fits the filter"
    assert opened(get(cast.alice, line.batch_summary.url.partition("/activity/")[2])) == [
        users[2].display_name
    ]
    assert said(get(action=Action.USER_ALLOWED)) == []
    assert said(get(person="alice", since="2000-01-01")) == [
        "Sign-in blocked",
        "Block sign-in: 3 users",
    ]
    assert said(get(until="2000-01-01")) == []


def test_fitting_events_are_counted_to_an_end(
    get: Get, cast: Cast, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    block(users, cast)
    for limit, text in ((3, "3 entries fit"), (2, "More than 2 entries fit")):
        monkeypatch.setattr("customers.views.activity.COUNTED", limit)
        (line,) = get(action=Action.USER_BLOCKED).context["lines"]
        assert line.batch_summary.fitting == f"{text} the filter"


def test_what_is_written_later_for_a_batch_belongs_to_its_line(
    get: Get, cast: Cast, users: list[User]
) -> None:
    batch = open_batch(BatchKind.UPLOAD, actor=cast.alice, customer=cast.contoso)
    for part in (users[:2], users[2:]):
        entries = [audit.Entry(Action.USER_ADDED, user) for user in part]
        audit.record(entries, actor=cast.alice, customer=cast.contoso, batch=batch)
    assert said(get()) == ["Upload users: 3 users"]
    assert len(opened(get(cast.alice, f"batches/{batch.pk}/"))) == 3


def test_many_alike_events_are_one_line_too(get: Get, cast: Cast) -> None:
    many = UserFactory.create_batch(bulk.SET_FROM, customer=cast.contoso)
    batch = open_batch(BatchKind.CREATE, actor=cast.alice, customer=cast.contoso)
    entries = [audit.Entry(Action.USER_ADDED, user) for user in many]
    entries += [audit.Entry(Action.LICENSE_ASSIGNED, many[0], {"product": "Office"})]
    audit.record(entries, actor=cast.alice, customer=cast.contoso, batch=batch)
    assert said(get()) == [f"Add users: {bulk.SET_FROM} users"]
    leading = AuditEvent.objects.exclude(stands_for=None).values_list("stands_for", flat=True)
    assert list(leading) == [bulk.SET_FROM]
    audit.record(entries, actor=None, customer=cast.contoso)
    assert leading.filter(batch_id=None, stands_for=1).count() == len(entries)


def test_pages_of_the_log_count_lines_and_not_events(
    get: Get, cast: Cast, users: list[User], settings: Settings
) -> None:
    settings.PAGE_SIZE = 2
    for action in (block_users, allow_users, block_users):
        action(users, customer=cast.contoso, actor=cast.alice)
    newest = get()
    assert said(newest) == ["Block sign-in: 3 users", "Allow sign-in: 3 users"]
    older = get(before=newest.context["pager"].next_url.partition("=")[2])
    assert said(older) == ["Block sign-in: 3 users"]
    assert said(get(after="0")) == ["Allow sign-in: 3 users", "Block sign-in: 3 users"]


def test_a_batch_is_paged_from_its_first_user_on(get: Get, cast: Cast, settings: Settings) -> None:
    settings.PAGE_SIZE = 2
    users = UserFactory.create_batch(5, customer=cast.contoso)
    batch = block(users, cast)
    block([cast.uma], cast)
    names = [user.display_name for user in users]

    def walk(url: str) -> tuple[list[str], Any]:
        query = dict(part.split("=") for part in url.partition("?")[2].split("&") if part)
        response = get(cast.alice, f"batches/{batch.pk}/", **query)
        return opened(response), response.context["pager"]

    first, pager = walk("")
    assert (first, pager.first_url, pager.previous_url) == (names[:2], None, None)
    second, pager = walk(pager.next_url)
    assert second == names[2:4]
    third, pager = walk(pager.next_url)
    assert (third, pager.next_url, pager.last_url) == (names[4:], None, None)
    assert walk(pager.previous_url)[0] == names[2:4]
    last, pager = walk(walk("")[1].last_url)
    assert (last, pager.next_url) == (names[3:], None)
    assert walk(pager.first_url)[0] == names[:2]


def test_the_log_and_a_batch_cost_the_same_for_three_and_thirty(
    client: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    log = f"/customers/{cast.contoso.pk}/activity/"
    few = block(UserFactory.create_batch(3, customer=cast.contoso), cast)
    client.force_login(cast.alice)
    with django_assert_num_queries(8):
        assert said(client.get(log, {"user": "ada"})) == ["Block sign-in: 3 users"]
    with django_assert_num_queries(9):
        assert len(opened(client.get(f"{log}batches/{few.pk}/"))) == 3
    many = block(UserFactory.create_batch(30, customer=cast.contoso), cast)
    for number in range(5):
        block(UserFactory.create_batch(2 + number, customer=cast.contoso), cast)
    with django_assert_num_queries(8):
        assert len(said(client.get(log, {"user": "ada"}))) == 7
    with django_assert_num_queries(9):
        assert len(opened(client.get(f"{log}batches/{many.pk}/"))) == 30


def test_a_limited_role_sees_the_own_batches_alone(get: Get, cast: Cast, users: list[User]) -> None:
    other = block(users, cast)
    subscription = SubscriptionFactory.create(customer=cast.contoso)
    change = {subscription.pk: LicenseChange(have=True)}
    own = change_licenses(users[:2], change, customer=cast.contoso, actor=cast.sally)
    assert said(get(cast.sally)) == ["Manage licenses: 2 users"]
    assert len(opened(get(cast.sally, f"batches/{own.pk}/"))) == 2
    response = get(cast.sally, f"batches/{other.pk}/")
    assert opened(response) == []
    assert "Nothing that your role shows" in words(response.content.decode())
    assert users[0].display_name not in response.content.decode()


def test_a_batch_is_open_within_its_customer_alone(get: Get, cast: Cast) -> None:
    strangers = UserFactory.create_batch(2, customer=cast.northwind)
    batch = block_users(strangers, customer=cast.northwind, actor=cast.alice)
    assert get(cast.alice, f"batches/{batch.pk}/").status_code == 404
    assert said(get()) == []


def test_a_filter_within_a_batch_may_find_nothing(get: Get, cast: Cast, users: list[User]) -> None:
    batch = block(users, cast)
    response = get(cast.alice, f"batches/{batch.pk}/", user="nobody")
    assert "Nothing fits this filter" in words(response.content.decode())
    assert problems(response.content.decode()) == []
    wrong = get(cast.alice, f"batches/{batch.pk}/", action="user.eaten")
    assert "Choose one of these actions." in words(wrong.content.decode())


def test_the_customers_home_tells_of_a_batch_in_one_line(
    client: Client, cast: Cast, users: list[User]
) -> None:
    block(users, cast)
    client.force_login(cast.alice)
    text = client.get(f"/customers/{cast.contoso.pk}/").content.decode()
    assert words(text).count("Block sign-in: 3 users") == 1
    assert "Sign-in blocked" not in words(text)


def test_the_log_of_one_user_has_each_event_whatever_the_name_was(
    get: Get, cast: Cast, users: list[User]
) -> None:
    block([cast.uma, *users], cast)
    change_user(cast.uma, customer=cast.contoso, actor=cast.alice, fields={"display_name": "Uma B"})
    other_uma = UserFactory.create(customer=cast.contoso, display_name="Uma B")
    block([other_uma], cast)
    response = get(user_id=str(cast.uma.pk))
    text = response.content.decode()
    assert problems(text) == []
    assert opened(response) == ["Uma B", "Uma"]
    assert "What was done to U Uma B uma@contoso.example" in words(text)
    assert "Display name: Uma → Uma B" in words(text)
    assert "Sign-in blocked Uma uma@contoso.example With 3 other users" in words(text)
    assert len(said(get(user_id=str(cast.uma.pk), action=Action.USER_BLOCKED))) == 1
    assert response.context["all_url"] == f"/customers/{cast.contoso.pk}/activity/"
    export = b"".join(
        get(cast.alice, "export/", user_id=str(cast.uma.pk)).streaming_content
    ).decode()
    assert export.count("\r\n") == 3


def test_the_log_of_a_user_gone_has_the_name_that_it_kept(
    get: Get, cast: Cast, users: list[User]
) -> None:
    block([cast.uma], cast)
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    remove_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    response = get(user_id=str(cast.uma.pk))
    assert len(said(response)) == 3
    assert response.context["about"].user_name == "uma@contoso.example"


def test_the_log_of_a_stranger_is_empty_and_tells_no_name(get: Get, cast: Cast) -> None:
    stranger = UserFactory.create(customer=cast.adatum, display_name="Nobody's business")
    block_users([stranger], customer=cast.adatum, actor=cast.charlie)
    response = get(user_id=str(stranger.pk))
    assert said(response) == []
    assert "business" not in response.content.decode()


@pytest.mark.parametrize("number", ["x", "0", "-1", "9" * 30, "\x00"])
def test_an_id_that_is_none_is_said(get: Get, cast: Cast, number: str) -> None:
    text = get(user_id=number).content.decode()
    assert problems(text) == []
    assert "This address names no user." in words(text)
