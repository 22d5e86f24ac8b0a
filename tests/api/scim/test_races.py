"""Two sources' calls at once, on PostgreSQL: nobody is made twice, and nothing is lost."""

from collections import Counter
from collections.abc import Callable

import pytest

from accounts.invariants import violations
from accounts.models import User
from api.models import ScimLink
from tests.api.scim.calling import Caller, caller_of
from tests.factories import SubscriptionFactory
from tests.support.cast import make_cast
from tests.support.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

TOGETHER = 6


@pytest.fixture
def calls(transactional_db: None) -> list[Caller]:
    cast = make_cast()
    first = caller_of(cast.contoso, cast.gail)
    return [Caller(first.source, first.token, first.customer) for _number in range(TOGETHER)]


def statuses(*jobs: Callable[[], int]) -> Counter[int]:
    return Counter(together(*jobs))


def test_the_same_user_is_added_once(calls: list[Caller]) -> None:
    jobs = [lambda call=call: call.create(externalId="7").status for call in calls]
    assert statuses(*jobs) == {201: 1, 409: TOGETHER - 1}
    assert User.objects.filter(username="grace@contoso.example").count() == 1
    assert ScimLink.objects.count() == 1
    assert violations() == []


def test_one_external_id_is_one_user(calls: list[Caller]) -> None:
    jobs = [
        lambda call=call, number=number: (
            call.create(f"user{number}@contoso.example", externalId="7").status
        )
        for number, call in enumerate(calls)
    ]
    assert statuses(*jobs) == {201: 1, 409: TOGETHER - 1}
    assert User.objects.filter(username__startswith="user").count() == 1
    assert violations() == []


def test_a_deleted_one_is_brought_back_once(calls: list[Caller]) -> None:
    made = calls[0].create(externalId="7")
    assert calls[0]("DELETE", f"/Users/{made['id']}").status == 204
    jobs = [lambda call=call: call.create(externalId="7").status for call in calls]
    assert statuses(*jobs) == {201: 1, 409: TOGETHER - 1}
    assert User.objects.filter(username="grace@contoso.example").count() == 1
    assert violations() == []


def test_changes_of_one_user_are_all_kept(calls: list[Caller]) -> None:
    """Each of another field, without a version: who is later takes up what is new."""
    made = calls[0].create()
    values = {
        "title": "job_title",
        "name.givenName": "first_name",
        "name.familyName": "last_name",
    }
    jobs = [
        lambda call=call, path=path: (
            call.patch(made["id"], {"op": "replace", "path": path, "value": path}).status
        )
        for call, path in zip(calls, values, strict=False)
    ]
    assert set(statuses(*jobs)) <= {200, 412}
    user = User.objects.get(uuid=made["id"])
    assert [getattr(user, name) for name in values.values()] == list(values)


def test_seats_are_not_oversold(calls: list[Caller]) -> None:
    source = calls[0].source
    pool = SubscriptionFactory.create(customer=calls[0].customer, quantity=2)
    source.subscription = pool
    source.save(update_fields=["subscription"])
    jobs = [
        lambda call=call, number=number: call.create(f"user{number}@contoso.example").status
        for number, call in enumerate(calls)
    ]
    assert statuses(*jobs) == {201: TOGETHER}
    pool.refresh_from_db()
    assert pool.assigned == 2
    assert violations() == []
