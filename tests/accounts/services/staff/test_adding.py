"""Adding to a partner's team."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.staff import StaffDetails, add_staff
from accounts.services.users import (
    NamesTaken,
)
from customers.actions import Action
from customers.errors import Refused
from customers.models import AuditEvent
from customers.roles import Role
from tests.accounts.team import add, events
from tests.support.cast import Cast


def test_added_staff_sign_in_once_with_what_was_told_and_choose_a_password(cast: Cast) -> None:
    issued = add(cast)
    user = User.objects.get(pk=issued.user.pk)
    assert (user.must_change_password, user.partner, user.roles) == (
        True,
        cast.fabrikam,
        (Role.ADMIN_AGENT,),
    )
    assert Client().login(username="dora@fabrikam.example", password=issued.password)
    assert issued.password not in repr(issued)
    assert events(cast.fabrikam) == [(Action.STAFF_ADDED, cast.alice.pk)]


def test_a_user_name_that_is_taken_is_refused(cast: Cast) -> None:
    with pytest.raises(NamesTaken):
        add(cast, "bob")
    details = StaffDetails("dora@contoso.example", {"display_name": "Dora"})
    with pytest.raises(Refused, match="does not belong to this partner"):
        add_staff(details, partner=cast.fabrikam, actor=cast.alice)


def test_support_staff_are_added_by_superusers_and_belong_to_no_partner(cast: Cast) -> None:
    details = StaffDetails("sue@portal.example", {"display_name": "Sue"}, is_superuser=False)
    issued = add_staff(details, partner=None, actor=cast.support)
    sue = User.objects.get(pk=issued.user.pk)
    assert (sue.is_staff, sue.is_superuser, sue.partner, sue.domain) == (True, False, None, None)
    assert sue.must_change_password
    with pytest.raises(Refused) as caught:
        add_staff(StaffDetails("tom@portal.example"), partner=None, actor=cast.alice)
    assert caught.value.code == "superusers-only"


def test_what_was_given_is_in_the_log_with_names_on_the_personal_side(cast: Cast) -> None:
    details = StaffDetails(
        "dora@fabrikam.example",
        {"display_name": "Dora", "city": "Oslo"},
        roles=[Role.SALES_AGENT],
        only_customers=[cast.contoso],
        limited_to_customers=True,
    )
    add_staff(details, partner=cast.fabrikam, actor=cast.alice)
    event = AuditEvent.objects.select_related("names").get(action=Action.STAFF_ADDED)
    assert event.changes == {
        "roles": [[], ["Sales agent"]],
        "limited_to_customers": [False, True],
        "customers_opened": ["Contoso"],
    }
    assert event.names.changes == {"display_name": ["", "Dora"], "city": ["", "Oslo"]}


def test_a_refusal_adds_nobody(cast: Cast) -> None:
    wrong = StaffDetails("dora@fabrikam.example", roles=[Role.GLOBAL_ADMIN])
    with pytest.raises(Refused):
        add_staff(wrong, partner=cast.fabrikam, actor=cast.alice)
    assert not User.objects.filter(username="dora@fabrikam.example").exists()
    assert events(cast.fabrikam) == []
