"""Service plans are called by their names wherever the log has their codes."""

from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from customers.actions import Action
from customers.log.history import describe
from customers.log.plans import plan_names, with_plans
from customers.models import AuditEvent
from licensing.models import ServicePlan
from tests.factories import ProductFactory
from tests.support.cast import Cast


def event(cast: Cast, action: Action, changes: dict[str, Any]) -> AuditEvent:
    own = {"partner": cast.fabrikam, "customer": cast.contoso, "at": timezone.now()}
    return AuditEvent(action=action, changes=changes, **own)


def test_service_plans_are_called_by_their_names(cast: Cast) -> None:
    ProductFactory.create(name="Office", plans=["CHAT", "MAIL"])
    ProductFactory.create(name="Other", plans=["MAIL"])
    ServicePlan.objects.filter(product__name="Office", code="MAIL").update(name="Email")
    given = [["MAIL", "GONE"], []]
    change = {"product": "Office", "services_off": given}
    events = [event(cast, Action.LICENSE_SERVICES, change), event(cast, Action.USER_BLOCKED, {})]
    plans = plan_names(events)
    assert describe(events[0], plans)[-1] == "Services off: Email, GONE → –"
    assert describe(events[0])[-1] == "Services off: MAIL, GONE → –"
    assert plan_names(events[1:]) == {}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"gives": {"Office": ["CHAT", "MAIL"], "Other": []}},
            ["Gives: Office (off: Chat, Email), Other"],
        ),
        (
            {"changed": {"gives": [{"Office": ["MAIL"]}, {"Office": []}], "rule": ["A", "B"]}},
            ["Name: A → B; Gives: Office (off: Email) → Office"],
        ),
        ({"opened_by": "OFF-1: MAIL, OFF-1: GONE"}, ["Opened by: Office: Email, OFF-1: GONE"]),
        ({"opened_by": ["everyone", "OFF-1: CHAT"]}, ["Opened by: Everyone → Office: Chat"]),
        ({"opened_by": ["", "OFF-1: CHAT"]}, ["Opened by: Office: Chat"]),
    ],
)
def test_so_are_those_of_rules_and_of_what_opens_an_application(
    cast: Cast,
    changes: dict[str, Any],
    told: list[str],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ProductFactory.create(name="Office", sku="OFF-1", plans=["CHAT", "MAIL"])
    ServicePlan.objects.filter(code="MAIL").update(name="Email")
    own = event(cast, Action.RULE_CHANGED, changes)
    with django_assert_num_queries(1):
        plans = plan_names([own, own])
    assert describe(own, plans) == told


@pytest.mark.parametrize(
    "changes",
    [{"gives": {}}, {"opened_by": "everyone"}, {"changed": True}, {"name": ["a", "b"]}, {}],
)
def test_what_has_no_code_stays_as_it_is(changes: dict[str, Any]) -> None:
    assert with_plans(changes, lambda _key, _code: "?") == changes
