"""Telling: once to each who can read it, in the transaction of what is told."""

import pytest
from django.db import transaction

from accounts.models import User
from accounts.services.staff import remove_staff
from accounts.services.users import block_users
from accounts.signin.lookup import scope_of
from automation.models import Notice, NoticeChoice, NoticeKind
from automation.services.telling import end_notices, end_subject, tell
from customers import scope
from tests.accounts.verbs import fresh
from tests.api.tokens import integration
from tests.factories import StaffFactory
from tests.support.cast import Cast, make_cast
from tests.support.threads import together

FAILED = NoticeKind.SCHEDULE_FAILED


def tell_all(to: list[User], key: str = "one", kind: NoticeKind = FAILED) -> int:
    return tell(kind, to, subject_key=key, facts={"users": 3}, url="/scheduled/")


def test_each_is_told_once_of_one_thing(cast: Cast) -> None:
    assert tell_all([cast.alice, cast.bob]) == 2
    assert tell_all([cast.alice, cast.bob, cast.gail]) == 1
    assert tell_all([cast.alice], key="another") == 1
    assert Notice.objects.filter(user=cast.alice).count() == 2
    notice = Notice.objects.get(user=cast.gail)
    assert (notice.facts, notice.url, notice.read_at) == ({"users": 3}, "/scheduled/", None)


def test_nobody_is_told_who_can_not_read_it(cast: Cast) -> None:
    """Machines, support staff, and whoever may not sign in."""
    gone = StaffFactory.create(partner=cast.fabrikam)
    remove_staff([gone], actor=cast.alice)
    block_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    machine = integration(cast.alice)
    told = [fresh(user) for user in (gone, cast.uma, machine, cast.support)]
    assert tell_all(told) == 0
    assert not Notice.objects.exists()


def test_it_goes_the_ways_that_its_user_chose(cast: Cast) -> None:
    NoticeChoice.objects.create(user=cast.bob, kind=FAILED, page=False, at_once=False, daily=True)
    tell_all([cast.alice, cast.bob])
    ways = Notice.objects.values_list("on_page", "to_mail", "to_digest")
    assert ways.get(user=cast.alice) == (True, True, False)
    assert ways.get(user=cast.bob) == (False, False, True)


def test_what_is_rolled_back_is_told_to_nobody(cast: Cast) -> None:
    with transaction.atomic():
        tell_all([cast.alice])
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


def test_what_is_over_can_be_told_again(cast: Cast) -> None:
    tell_all([cast.alice, cast.bob], kind=NoticeKind.SEATS)
    assert end_notices(NoticeKind.SEATS, {(cast.alice.pk, "one")}) == 1
    assert end_notices(NoticeKind.SEATS, {(cast.alice.pk, "one")}) == 0
    assert tell_all([cast.alice, cast.bob], kind=NoticeKind.SEATS) == 1
    assert Notice.objects.filter(user=cast.bob).count() == 2
    assert Notice.objects.get(user=cast.bob, ended_at=None).to_digest
    assert not Notice.objects.exclude(ended_at=None).get().to_digest


def test_what_is_answered_is_new_to_nobody(cast: Cast) -> None:
    tell_all([cast.alice, cast.bob])
    tell_all([cast.alice], key="another")
    assert end_subject(FAILED, "one") == 2
    assert end_subject(FAILED, "one") == 0
    assert set(Notice.objects.new().values_list("subject_key", flat=True)) == {"another"}


def test_a_thousand_readers_are_told_by_few_statements(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    staff = StaffFactory.create_batch(1_100, partner=cast.fabrikam)
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        assert tell_all(staff) == 1_100


@pytest.mark.postgres
def test_a_customers_user_tells_the_partners_staff_and_reads_nothing_of_theirs(
    cast: Cast,
) -> None:
    tell_all([cast.alice], key="of the partner")
    NoticeChoice.objects.create(user=cast.bob, kind=FAILED, page=True, at_once=False, daily=True)
    with scope.within(scope_of(fresh(cast.uma))):
        told = tell(
            FAILED,
            [cast.alice, cast.bob, cast.gail],
            subject_key="asked",
            customer=cast.contoso,
            about=cast.uma,
            facts={},
            url="/requests/1/",
        )
        again = tell_all([cast.alice], key="asked")
        read = set(Notice.objects.values_list("user_id", flat=True))
        changed = Notice.objects.update(url="/elsewhere/")
    assert (told, again, read, changed) == (3, 0, {cast.gail.pk}, 1)
    assert Notice.objects.get(user=cast.bob).to_digest
    assert Notice.objects.filter(user=cast.alice).count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_of_many_who_tell_at_once_one_does() -> None:
    cast = make_cast()
    staff = [cast.alice, *StaffFactory.create_batch(20, partner=cast.fabrikam)]
    orders = [staff, staff[::-1], staff[10:] + staff[:10]]
    told = together(*(lambda order=order: tell_all(order) for order in orders))
    assert sum(told) == 21
    assert Notice.objects.count() == 21
