"""Restoring: what the preview says, and what the action does."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.users import block_users, restore_users
from customers.models import Batch
from licensing.models import LicenseAssignment, Subscription, SubscriptionStatus
from tests.accounts.bulk import base, of
from tests.accounts.verbs import delete
from tests.factories import (
    DomainFactory,
    ProductFactory,
    SubscriptionFactory,
    UserFactory,
    assign,
)
from tests.support.cast import Cast
from tests.support.forms import fields, read, told, words
from tests.support.html import problems


def held(user: User) -> list[str]:
    rows = LicenseAssignment.objects.live().filter(user=user)
    return sorted(rows.values_list("subscription__product__name", flat=True))


def restore(client: Client, *users: User, **changed: str) -> Any:
    url = of("restore", *users)
    return client.post(url, {**fields(read(client, url)), **changed})


def test_preview_writes_nothing(alice: Client, cast: Cast, mail: Subscription) -> None:
    delete(cast, cast.uma)
    html = read(alice, of("restore", cast.uma))
    assert "1 user · 1 license comes back" in words(html)
    assert "Uma uma@contoso.example Mail –" in words(html)
    assert problems(html) == []
    assert User.objects.get(pk=cast.uma.pk).deleted_at is not None
    assert Batch.objects.count() == 1


def test_restored_with_all_seats_free(alice: Client, cast: Cast, mail: Subscription) -> None:
    before = User.objects.get(pk=cast.uma.pk)
    delete(cast, cast.uma)
    response = restore(alice, cast.uma)
    html = read(alice, response["Location"])
    text = "Users restored Uma (uma@contoso.example). Licenses assigned again: Mail. Undo"
    assert text in words(html)
    assert "Buy more" not in html
    assert problems(html) == []
    assert held(cast.uma) == ["Mail"]
    after = User.objects.get(pk=cast.uma.pk)
    assert (after.password, after.username) == (before.password, before.username)
    assert "Deleted users (0)" in words(read(alice, base(cast.contoso, "deleted")))


def test_seat_that_is_gone_is_listed_with_buy_more(
    alice: Client, cast: Cast, mail: Subscription
) -> None:
    delete(cast, cast.uma)
    assign(mail, cast.gail)
    text = words(read(alice, of("restore", cast.uma)))
    assert "0 licenses come back · 1 without a seat" in text
    assert "Mail: no seats left." in text
    url = restore(alice, cast.uma)["Location"]
    html = read(alice, url)
    text = words(html)
    assert "Licenses that could not be assigned again Mail 1 user came back without it" in text
    assert "Could not be assigned again Mail: no seats left." in text
    buy = f"/customers/{cast.contoso.pk}/subscriptions/{mail.pk}/?seats=2&amp;next=%2Fbatches%2F"
    assert f'href="{buy}' in html
    assert "Manage licenses" not in text
    assert held(cast.uma) == []
    Subscription.objects.filter(pk=mail.pk).update(quantity=2)
    html = read(alice, url)
    give = f"/customers/{cast.contoso.pk}/users/licenses/?user={cast.uma.pk}&amp;on={mail.pk}"
    assert f'href="{give}"' in html
    assert "Mail: +1 / −0, leaves 0 of 2" in words(read(alice, give.replace("&amp;", "&")))


def test_suspended_subscription_is_no_reason_to_buy(
    alice: Client, cast: Cast, mail: Subscription
) -> None:
    delete(cast, cast.uma)
    Subscription.objects.filter(pk=mail.pk).update(status=SubscriptionStatus.SUSPENDED)
    html = read(alice, restore(alice, cast.uma)["Location"])
    assert "Mail: the subscription is suspended." in words(html)
    assert "Buy more" not in html


def test_who_may_not_buy_reads_whom_to_ask(alice: Client, cast: Cast, mail: Subscription) -> None:
    delete(cast, cast.uma)
    assign(mail, cast.gail)
    url = restore(alice, cast.uma)["Location"]
    alice.force_login(cast.gail)
    text = words(read(alice, url))
    assert "Buy more" not in text
    assert "Only your partner can do this." in text


def test_taken_name_needs_another_one(alice: Client, cast: Cast) -> None:
    delete(cast, cast.uma)
    UserFactory.create(customer=cast.contoso, local_part="uma", display_name="Uma the second")
    html = read(alice, of("restore", cast.uma))
    assert "Another user has the user name uma@contoso.example." in words(html)
    sent = fields(html)
    name = f"name-{cast.uma.pk}"
    assert sent[name] == ["uma2@contoso.example"]
    text = words(read(alice, restore(alice, cast.uma)["Location"]))
    assert "New user name: uma2@contoso.example." in text
    assert User.objects.get(pk=cast.uma.pk).username == "uma2@contoso.example"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter a user name."),
        ("uma3", "Enter the whole user name"),
        ("gail@contoso.example", "Another user has the user name gail@contoso.example."),
        ("uma@elsewhere.example", "elsewhere.example does not belong to this customer."),
        ("ü@contoso.example", "can't be in a user name"),
        ("x" * 300, "200 characters"),
        ("@contoso.example", "Use letters"),
    ],
)
def test_name_that_can_not_be_had_is_refused_at_its_field(
    alice: Client, cast: Cast, typed: str, message: str
) -> None:
    delete(cast, cast.uma)
    UserFactory.create(customer=cast.contoso, local_part="uma")
    response = restore(alice, cast.uma, **{f"name-{cast.uma.pk}": typed})
    assert response.status_code == HTTPStatus.OK
    html = response.content.decode()
    assert message in words(html)
    assert fields(html)[f"name-{cast.uma.pk}"] == [typed]
    assert problems(html) == []
    assert User.objects.get(pk=cast.uma.pk).deleted_at is not None


def test_two_users_do_not_get_one_name(alice: Client, cast: Cast) -> None:
    delete(cast, cast.uma)
    second = UserFactory.create(customer=cast.contoso, local_part="uma", display_name="Second")
    delete(cast, second)
    sent = fields(read(alice, of("restore", cast.uma, second)))
    assert sent[f"name-{second.pk}"] == ["uma2@contoso.example"]
    name = {f"name-{second.pk}": "uma@contoso.example"}
    response = restore(alice, cast.uma, second, **name)
    assert "Two of these users would have the user name" in told(response)
    restore(alice, cast.uma, second)
    names = User.objects.filter(pk__in=[cast.uma.pk, second.pk]).order_by("pk")
    assert [user.username for user in names] == ["uma@contoso.example", "uma2@contoso.example"]


def test_domain_that_is_gone_needs_another_name(alice: Client, cast: Cast) -> None:
    labs = DomainFactory.create(customer=cast.contoso, name="labs.example")
    user = UserFactory.create(customer=cast.contoso, domain=labs, local_part="kim")
    delete(cast, user)
    labs.delete()
    html = read(alice, of("restore", user))
    assert "The domain labs.example does not belong to this customer." in words(html)
    restore(alice, user)
    assert User.objects.get(pk=user.pk).username == "kim@contoso.example"


def test_world_that_changed_since_the_preview_is_shown_again(
    alice: Client, cast: Cast, mail: Subscription
) -> None:
    delete(cast, cast.uma)
    url = of("restore", cast.uma)
    sent = fields(read(alice, url))
    assign(mail, cast.gail)
    UserFactory.create(customer=cast.contoso, local_part="uma")
    response = alice.post(url, sent)
    text = told(response)
    assert "Something has changed since this page was shown." in text
    assert "Uma: Mail: no seats left." in text
    assert "Uma: Another user has the user name uma@contoso.example." in text
    assert User.objects.get(pk=cast.uma.pk).deleted_at is not None
    again = fields(response.content.decode())
    assert "Users restored" in told(alice.post(url, again, follow=True))
    assert held(cast.uma) == []


def test_seat_that_came_free_since_the_preview_is_shown_too(
    alice: Client, cast: Cast, mail: Subscription
) -> None:
    delete(cast, cast.uma)
    assign(mail, cast.gail)
    url = of("restore", cast.uma)
    sent = fields(read(alice, url))
    Subscription.objects.filter(pk=mail.pk).update(quantity=2)
    response = alice.post(url, sent)
    assert "Uma: Mail comes back after all." in told(response)
    alice.post(url, fields(response.content.decode()))
    assert held(cast.uma) == ["Mail"]


def test_blocked_stays_blocked_and_expired_password_is_said(
    alice: Client, cast: Cast, settings: Any
) -> None:
    old = UserFactory.create(customer=cast.contoso, temporary=True)
    long_ago = timezone.now() - timedelta(days=settings.TEMPORARY_PASSWORD_DAYS + 1)
    User.objects.filter(pk=old.pk).update(temporary_password_set_at=long_ago)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    delete(cast, cast.uma, old)
    text = words(read(alice, of("restore", cast.uma, old)))
    assert "Uma Sign-in stays blocked." in text
    assert "The temporary password has expired: reset it after restoring." in text
    html = read(alice, restore(alice, cast.uma, old)["Location"])
    assert User.objects.get(pk=cast.uma.pk).blocked_at is not None
    assert words(html).count("Reset password") == 1
    assert f'href="/customers/{cast.contoso.pk}/users/{old.pk}/reset/"' in html


def test_the_first_in_the_list_get_the_last_seats(alice: Client, cast: Cast) -> None:
    users = UserFactory.create_batch(3, customer=cast.contoso)
    product = ProductFactory.create(name="Mail")
    mail = SubscriptionFactory.create(
        customer=cast.contoso, product=product, quantity=3, holders=users
    )
    delete(cast, *users)
    assign(mail, cast.gail)
    order = [users[2], users[0], users[1]]
    text = words(read(alice, of("restore", *order)))
    assert "3 users · 2 licenses come back · 1 without a seat" in text
    restore(alice, *order)
    assert [held(user) for user in order] == [["Mail"], ["Mail"], []]


def test_second_click_leads_to_the_first_ones_result(alice: Client, cast: Cast) -> None:
    delete(cast, cast.uma)
    url = of("restore", cast.uma)
    sent = fields(read(alice, url))
    first, second = alice.post(url, sent), alice.post(url, sent)
    assert first["Location"] == second["Location"]


def test_user_who_is_back_already_or_final_is_named(alice: Client, cast: Cast) -> None:
    delete(cast, cast.uma)
    url = of("restore", cast.uma)
    sent = fields(read(alice, url))
    restore_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    for response in (alice.get(url), alice.post(url, sent)):
        assert "Uma is not deleted. No users to restore" in told(response)
    late = timezone.now() - timedelta(days=31)
    final = UserFactory.create(customer=cast.contoso, deleted_at=late, display_name="Kim")
    text = words(read(alice, of("restore", final)))
    assert "The time to restore Kim is over." in text
