"""What is done to one user, and the results of it."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import CredentialSheet, User
from accounts.services.users import (
    allow_users,
    block_users,
    delete_users,
    restore_users,
)
from customers.models import Batch
from tests.factories import (
    ProductFactory,
    StaffFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.support.cast import Cast
from tests.support.forms import fields, read, told, words
from tests.support.html import problems

ACTIONS = ("reset", "block", "allow", "delete")


def address(user: User, action: str = "") -> str:
    return f"/customers/{user.customer_id}/users/{user.pk}/" + (f"{action}/" if action else "")


def do(client: Client, user: User, action: str) -> Any:
    return client.post(address(user, action), fields(read(client, address(user, action))))


def test_reset_leads_to_the_sheet_once(alice: Client, cast: Cast) -> None:
    html = read(alice, address(cast.uma, "reset"))
    assert f"expires after {settings.TEMPORARY_PASSWORD_DAYS} days" in words(html)
    assert problems(html) == []
    sent = fields(html)
    first = alice.post(address(cast.uma, "reset"), sent)
    second = alice.post(address(cast.uma, "reset"), sent)
    sheet = CredentialSheet.objects.get()
    way = quote(address(cast.uma), safe="")
    url = f"/customers/{cast.contoso.pk}/passwords/{sheet.pk}/?next={way}"
    assert first["Location"] == second["Location"] == url
    assert User.objects.get(pk=cast.uma.pk).must_change_password


def test_block_and_allow_come_back_to_the_user_with_undo(alice: Client, cast: Cast) -> None:
    response = do(alice, cast.uma, "block")
    assert response["Location"] == address(cast.uma)
    html = read(alice, response["Location"])
    batch = Batch.objects.get()
    assert "Sign-in blocked Uma (uma@contoso.example). Undo" in words(html)
    assert f'href="/batches/{batch.pk}/undo/?next={quote(address(cast.uma), safe="")}"' in html
    assert "Already blocked." in told(alice.get(address(cast.uma, "block"), follow=True))
    response = do(alice, cast.uma, "allow")
    assert response["Location"] == address(cast.uma)
    assert "Sign-in allowed Uma (uma@contoso.example). Undo" in told(
        alice.get(response["Location"])
    )
    assert "Sign-in is already allowed." in told(alice.get(address(cast.uma, "allow"), follow=True))


def test_of_many_those_come_first_to_whom_it_was_not_done(alice: Client, cast: Cast) -> None:
    users = UserFactory.create_batch(3, customer=cast.contoso)
    zoe = UserFactory.create(customer=cast.contoso, display_name="Zoe", deleted=True)
    batch = block_users([*users, zoe], customer=cast.contoso, actor=cast.alice)
    text = words(read(alice, f"/batches/{batch.pk}/"))
    assert text.index("Zoe has been deleted") < text.index(users[0].user_name)


def test_delete_says_what_happens_and_does_it_once(
    alice: Client, cast: Cast, settings: Any
) -> None:
    settings.DELETED_USER_RETENTION_DAYS = 7
    alice.cookies["timezone"] = "UTC"
    product = ProductFactory.create(name="Mail")
    mail = SubscriptionFactory.create(customer=cast.contoso, product=product, holders=[cast.uma])
    html = read(alice, address(cast.uma, "delete"))
    text = words(html)
    final = timezone.localtime(timezone.now() + timedelta(days=7))
    assert "1 seat is free at once: Mail." in text
    assert "For 7 days the account can be restored" in text
    assert f"on {date_format(final, 'DATE_FORMAT')}" in text
    assert problems(html) == []
    sent = fields(html)
    first = alice.post(address(cast.uma, "delete"), sent)
    second = alice.post(address(cast.uma, "delete"), sent)
    assert first["Location"] == second["Location"]
    text = told(alice.get(first["Location"]))
    assert "User deleted Uma (uma@contoso.example). Seats freed: Mail. Undo" in text
    assert "Deleted by Alice" in text
    mail.refresh_from_db()
    assert mail.assigned == 0
    assert Batch.objects.count() == 1


def test_delete_that_a_colleague_was_quicker_with_changes_nothing(
    alice: Client, cast: Cast
) -> None:
    sent = fields(read(alice, address(cast.uma, "delete")))
    delete_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    response = alice.post(address(cast.uma, "delete"), sent, follow=True)
    assert "Uma has been deleted by Gail." in told(response)
    assert Batch.objects.count() == 1


@pytest.mark.parametrize("action", ["reset", "block", "delete"])
def test_session_from_before_never_works_again(cast: Cast, action: str) -> None:
    """Not after it is taken back either."""
    admin, user = Client(), Client()
    admin.force_login(cast.alice)
    user.force_login(cast.uma)
    assert user.get("/me/account/").status_code == HTTPStatus.OK
    do(admin, cast.uma, action)
    assert user.get("/me/account/")["Location"].startswith("/accounts/login/")
    if action == "block":
        allow_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    if action == "delete":
        restore_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert user.get("/me/account/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("action", ACTIONS)
def test_get_changes_nothing(alice: Client, cast: Cast, action: str) -> None:
    alice.get(address(cast.uma, action))
    assert not Batch.objects.exists()


def test_result_is_for_those_who_see_the_customer_and_do_such_things(
    alice: Client, cast: Cast
) -> None:
    do(alice, cast.uma, "block")
    url = f"/batches/{Batch.objects.get().pk}/"
    html = read(alice, url)
    assert problems(html) == []
    for stranger in (cast.charlie, cast.support):
        alice.force_login(stranger)
        assert alice.get(url).status_code == HTTPStatus.NOT_FOUND
        assert alice.post(url).status_code == HTTPStatus.NOT_FOUND
    alice.force_login(StaffFactory.create(partner=cast.fabrikam, only=[cast.northwind]))
    assert alice.get(url).status_code == HTTPStatus.NOT_FOUND
    alice.force_login(cast.bob)
    assert alice.get(url).status_code == HTTPStatus.FORBIDDEN
    alice.force_login(cast.gail)
    assert "Sign-in blocked" in words(read(alice, url))
    assert alice.post(url).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_long_result_is_paged(alice: Client, cast: Cast, settings: Any) -> None:
    settings.PAGE_SIZE = 2
    users = UserFactory.create_batch(5, customer=cast.contoso)
    batch = block_users(users, customer=cast.contoso, actor=cast.alice)
    text = words(read(alice, f"/batches/{batch.pk}/"))
    assert "5 users updated." in text
    assert "1 to 2 of 5" in text
    assert "5 to 5 of 5" in words(read(alice, f"/batches/{batch.pk}/?page=3"))


def test_queries_do_not_grow_with_licenses_events_or_users(alice: Client, cast: Cast) -> None:
    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            read(alice, url)
        return len(captured)

    def license_() -> None:
        product = ProductFactory.create(plans=("A", "B"))
        SubscriptionFactory.create(customer=cast.contoso, product=product, holders=[cast.uma])
        block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
        allow_users([cast.uma], customer=cast.contoso, actor=cast.alice)

    license_()
    # Who opens it for the first time has that remembered.
    queries(address(cast.uma))
    first = queries(address(cast.uma))
    license_()
    license_()
    assert queries(address(cast.uma)) == first
    one = block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    many = block_users(
        UserFactory.create_batch(3, customer=cast.contoso), customer=cast.contoso, actor=cast.alice
    )
    assert queries(f"/batches/{one.pk}/") == queries(f"/batches/{many.pk}/")
