"""Deleted users whose time is over, removed by command: counted first, then gone."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from tests.accounts.verbs import delete
from tests.support.cast import Cast


def purge(*arguments: str) -> str:
    call_command("purge_deleted_users", *arguments, stdout=(out := io.StringIO()))
    return out.getvalue()


@pytest.fixture
def due(cast: Cast) -> User:
    """Uma, whose time is over since yesterday; Gail is deleted as well, and has time left."""
    delete(cast, cast.uma, cast.gail)
    yesterday = timezone.now() - timedelta(days=1)
    User.objects.filter(pk=cast.uma.pk).update(
        deleted_at=yesterday - timedelta(days=30), purge_after=yesterday
    )
    return cast.uma


def test_nobody_is_due(cast: Cast) -> None:
    assert purge() == "0 deleted users were removed for good.\n"
    assert User.objects.filter(pk=cast.uma.pk).exists()


def test_a_dry_run_counts_and_removes_nobody(due: User) -> None:
    for _time in range(2):
        assert purge("--dry-run") == "1 deleted users would be removed for good.\n"
    assert User.objects.filter(pk=due.pk).exists()


def test_those_who_are_due_go_and_the_others_stay(due: User, cast: Cast) -> None:
    assert purge() == "1 deleted users were removed for good.\n"
    assert not User.objects.filter(pk=due.pk).exists()
    assert User.objects.filter(pk=cast.gail.pk).exists()
    assert purge("--dry-run") == "0 deleted users would be removed for good.\n"
