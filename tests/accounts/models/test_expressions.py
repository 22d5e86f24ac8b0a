"""When a deleted user becomes final, as the database says it."""

from datetime import timedelta

from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.utils import timezone

from accounts.models import User
from accounts.models.expressions import final_day, time_left
from tests.factories import UserFactory
from tests.support.cast import Cast


def test_the_final_day_is_that_of_the_purge(cast: Cast) -> None:
    user = UserFactory.create(customer=cast.contoso, deleted=True)
    found = User.objects.annotate(day=final_day())
    days = dict(found.filter(pk__in=[user.pk, cast.uma.pk]).values_list("pk", "day"))
    assert days == {user.pk: user.purge_after, cast.uma.pk: None}


def test_the_time_left_is_up_to_that_day(cast: Cast) -> None:
    now = timezone.now()
    user = UserFactory.create(customer=cast.contoso, deleted=True)
    User.objects.filter(pk=user.pk).update(purge_after=now + timedelta(days=3))
    of_user = User.objects.filter(pk=user.pk)
    assert of_user.filter(GreaterThan(time_left(), timedelta(days=2))).exists()
    assert of_user.filter(LessThanOrEqual(time_left(), timedelta(days=3))).exists()
    assert not of_user.filter(GreaterThan(time_left(), timedelta(days=3))).exists()


def test_of_a_user_whose_day_is_over_no_time_is_left(cast: Cast) -> None:
    now = timezone.now()
    user = UserFactory.create(customer=cast.contoso, deleted_at=now - timedelta(days=40))
    User.objects.filter(pk=user.pk).update(purge_after=now - timedelta(days=10))
    assert not User.objects.filter(GreaterThan(time_left(), timedelta(0)), pk=user.pk).exists()
    assert list(User.objects.overdue()) == [user]
