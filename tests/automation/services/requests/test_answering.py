"""Answering: the license and the answer are one transaction, and only the first answer counts."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest

from accounts.models import User
from accounts.services.undo import undo_batch
from accounts.services.users import block_users, delete_users
from automation.models import LicenseRequest, RequestState
from automation.services.requests import approve_license, approve_seats, cancel_request, decline
from automation.services.requests.answering import subscription_of
from customers.errors import Refused
from customers.models import Batch, BatchKind
from licensing.models import Subscription
from licensing.services.subscriptions import cancel_subscription, suspend_subscription
from tests.accounts.verbs import held
from tests.automation.services.asked import Door, closed_door
from tests.factories import LicenseRequestFactory, ProductFactory, UserFactory
from tests.support.cast import Cast, make_cast
from tests.support.log import log
from tests.support.threads import together

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def door(cast: Cast) -> Door:
    return closed_door(cast, quantity=1)


@pytest.fixture
def asked(door: Door) -> LicenseRequest:
    request: LicenseRequest = LicenseRequestFactory.create(
        user=door.user, product=door.product, application="Team Chat"
    )
    return request


def code_of(act: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)  # type: ignore[operator]
    return refused.value.code


def test_an_approval_gives_the_license_and_its_batch_can_be_undone(
    cast: Cast, door: Door, asked: LicenseRequest
) -> None:
    done = approve_license(asked, actor=cast.gail, words="Welcome.", now=NOW)
    assert held(door.user) == [("Teams", [])]
    assert (done.state, done.answer, done.answered_by) == (
        RequestState.APPROVED,
        "Welcome.",
        cast.gail,
    )
    batch = Batch.objects.get(kind=BatchKind.LICENSES)
    assert (done.batch, batch.by) == (batch, cast.gail)
    assert [line.action for line in log()] == ["license.assigned", "request.approved"]
    undo_batch(batch, actor=cast.gail, key="undo")


def test_the_partners_staff_can_approve_it_too(
    cast: Cast, door: Door, asked: LicenseRequest
) -> None:
    approve_license(asked, actor=cast.bob)
    assert held(door.user) == [("Teams", [])]


def test_a_service_that_was_off_is_switched_on_and_the_others_stay(cast: Cast, door: Door) -> None:
    from tests.factories import assign

    assign(door.pool, door.user, services_off=["CALLS", "CHAT"])
    request = LicenseRequestFactory.create(user=door.user, product=door.product, service="CHAT")
    approve_license(request, actor=cast.gail)
    assert held(door.user) == [("Teams", ["CALLS"])]


def test_without_a_seat_nothing_is_done_and_it_stays_open(
    cast: Cast, door: Door, asked: LicenseRequest
) -> None:
    other = LicenseRequestFactory.create(user=cast.uma, product=door.product)
    User.objects.filter(pk=cast.uma.pk).update(usage_location="SE")
    approve_license(other, actor=cast.gail)
    assert code_of(approve_license, asked, actor=cast.gail) == "seats-short"
    asked.refresh_from_db()
    assert asked.is_open
    assert not held(door.user)
    assert Batch.objects.count() == 1


def test_what_the_rules_forbid_is_said(cast: Cast, door: Door, asked: LicenseRequest) -> None:
    door.product.requires.add(ProductFactory.create(name="Basic"))
    with pytest.raises(Refused, match="Teams needs Basic too"):
        approve_license(asked, actor=cast.gail)
    door.product.requires.clear()
    suspend_subscription(door.pool, actor=cast.alice)
    assert code_of(approve_license, asked, actor=cast.gail) == "subscription-not-active"
    cancel_subscription(door.pool, actor=cast.alice)
    assert code_of(approve_license, asked, actor=cast.gail) == "request-without-subscription"
    delete_users([door.user], customer=cast.contoso, actor=cast.alice)
    asked.refresh_from_db()
    assert asked.is_open


def test_of_two_answers_only_the_first_one_counts(
    cast: Cast, door: Door, asked: LicenseRequest
) -> None:
    approve_license(asked, actor=cast.gail)
    with pytest.raises(Refused, match="Approved by Gail on") as refused:
        decline(asked, actor=cast.alice, words="No.")
    assert refused.value.code == "request-answered"
    assert code_of(approve_license, asked, actor=cast.alice) == "request-answered"
    assert code_of(cancel_request, asked, asker=door.user) == "request-answered"
    assert Batch.objects.count() == 1


def test_a_refusal_keeps_its_word_out_of_the_log(
    cast: Cast, door: Door, asked: LicenseRequest
) -> None:
    declined = decline(asked, actor=cast.gail, words="Ask your manager.", now=NOW)
    assert (declined.state, declined.answer) == (RequestState.DECLINED, "Ask your manager.")
    [line] = log()
    assert line.action == "request.declined"
    assert "manager" not in str(line)


def test_who_lacks_the_role_or_the_customer_answers_nothing(
    cast: Cast, door: Door, asked: LicenseRequest
) -> None:
    for actor, code in (
        (door.user, "role-lacks-it"),
        (cast.charlie, "customer-not-open"),
    ):
        assert code_of(approve_license, asked, actor=actor) == code
        assert code_of(decline, asked, actor=actor, words="No.") == code
    block_users([cast.gail], customer=cast.contoso, actor=cast.alice)
    assert code_of(approve_license, asked, actor=cast.gail) == "actor-gone"


def seats_of(cast: Cast, door: Door, number: int = 4) -> LicenseRequest:
    request: LicenseRequest = LicenseRequestFactory.create(
        user=cast.gail, product=door.product, seats=number
    )
    return request


def test_approved_seats_are_added_to_what_is_there_by_now(cast: Cast, door: Door) -> None:
    request = seats_of(cast, door)
    Subscription.objects.filter(pk=door.pool.pk).update(quantity=10)
    approve_seats(request, 3, actor=cast.sally)
    assert Subscription.objects.get(pk=door.pool.pk).quantity == 13
    request.refresh_from_db()
    assert (request.state, request.seats) == (RequestState.APPROVED, 3)
    assert [line.action for line in log()] == ["subscription.seats", "request.approved"]


def test_seats_of_what_the_customer_has_not_got_begin_a_subscription(
    cast: Cast, door: Door
) -> None:
    product = ProductFactory.create(name="Boards")
    request = LicenseRequestFactory.create(user=cast.gail, product=product, seats=2)
    approve_seats(request, 2, actor=cast.alice)
    row = subscription_of(request)
    assert row is not None
    assert row.quantity == 2
    assert row.renews_on.year == row.starts_on.year + 1


def test_seats_are_not_for_those_to_approve_who_ask_for_them(cast: Cast, door: Door) -> None:
    request = seats_of(cast, door)
    for actor in (cast.gail, cast.bob):
        assert code_of(approve_seats, request, 4, actor=actor) == "role-lacks-it"
        assert code_of(decline, request, actor=actor, words="No.") == "role-lacks-it"
    assert code_of(approve_seats, request, 0, actor=cast.alice) == "seats-asked-for-wrong"
    assert code_of(approve_license, request, actor=cast.alice) == "request-gone"


def test_more_seats_than_a_subscription_has_are_refused(cast: Cast, door: Door) -> None:
    request = seats_of(cast, door)
    assert code_of(approve_seats, request, 1_000_000, actor=cast.alice) == "seats-too-many"
    request.refresh_from_db()
    assert request.is_open


def test_a_user_who_has_it_by_now_is_told_so(cast: Cast, door: Door, asked: LicenseRequest) -> None:
    from tests.factories import assign

    assign(door.pool, door.user)
    assert approve_license(asked, actor=cast.gail).state == RequestState.APPROVED
    assert held(door.user) == [("Teams", [])]


def test_nobody_answers_what_they_have_asked_for(cast: Cast, door: Door) -> None:
    own = LicenseRequestFactory.create(user=cast.gail, product=door.product)
    assert code_of(approve_license, own, actor=cast.gail) == "own-request"
    assert code_of(decline, own, actor=cast.gail, words="No.") == "own-request"
    assert list(LicenseRequest.objects.answerable_by(cast.gail)) == []
    assert approve_license(own, actor=cast.alice).state == RequestState.APPROVED


def test_of_a_deleted_user_nothing_is_answered_until_the_user_is_back(
    cast: Cast, door: Door, asked: LicenseRequest
) -> None:
    admin = UserFactory.create(customer=cast.contoso)
    seats = LicenseRequestFactory.create(user=admin, product=door.product, seats=3)
    delete_users([door.user, admin], customer=cast.contoso, actor=cast.gail)
    assert code_of(approve_license, asked, actor=cast.gail) == "nobody-left"
    assert code_of(decline, asked, actor=cast.gail, words="No.") == "nobody-left"
    assert code_of(approve_seats, seats, 3, actor=cast.alice) == "nobody-left"
    assert Subscription.objects.get(pk=door.pool.pk).quantity == 1


def test_no_key_of_a_form_keeps_a_request_from_its_answer(
    cast: Cast, asked: LicenseRequest
) -> None:
    other = UserFactory.create(customer=cast.contoso)
    key = f"request-{asked.pk}"
    block_users([other], customer=cast.contoso, actor=cast.gail, key=key)
    assert approve_license(asked, actor=cast.bob).state == RequestState.APPROVED


def test_of_a_user_who_is_gone_nothing_is_left(cast: Cast, asked: LicenseRequest) -> None:
    other = UserFactory.create(customer=cast.contoso)
    LicenseRequestFactory.create(user=other, product=asked.product)
    User.objects.filter(pk=other.pk).delete()
    assert list(LicenseRequest.objects.all()) == [asked]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_one_does_and_the_other_reads_it(
    transactional_db: None,
) -> None:
    cast = make_cast()
    door = closed_door(cast, quantity=1)
    request = LicenseRequestFactory.create(user=door.user, product=door.product)

    def answer(act: Callable[[], object]) -> str:
        try:
            act()
        except Refused as refusal:
            return refusal.code
        return "done"

    outcomes = together(
        partial(answer, partial(approve_license, request, actor=cast.gail)),
        partial(answer, partial(approve_license, request, actor=cast.bob)),
        partial(answer, partial(decline, request, actor=cast.alice, words="No.")),
    )
    assert sorted(outcomes) == ["done", "request-answered", "request-answered"]
    request.refresh_from_db()
    approved = request.state == RequestState.APPROVED
    assert (held(door.user) != []) == approved
    assert Batch.objects.count() == int(approved)
