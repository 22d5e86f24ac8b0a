"""Rows of sign-outs: one for each session, due when their pause is over."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from applications.models import Logout, LogoutState
from tests.factories import LogoutFactory
from tests.support.cast import Cast


def test_an_application_is_told_of_a_session_once(cast: Cast) -> None:
    row = LogoutFactory.create(user=cast.uma)
    with pytest.raises(IntegrityError), transaction.atomic():
        LogoutFactory.create(user=cast.uma, sid=row.sid)
    assert str(row) == f"{row.application_id}/{row.sid}"


def test_what_waits_is_due_when_its_pause_is_over(cast: Cast) -> None:
    now = timezone.now()
    due = LogoutFactory.create(user=cast.uma, due_at=now)
    LogoutFactory.create(user=cast.uma, due_at=now + timedelta(seconds=1))
    LogoutFactory.create(user=cast.uma, state=LogoutState.SENDING)
    LogoutFactory.create(user=cast.uma, state=LogoutState.TOLD)
    assert list(Logout.objects.due(now)) == [due]
