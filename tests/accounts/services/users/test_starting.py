"""Moving the first day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.services.users.starting import change_start, keep_starts
from accounts.services.users.starts import begin_of, today_of
from customers.errors import Refused
from customers.services.customers import change_customer
from tests.accounts.verbs import fresh, subscribe
from tests.automation.services.test_joining import join
from tests.factories import to_start
from tests.support.cast import Cast


def test_who_has_started_has_no_other_first_day(cast: Cast) -> None:
    on = today_of(cast.contoso) + timedelta(days=9)
    with pytest.raises(Refused, match="Has already started"):
        change_start([cast.uma], on, customer=cast.contoso, actor=cast.alice)
    [user] = join(cast, "jo", pool=subscribe(cast))
    with pytest.raises(Refused, match="Starts on that day already"):
        change_start([user], user.starts_on, customer=cast.contoso, actor=cast.alice)


def test_the_day_begins_by_the_clock_that_the_customer_has_now(cast: Cast) -> None:
    to_start(cast.uma)
    to_start(cast.gail, days=-3)
    before = fresh(cast.gail).starts_at
    change_customer(cast.contoso, actor=cast.alice, country="JP")
    uma = fresh(cast.uma)
    assert uma.starts_on is not None
    cast.contoso.refresh_from_db()
    assert uma.starts_at == begin_of(uma.starts_on, cast.contoso)
    assert fresh(cast.gail).starts_at == before
    keep_starts(cast.contoso, cast.alice)
    assert fresh(cast.uma).starts_at == uma.starts_at


def test_who_starts_now_starts_today(cast: Cast) -> None:
    to_start(cast.uma)
    change_start([cast.uma], None, customer=cast.contoso, actor=cast.alice)
    uma = fresh(cast.uma)
    assert uma.starts_on == today_of(cast.contoso)
    assert uma.starts_at is not None
    assert uma.starts_at <= timezone.now()
