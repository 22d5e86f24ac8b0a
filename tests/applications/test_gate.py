"""Who may enter, one by one and all at once; and what is said to who may not."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import Value
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.services.users import block_users, delete_users, restore_users
from applications.gate import all_missing, may_enter, missing, opened_by, who_may_enter
from applications.models import Application, ApplicationCustomer, ApplicationPlan
from licensing.models import LicenseAssignment, Subscription
from tests.applications.conftest import Chat
from tests.factories import ApplicationFactory, ProductFactory, UserFactory, assign
from tests.support.cast import Cast


def agreed(user: User, application: Application) -> bool:
    """What both answers say, which must be the same."""
    one = may_enter(user, application)
    assert who_may_enter(application).filter(pk=user.pk).exists() is one
    assert Application.objects.open_to(user).filter(pk=application.pk).exists() is one
    return one


def test_who_holds_a_plan_may_enter_and_who_holds_none_may_not(cast: Cast, chat: Chat) -> None:
    assert agreed(cast.uma, chat.application)
    assert not agreed(cast.gail, chat.application)
    assert list(who_may_enter(chat.application)) == [cast.uma]


def test_any_one_of_the_plans_is_enough(cast: Cast, chat: Chat) -> None:
    other = ProductFactory.create(plans=["OTHER"])
    ApplicationPlan.objects.create(application=chat.application, plan=other.plans.get())
    assert agreed(cast.uma, chat.application)


def test_a_plan_of_the_same_code_in_another_product_opens_nothing(cast: Cast, chat: Chat) -> None:
    other = ProductFactory.create(plans=["CHAT"])
    closed = ApplicationFactory.create(partner=cast.fabrikam, opened_by=other.plans.all())
    assert not agreed(cast.uma, closed)


CHANGES: dict[str, Callable[[Cast, Chat], object]] = {
    "the plan is switched off": lambda _cast, _chat: LicenseAssignment.objects.update(
        services_off=["CALLS", "CHAT"]
    ),
    "the license is released": lambda _cast, _chat: LicenseAssignment.objects.update(
        released_at=timezone.now()
    ),
    "the subscription is suspended": lambda _cast, _chat: Subscription.objects.update(
        status="suspended"
    ),
    "the user is blocked": lambda cast, _chat: block_users(
        [cast.uma], customer=cast.contoso, actor=cast.alice
    ),
    "the user is deleted": lambda cast, _chat: delete_users(
        [cast.uma], customer=cast.contoso, actor=cast.alice
    ),
    "the application is off": lambda _cast, _chat: Application.objects.update(is_on=False),
    "the application is for other customers": lambda _cast, _chat: Application.objects.update(
        all_customers=False
    ),
    "the application is another partner's": lambda cast, _chat: Application.objects.update(
        partner=cast.litware
    ),
    "another plan opens it": lambda _cast, _chat: ApplicationPlan.objects.update(
        plan=ProductFactory.create(plans=["CHAT"]).plans.get()
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_gate_closes_when(change: str, cast: Cast, chat: Chat) -> None:
    assert agreed(cast.uma, chat.application)
    CHANGES[change](cast, chat)
    # Both rows are as a session had them before.
    assert not agreed(cast.uma, chat.application)


@pytest.mark.parametrize("off", [["CALLS"], ["CHATTER", "XCHAT"], ["chat"], []])
def test_other_services_that_are_off_close_nothing(off: list[str], cast: Cast, chat: Chat) -> None:
    LicenseAssignment.objects.update(services_off=off)
    assert agreed(cast.uma, chat.application)


def test_a_restored_user_with_the_license_given_back_may_enter_again(
    cast: Cast, chat: Chat
) -> None:
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert not agreed(cast.uma, chat.application)
    User.objects.filter(pk=cast.uma.pk).update(usage_location="SE")
    restore_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert agreed(cast.uma, chat.application)


def test_everyone_of_the_chosen_customers_needs_no_license(cast: Cast) -> None:
    open_house = ApplicationFactory.create(partner=cast.fabrikam, only=[cast.contoso])
    guest = UserFactory.create(customer=cast.northwind)
    assert agreed(cast.gail, open_house)
    assert agreed(cast.uma, open_house)
    assert not agreed(guest, open_house)
    ApplicationCustomer.objects.create(application=open_house, customer=cast.northwind)
    assert agreed(guest, open_house)


def test_neither_staff_nor_support_staff_may_enter(cast: Cast) -> None:
    open_house = ApplicationFactory.create(partner=cast.fabrikam)
    for user in (cast.alice, cast.bob, cast.charlie, cast.support):
        assert not agreed(user, open_house)


def test_the_gate_is_one_query(
    cast: Cast, chat: Chat, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        may_enter(cast.uma, chat.application)
    with django_assert_num_queries(1):
        list(Application.objects.open_to(cast.uma))
    with django_assert_num_queries(1):
        list(who_may_enter(chat.application))


def test_who_lacks_the_license_is_told_which_and_whom_to_ask(cast: Cast, chat: Chat) -> None:
    rick = UserFactory.create(customer=cast.contoso)
    told = missing(rick, chat.application)
    assert told.reasons == ["You need a license with this service: Chat (Teams)."]
    assert told.ask == "Ask Gail."


def test_who_is_the_only_administrator_asks_the_partner(cast: Cast, chat: Chat) -> None:
    assert missing(cast.gail, chat.application).ask == "Ask Fabrikam."


def test_a_license_that_does_not_help_is_told_of(cast: Cast, chat: Chat) -> None:
    LicenseAssignment.objects.update(services_off=["CHAT"])
    reasons = missing(cast.uma, chat.application).reasons
    assert reasons == ["Chat is switched off in your license for Teams."]
    Subscription.objects.update(status="suspended")
    reasons = missing(cast.uma, chat.application).reasons
    assert reasons == ["The subscription to Teams is suspended."]


def test_an_application_that_is_off_is_told_to_be(cast: Cast, chat: Chat) -> None:
    chat.application.is_on = False
    told = missing(cast.uma, chat.application)
    assert (told.reasons, told.ask) == (["It is switched off at the moment."], "Ask Fabrikam.")


def test_staff_are_told_that_applications_are_for_customers_users(cast: Cast, chat: Chat) -> None:
    [reason] = missing(cast.alice, chat.application).reasons
    assert "staff of a partner hold no licenses" in reason


def test_what_is_missing_for_many_costs_no_more_queries_than_for_one(
    cast: Cast, chat: Chat, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many = [
        ApplicationFactory.create(partner=cast.fabrikam, opened_by=chat.product.plans.all())
        for _number in range(5)
    ]
    assign(chat.pool, cast.gail)
    user = User.objects.select_related("customer__partner").get(pk=cast.gail.pk)
    for applications in ([chat.application], many):
        with django_assert_num_queries(3):
            assert len(all_missing(user, applications)) == len(applications)


def test_what_a_plan_opens_is_named(cast: Cast, chat: Chat) -> None:
    ApplicationFactory.create(partner=cast.fabrikam, name="Boards", opened_by=[chat.plan])
    calls = chat.product.plans.get(code="CALLS")
    assert opened_by([chat.plan.pk, calls.pk]) == {chat.plan.pk: ["Boards", "Team Chat"]}


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_function_of_the_database_asks_what_the_queryset_asks() -> None:
    """A change of `open_to` needs a migration with the function's new text."""
    user = User(pk=-101, customer_id=-102)
    asked = Application.objects.open_to(user).filter(pk=-103).order_by()
    text, values = asked.values(a=Value(1))[:1].query.sql_with_params()
    names = {-101: "the_user", -102: "the_customer", -103: "the_application"}
    texts = [
        names.get(value, value) if isinstance(value, int) else f"'{value}'" for value in values
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'portal_may_enter'")
        [body] = cursor.fetchone()
    assert plain(text % tuple(texts)) in plain(body)


def plain(sql: str) -> str:
    """The text without the spaces that only set it out."""
    return re.sub(r"\s*([()])\s*", r"\1", " ".join(sql.split()))
