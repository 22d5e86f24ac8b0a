"""Sessions in applications end with what opened them, and each leaves a row to tell of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.users import block_users, change_user, remove_users, reset_passwords
from accounts.signin.lookup import scope_of, user_of_id
from applications.models import Application, AppSession, Logout, LogoutState
from applications.services.logouts import end_and_tell, follow_for_logouts, part_from
from customers import scope
from customers.actions import Action
from customers.services import audit
from licensing.models import Subscription
from licensing.services.subscriptions import cancel_subscription, suspend_subscription
from tests.accounts.verbs import delete, restore
from tests.factories import (
    ApplicationFactory,
    AppSessionFactory,
    ProductFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.support.cast import Cast

ADDRESS = "https://chat.example/logout"


def signed_in(cast: Cast, **facts: Any) -> AppSession:
    """Where uma is signed in: an application for everyone, unless the facts say otherwise."""
    application = ApplicationFactory.create(
        **{"partner": cast.fabrikam, "logout_uri": ADDRESS, **facts}
    )
    return AppSessionFactory.create(application=application, user=cast.uma)


@pytest.fixture
def chat(cast: Cast) -> Subscription:
    """What opens Team Chat; uma has a license."""
    product = ProductFactory.create(plans=["CHAT", "BOARD"])
    return SubscriptionFactory.create(customer=cast.contoso, product=product, holders=[cast.uma])


def by_license(cast: Cast, chat: Subscription) -> AppSession:
    return signed_in(cast, opened_by=chat.product.plans.filter(code="CHAT"))


def relicense(cast: Cast, chat: Subscription, change: LicenseChange) -> None:
    change_licenses([cast.uma], customer=cast.contoso, actor=cast.alice, changes={chat.pk: change})


def stands(session: AppSession) -> bool:
    return AppSession.objects.filter(pk=session.pk, ended_at=None).exists()


def told_of() -> set[str]:
    """By sid, the sessions of which an application is to be told."""
    return set(Logout.objects.values_list("sid", flat=True))


ENDS: dict[str, Callable[[Cast], Any]] = {
    "block": lambda c: block_users([c.uma], customer=c.contoso, actor=c.alice),
    "delete": lambda c: delete(c, c.uma),
    "reset": lambda c: reset_passwords([c.uma], customer=c.contoso, actor=c.alice),
}


@pytest.mark.parametrize("verb", ENDS)
def test_all_sessions_of_the_user_end_with_the_access(cast: Cast, verb: str) -> None:
    own = [signed_in(cast), signed_in(cast)]
    other = AppSessionFactory.create(application=own[0].application, user=cast.gail)
    ENDS[verb](cast)
    assert [stands(session) for session in (*own, other)] == [False, False, True]
    assert told_of() == {session.sid for session in own}
    row = Logout.objects.get(sid=own[0].sid)
    assert (row.state, row.user_uuid, row.customer) == (
        LogoutState.WAITING,
        cast.uma.uuid,
        cast.contoso,
    )


def test_a_block_that_is_rolled_back_ends_nothing(cast: Cast) -> None:
    session = signed_in(cast)
    with transaction.atomic():
        block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
        transaction.set_rollback(True)
    assert stands(session)
    assert told_of() == set()


def test_what_changes_of_a_user_besides_ends_nothing(cast: Cast) -> None:
    session = signed_in(cast)
    sales = {"department": "Sales"}
    change_user(cast.uma, customer=cast.contoso, actor=cast.alice, fields=sales)
    follow_for_logouts()
    assert stands(session)


@pytest.mark.parametrize("facts", [{"logout_uri": ""}, {"with_client": False}])
def test_an_application_that_does_not_listen_is_not_told(cast: Cast, facts: dict[str, Any]) -> None:
    session = signed_in(cast, **facts)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert not stands(session)
    assert told_of() == set()


def test_a_session_ends_once(cast: Cast) -> None:
    session = signed_in(cast)
    everything = AppSession.objects.filter(user=cast.uma)
    assert end_and_tell(everything) == [session]
    assert end_and_tell(everything) == []
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert Logout.objects.count() == 1


def test_who_is_deleted_for_good_is_signed_out_nevertheless(cast: Cast) -> None:
    session = signed_in(cast)
    delete(cast, cast.uma)
    remove_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert not AppSession.objects.exists()
    assert told_of() == {session.sid}


def test_a_license_that_is_revoked_closes_what_it_opened(cast: Cast, chat: Subscription) -> None:
    by_seat, for_all = by_license(cast, chat), signed_in(cast)
    relicense(cast, chat, LicenseChange(have=False))
    assert stands(by_seat), "the service of licenses knows nothing of applications"
    follow_for_logouts()
    assert (stands(by_seat), stands(for_all)) == (False, True)
    assert told_of() == {by_seat.sid}
    follow_for_logouts()
    assert Logout.objects.count() == 1


def test_a_service_plan_that_is_switched_off_closes_what_it_opened(
    cast: Cast, chat: Subscription
) -> None:
    session = by_license(cast, chat)
    for off, expected in ("BOARD", True), ("CHAT", False):
        relicense(cast, chat, LicenseChange(switch_off=frozenset({off})))
        follow_for_logouts()
        assert stands(session) == expected


@pytest.mark.parametrize("end", [suspend_subscription, cancel_subscription])
def test_a_subscription_that_ends_closes_what_it_opened(
    cast: Cast, chat: Subscription, end: Callable[..., Any]
) -> None:
    session = by_license(cast, chat)
    end(chat, actor=cast.alice)
    follow_for_logouts()
    assert not stands(session)


def test_a_second_license_keeps_the_door_open(cast: Cast, chat: Subscription) -> None:
    other = ProductFactory.create(plans=["CHAT"])
    SubscriptionFactory.create(customer=cast.contoso, product=other, holders=[cast.uma])
    plans = [*chat.product.plans.filter(code="CHAT"), *other.plans.all()]
    session = signed_in(cast, opened_by=plans)
    cancel_subscription(chat, actor=cast.alice)
    follow_for_logouts()
    assert stands(session)


def test_an_application_that_closes_is_told_of_all_its_sessions(cast: Cast) -> None:
    session, other = signed_in(cast), signed_in(cast)
    Application.objects.filter(pk=session.application_id).update(is_on=False)
    entry = audit.Entry(Action.APPLICATION_SWITCHED, session.application, {"is_on": [True, False]})
    audit.record([entry], actor=cast.alice, partner=cast.fabrikam)
    follow_for_logouts()
    assert (stands(session), stands(other)) == (False, True)


def test_an_application_that_is_removed_leaves_where_to_tell_it(cast: Cast) -> None:
    session = signed_in(cast)
    client = session.application.client_id
    part_from(session.application)
    session.application.delete()
    row = Logout.objects.get(sid=session.sid)
    assert (row.application, row.address, row.audience) == (None, ADDRESS, client)


@pytest.mark.postgres
def test_a_customers_own_administrator_ends_sessions_too(cast: Cast) -> None:
    """In a scope that shows the customer alone, and of an application that it lost meanwhile."""
    ours, lost = signed_in(cast), signed_in(cast, only=[cast.northwind])
    found = user_of_id(cast.gail.pk)
    assert found is not None
    with scope.within(scope_of(found)):
        block_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    assert told_of() == {ours.sid, lost.sid}


@pytest.mark.parametrize("users", [2, 20])
def test_queries_do_not_grow_with_sessions(
    cast: Cast, users: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    application = ApplicationFactory.create(partner=cast.fabrikam, logout_uri=ADDRESS)
    for user in UserFactory.create_batch(users, customer=cast.contoso):
        AppSessionFactory.create(application=application, user=user)
    with django_assert_num_queries(6):
        assert len(end_and_tell(AppSession.objects.all())) == users
    assert Logout.objects.count() == users


def test_after_delete_and_restore_the_old_session_stays_ended(cast: Cast) -> None:
    session = signed_in(cast)
    delete(cast, cast.uma)
    restore(cast, cast.uma)
    follow_for_logouts()
    ended = AppSession.objects.get(pk=session.pk).ended_at
    assert ended is not None
    assert timezone.now() - ended < timedelta(minutes=5)


BULK: dict[str, Callable[[Cast, list[User]], Any]] = {
    "block": lambda c, users: block_users(users, customer=c.contoso, actor=c.alice),
    "delete": lambda c, users: delete(c, *users),
    "reset": lambda c, users: reset_passwords(users, customer=c.contoso, actor=c.alice),
}


@pytest.mark.parametrize("verb", BULK)
def test_many_users_without_a_session_are_asked_about_in_one_query(cast: Cast, verb: str) -> None:
    """Of a thousand who are signed in nowhere, as of one: no user pays for applications alone."""
    users = UserFactory.create_batch(12, customer=cast.contoso)
    with CaptureQueriesContext(connection) as queries:
        BULK[verb](cast, users)
    asked = [one["sql"] for one in queries if AppSession._meta.db_table in one["sql"]]
    assert len(asked) == 1, asked
