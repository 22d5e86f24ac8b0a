"""What ends on a day is told in time, once."""

from datetime import date, timedelta

from django.utils import timezone

from accounts.models import CredentialSheet, User
from accounts.services.users import delete_users, reset_passwords, restore_users
from automation.models import Notice, NoticeSettings
from automation.notice_words import sentence
from automation.services.finding import (
    find_deletions,
    find_passwords,
    find_renewals,
    find_sheets,
)
from tests.automation.services.told import at
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast


def told(user: User) -> list[str]:
    return [sentence(notice) for notice in Notice.objects.filter(user=user).order_by("pk")]


def test_a_renewal_is_told_as_early_as_each_wants_to_know(cast: Cast) -> None:
    SubscriptionFactory.create(
        customer=cast.contoso,
        product=ProductFactory.create(name="Teams"),
        quantity=10,
        starts_on=date(2024, 2, 29),
        renews_on=date(2025, 2, 28),
    )
    NoticeSettings.objects.create(user=cast.sally, renewal_days=60)
    assert find_renewals(at("2026-12-29 12:00")) == 0
    assert find_renewals(at("2026-12-30 12:00")) == 1
    assert find_renewals(at("2027-01-28 12:00")) == 0
    assert find_renewals(at("2027-01-29 12:00")) == 2
    assert find_renewals(at("2027-02-28 12:00")) == 0
    assert told(cast.alice) == told(cast.gail) == told(cast.sally)
    assert told(cast.alice) == ["Contoso: Teams (10 seats) renews on 28 Feb 2027."]
    assert find_renewals(at("2027-03-01 12:00")) == 0
    assert not Notice.objects.filter(ended_at=None).exists()
    assert find_renewals(at("2028-01-29 12:00")) == 3


def test_users_who_go_for_good_are_told_of_as_long_as_they_can_be_restored(cast: Cast) -> None:
    users = UserFactory.create_batch(2, customer=cast.contoso)
    delete_users(users, customer=cast.contoso, actor=cast.alice)
    end = User.objects.get(pk=users[0].pk).purge_after
    assert end is not None
    assert find_deletions(end - timedelta(days=4)) == 0
    # Alice and Gail.
    assert find_deletions(end - timedelta(days=2)) == 2
    assert find_deletions(end - timedelta(days=1)) == 0
    assert told(cast.gail)[0].startswith("Contoso: 2 deleted users can be restored until ")
    restore_users(
        list(User.objects.filter(pk__in=[user.pk for user in users])),
        customer=cast.contoso,
        actor=cast.alice,
    )
    find_deletions(end - timedelta(days=1))
    assert not Notice.objects.filter(ended_at=None).exists()


def test_temporary_passwords_that_nobody_used_are_told_of_before_they_expire(cast: Cast) -> None:
    reset_passwords([cast.uma], customer=cast.contoso, actor=cast.gail)
    now = timezone.now()
    assert find_passwords(now + timedelta(days=11)) == 0
    assert find_passwords(now + timedelta(days=12, hours=1)) == 3
    assert find_passwords(now + timedelta(days=13)) == 0
    assert told(cast.bob)[0].startswith(
        "Contoso: The temporary password of 1 user expires unused on "
    )
    assert told(cast.uma) == []
    User.objects.filter(pk=cast.uma.pk).update(must_change_password=False)
    find_passwords(now + timedelta(days=13))
    assert not Notice.objects.filter(ended_at=None).exists()


def test_whoever_has_passwords_to_hand_over_is_reminded_once(cast: Cast) -> None:
    sheet = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.bob).sheet
    now = timezone.now()
    assert find_sheets(now + timedelta(hours=11)) == 0
    assert find_sheets(now + timedelta(hours=13)) == 1
    assert find_sheets(now + timedelta(hours=14)) == 0
    [notice] = Notice.objects.all()
    assert (notice.user, notice.url) == (
        cast.bob,
        f"/customers/{cast.contoso.pk}/passwords/{sheet.pk}/",
    )
    assert "1 user waits to be handed over" in told(cast.bob)[0]
    CredentialSheet.objects.filter(pk=sheet.pk).update(destroyed_at=now)
    find_sheets(now + timedelta(hours=14))
    assert Notice.objects.get().ended_at is not None
