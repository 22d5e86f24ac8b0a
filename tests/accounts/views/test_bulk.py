"""What is asked once more before it is done to a selection, and where it leads."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django import Settings

from accounts.models import CredentialSheet, User
from accounts.services.users import allow_users, block_users, delete_users, remove_users
from customers.models import AuditEvent, Batch, BatchState
from customers.roles import Role
from tests.accounts.bulk import base, by_filter, by_ids, of, send
from tests.accounts.verbs import crowd, delete, fresh, outcomes, subscribe
from tests.factories import SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.support.forms import fields, read, told, words
from tests.support.html import problems

ACTIONS = ("reset", "block", "allow", "delete")
CHANGES = ("location", "department", "permissions")
PAGES = (*ACTIONS, *(f"change/{what}" for what in CHANGES))


@pytest.mark.parametrize("page", PAGES)
def test_nobody_selected_leads_back_to_the_list(alice: Client, cast: Cast, page: str) -> None:
    url = base(cast.contoso, page)
    html = read(alice, url)
    assert "No users selected" in words(html)
    assert f'href="/customers/{cast.contoso.pk}/users/"' in html
    assert 'name="key"' not in html
    assert problems(html) == []
    assert "No users selected" in told(alice.post(url))
    assert not Batch.objects.exists()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_valid_and_changes_nothing_by_itself(
    alice: Client, cast: Cast, page: str
) -> None:
    blocked = UserFactory.create(customer=cast.contoso)
    block_users([blocked], customer=cast.contoso, actor=cast.alice)
    html = read(alice, by_ids(cast, page, cast.gail, cast.uma, blocked))
    assert problems(html) == []
    assert Batch.objects.count() == 1
    assert f'href="/customers/{cast.contoso.pk}/users/?s=t"' in html


def test_block_says_whom_it_leaves_out_and_calls_out_administrators(
    client: Client, cast: Cast
) -> None:
    ann, ben, eve = (
        UserFactory.create(customer=cast.contoso, display_name=name)
        for name in ("Ann", "Ben", "Eve")
    )
    boss = UserFactory.create(
        customer=cast.contoso, display_name="Boss", roles=[Role.BILLING_ADMIN]
    )
    block_users([ann], customer=cast.contoso, actor=cast.alice)
    delete(cast, ben)
    subscribe(cast, "Mail", cast.uma, eve)
    client.force_login(cast.gail)
    url = of("block", cast.gail, cast.uma, ann, ben, eve, boss)
    html = read(client, url)
    text = words(html)
    for sentence in (
        "3 of 6 selected users",
        "1 of them is an administrator: Boss.",
        "2 seats stay taken: Mail (2).",
        "1 is already deleted: Ben.",
        "You can't block yourself.",
        "1 is already blocked: Ann.",
    ):
        assert sentence in text
    assert problems(html) == []
    response = send(client, url, reason="Ticket 4711")
    batch = Batch.objects.get(kind="block", by=cast.gail)
    assert response["Location"] == f"/batches/{batch.pk}/"
    assert (batch.done, batch.failed, batch.already) == (3, 2, 1)
    assert {event.reason for event in AuditEvent.objects.filter(batch_id=batch.pk)} == {
        "Ticket 4711"
    }


def test_administrators_beyond_the_role_are_named_and_left_out(client: Client, cast: Cast) -> None:
    admin = UserFactory.create(
        customer=cast.contoso, roles=[Role.USER_ADMIN, Role.PASSWORD_ADMIN], display_name="Ad"
    )
    client.force_login(admin)
    for action in ("reset", "block", "delete", "change/department"):
        text = words(read(client, of(action, cast.gail, cast.uma)))
        assert "1 is an administrator, whom your role can't manage: Gail." in text
        assert "1 of 2 selected users" in text
        assert "1 of them is an administrator" not in text
        text = words(read(client, of(action, cast.gail)))
        assert "No users selected" in text


def test_the_first_ten_administrators_are_named_and_fifty_users(alice: Client, cast: Cast) -> None:
    leaders = [
        UserFactory.create(
            customer=cast.contoso, display_name=f"Leader {number:02}", roles=[Role.SERVICE_ADMIN]
        )
        for number in range(12)
    ]
    others = crowd(cast.contoso, 45)
    html = read(alice, by_ids(cast, "delete", *leaders, *others, cast.uma))
    text = words(html)
    first = ", ".join(f"Leader {number:02}" for number in range(10))
    assert f"12 of them are administrators: {first} and 2 more." in text
    names = sorted(user.display_name for user in (*leaders, *others))[:50]
    shown = text[text.index("58 users", text.index("What happens")) :]
    assert [shown.count(f" {name} ") for name in names] == [1] * 50
    assert "Uma" not in shown
    assert "and 8 more" in shown


@pytest.mark.parametrize("action", ACTIONS)
def test_the_same_form_sent_twice_acts_once(alice: Client, cast: Cast, action: str) -> None:
    if action == "allow":
        block_users([cast.uma, cast.gail], customer=cast.contoso, actor=cast.alice)
    before = Batch.objects.count()
    url = by_ids(cast, action, cast.uma, cast.gail)
    sent = fields(read(alice, url))
    first, second = alice.post(url, sent), alice.post(url, sent)
    assert first.status_code == HTTPStatus.FOUND
    assert first["Location"] == second["Location"]
    assert Batch.objects.count() == before + 1


def test_a_reset_of_many_gives_one_sheet(alice: Client, cast: Cast) -> None:
    url = of("reset", cast.uma, cast.gail)
    text = words(read(alice, url))
    assert "2 temporary passwords are made, on one sheet." in text
    assert "This can't be undone." in text
    assert "24 characters" not in text
    response = send(alice, url, reason="lost phones")
    sheet = CredentialSheet.objects.get()
    assert response["Location"] == f"/customers/{cast.contoso.pk}/passwords/{sheet.pk}/"
    assert sheet.users == 2
    assert {event.reason for event in AuditEvent.objects.all()} == {"lost phones"}


def test_the_sheet_says_who_was_left_out(client: Client, cast: Cast) -> None:
    client.force_login(cast.gail)
    gone = [
        UserFactory.create(customer=cast.contoso, display_name=f"Gone {number:02}")
        for number in range(11)
    ]
    url = of("reset", cast.gail, cast.uma, *gone)
    sent = fields(read(client, url))
    delete(cast, *gone)
    text = told(client.post(url, sent, follow=True))
    assert "Choose Change password for yourself." in text
    assert "Gone 08 has been deleted by Alice. 2 more were skipped." in text
    assert "Gone 09" not in text
    assert CredentialSheet.objects.get().users == 1


def test_many_passwords_are_long_and_the_page_says_so(
    alice: Client, cast: Cast, settings: Settings
) -> None:
    settings.SHORT_PASSWORDS_UP_TO = 1
    text = words(read(alice, of("reset", cast.uma, cast.gail)))
    assert "For more than 1 user at a time, passwords have 24 characters, not 12." in text


def test_more_users_than_a_page_waits_for_are_left_to_a_task(
    alice: Client, cast: Cast, settings: Settings
) -> None:
    settings.PEOPLE_AT_ONCE = 1
    url = of("reset", cast.uma, cast.gail)
    sent = fields(read(alice, url))
    first, second = alice.post(url, sent), alice.post(url, sent)
    batch = Batch.objects.get()
    assert first["Location"] == second["Location"] == f"/batches/{batch.pk}/"
    assert (batch.state, sorted(batch.users)) == (
        BatchState.WAITING,
        sorted([cast.uma.pk, cast.gail.pk]),
    )


def test_delete_says_which_seats_are_freed_and_until_when(
    alice: Client, cast: Cast, settings: Settings
) -> None:
    settings.DELETED_USER_RETENTION_DAYS = 7
    alice.cookies["timezone"] = "UTC"
    mail = subscribe(cast, "Mail", cast.uma, cast.gail)
    subscribe(cast, "Phone", cast.uma)
    gone = UserFactory.create(customer=cast.contoso)
    SubscriptionFactory.create(customer=cast.contoso, holders=[gone])
    delete(cast, gone)
    url = of("delete", cast.uma, cast.gail, gone)
    text = words(read(alice, url))
    assert "3 seats are free at once: Mail (2), Phone (1)." in text
    assert "For 7 days the accounts can be restored" in text
    final = timezone.localtime(timezone.now() + timedelta(days=7))
    assert f"on {date_format(final, 'DATE_FORMAT')}" in text
    response = send(alice, url)
    assert "Users deleted" in told(alice.get(response["Location"]))
    mail.refresh_from_db()
    assert mail.assigned == 0


def test_of_a_selection_by_ids_the_deleted_are_left_out_without_asking_again(
    alice: Client, cast: Cast
) -> None:
    url = by_ids(cast, "delete", cast.uma, cast.gail)
    sent = fields(read(alice, url))
    delete_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    response = alice.post(url, sent)
    batch = Batch.objects.get(by=cast.alice)
    assert response["Location"] == f"/batches/{batch.pk}/"
    assert outcomes(batch) == [
        (cast.gail.pk, "done", ""),
        (cast.uma.pk, "failed", "Uma has been deleted by Gail."),
    ]


def test_a_user_who_came_or_went_since_is_named_and_asked_about_again(
    alice: Client, cast: Cast
) -> None:
    ada, eve = (
        UserFactory.create(customer=cast.contoso, display_name=f"{name} Lind")
        for name in ("Ada", "Eve")
    )
    url = by_filter(cast, "block", "lind")
    sent = fields(read(alice, url))
    delete(cast, ada)
    tom = UserFactory.create(customer=cast.contoso, display_name="Tom Lind")
    html = alice.post(url, sent | {"reason": ["as typed"]}).content.decode()
    text = words(html)
    assert "The selection has changed since this page was shown." in text
    assert "Added: Tom Lind" in text
    assert "Removed: Ada Lind" in text
    assert problems(html) == []
    assert fields(html)["reason"] == ["as typed"]
    assert fresh(eve).blocked_at is None
    response = alice.post(url, fields(html))
    assert response.status_code == HTTPStatus.FOUND
    assert [fresh(user).blocked_at is None for user in (ada, eve, tom)] == [True, False, False]


def test_a_page_that_another_tab_has_overtaken_asks_again(alice: Client, cast: Cast) -> None:
    url = by_ids(cast, "block", cast.uma)
    stale = fields(read(alice, url))
    by_ids(cast, "block", cast.gail)
    read(alice, url)
    assert "The selection has changed" in told(alice.post(url, stale))
    assert not Batch.objects.exists()


def test_a_selection_is_its_owners_alone(client: Client, cast: Cast) -> None:
    url = by_ids(cast, "block", cast.uma)
    client.force_login(cast.gail)
    assert client.get(url).status_code == HTTPStatus.NOT_FOUND
    assert client.post(url).status_code == HTTPStatus.NOT_FOUND
    foreign = UserFactory.create(customer=cast.northwind)
    client.force_login(cast.alice)
    url = f"{base(cast.contoso, 'block')}?user={foreign.pk}"
    assert client.get(url).status_code == HTTPStatus.NOT_FOUND


def test_what_can_be_done_to_nobody_has_no_button(alice: Client, cast: Cast) -> None:
    html = read(alice, of("allow", cast.uma, cast.gail))
    text = words(html)
    assert "No users selected" in text
    assert "2 are not blocked: Gail, Uma." in text
    assert "<button" not in html[html.index("<main") : html.index("</main>")]
    block_users([cast.uma, cast.gail], customer=cast.contoso, actor=cast.alice)
    assert "2 are already blocked: Gail, Uma." in words(
        read(alice, of("block", cast.uma, cast.gail))
    )
    allow_users([cast.gail], customer=cast.contoso, actor=cast.alice)
    assert "1 of 2 selected users" in words(read(alice, of("allow", cast.uma, cast.gail)))


def test_when_it_turns_out_that_nobody_is_left_the_page_says_why(alice: Client, cast: Cast) -> None:
    url = by_ids(cast, "delete", cast.uma)
    sent = fields(read(alice, url))
    delete_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    text = told(alice.post(url, sent))
    assert "Uma has been deleted by Gail." in text
    assert "1 is already deleted: Uma." in text
    assert Batch.objects.count() == 1


def test_users_who_are_gone_for_good_are_counted(alice: Client, cast: Cast) -> None:
    ann = UserFactory.create(customer=cast.contoso)
    url = by_ids(cast, "block", cast.uma, ann)
    sent = fields(read(alice, url))
    delete(cast, ann)
    remove_users([ann], customer=cast.contoso, actor=cast.alice)
    text = told(alice.post(url, sent | {"reason": "x" * 256}))
    assert "1 of 2 selected users" in text
    assert "1 has been deleted permanently." in text


def test_a_reason_that_is_too_long_is_refused_and_kept(alice: Client, cast: Cast) -> None:
    url = by_ids(cast, "delete", cast.uma)
    html = send(alice, url, reason="x" * 256).content.decode()
    assert "255 characters or fewer" in words(html)
    assert fields(html)["reason"] == ["x" * 256]
    assert problems(html) == []
    assert not Batch.objects.exists()


@pytest.mark.parametrize("page", PAGES)
def test_as_many_queries_for_three_hundred_as_for_three(
    alice: Client, cast: Cast, page: str
) -> None:
    def queries(*users: User) -> int:
        if page == "allow":
            block_users(users, customer=cast.contoso, actor=cast.alice)
        subscribe(cast, f"Mail {len(users)}", *users, quantity=len(users))
        leader = UserFactory.create(customer=cast.contoso, roles=[Role.GLOBAL_ADMIN])
        gone = UserFactory.create(customer=cast.contoso, deleted=True)
        url = by_ids(cast, page, *users, leader, gone, token=str(len(users)))
        with CaptureQueriesContext(connection) as found:
            assert f"of {len(users) + 2} selected users" in words(read(alice, url))
        return len(found)

    assert queries(*crowd(cast.contoso, 3)) == queries(*crowd(cast.contoso, 300))
