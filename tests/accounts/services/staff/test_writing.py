"""What is written into a row of the staff, and what of it names a user in the log."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from accounts.services.staff import StaffDetails
from accounts.services.staff.writing import (
    customer_changes,
    log,
    save,
    set_fields,
    set_links,
    set_name,
)
from accounts.services.users import NamesTaken
from customers.actions import Action
from customers.errors import Refused
from customers.models import AuditEvent
from customers.roles import Role
from tests.accounts.verbs import fresh
from tests.factories import DomainFactory
from tests.support.cast import Cast


def details(user: User, **rest: Any) -> StaffDetails:
    return StaffDetails(user.user_name, **rest)


@pytest.mark.parametrize(
    ("user_name", "code"),
    [
        ("dora@contoso.example", "domain-not-yours"),
        ("dora@litware.example", "domain-not-yours"),
        ("do ra@fabrikam.example", "user-name-wrong"),
        ("dora", "user-name-wrong"),
        (f"{'d' * 100}@fabrikam.example", "user-name-wrong"),
    ],
)
def test_a_name_that_can_not_be_is_refused_at_its_field(
    cast: Cast, user_name: str, code: str
) -> None:
    with pytest.raises(Refused) as caught:
        set_name(cast.bob, user_name)
    assert (caught.value.code, caught.value.field) == (code, "user_name")
    assert cast.bob.user_name == "bob@fabrikam.example"


def test_a_name_is_on_any_domain_of_the_partner_as_that_is_written(cast: Cast) -> None:
    second = DomainFactory.create(partner=cast.fabrikam, name="second.example")
    set_name(cast.bob, "Robert@SECOND.example")
    assert (cast.bob.user_name, cast.bob.domain) == ("Robert@second.example", second)


def test_support_staff_have_a_name_on_any_legal_domain(cast: Cast) -> None:
    set_name(cast.support, "Sue@Anywhere.example")
    assert (cast.support.user_name, cast.support.domain) == ("Sue@anywhere.example", None)
    with pytest.raises(Refused) as caught:
        set_name(cast.support, "sue@no domain")
    assert caught.value.field == "user_name"


def test_only_what_differs_is_a_change(cast: Cast) -> None:
    changes = set_fields(cast.bob, details(cast.bob, fields={"city": "Oslo", "first_name": "Bob"}))
    assert changes == {"city": ["", "Oslo"]}
    assert cast.bob.city == "Oslo"


def test_limits_are_for_partner_staff_and_superusers_are_support_staff(cast: Cast) -> None:
    both = {"limited_to_customers": True, "is_superuser": False}
    assert set_fields(cast.bob, details(cast.bob, **both)) == {
        "limited_to_customers": [False, True]
    }
    assert set_fields(cast.support, details(cast.support, **both)) == {
        "is_superuser": [True, False]
    }


def test_roles_are_replaced_as_a_set(cast: Cast) -> None:
    roles = [Role.SALES_AGENT, Role.ADMIN_AGENT]
    assert set_links(cast.bob, details(cast.bob, roles=roles)) == {
        "roles": [["Helpdesk agent"], ["Admin agent", "Sales agent"]]
    }
    assert set(fresh(cast.bob).roles) == set(roles)
    assert set_links(cast.bob, details(cast.bob, roles=roles[::-1])) == {}


def test_a_role_of_customers_users_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        set_links(cast.bob, details(cast.bob, roles=[Role.GLOBAL_ADMIN]))
    assert (caught.value.code, caught.value.field) == ("role-of-others", "roles")


def test_groups_are_for_support_staff_alone(cast: Cast) -> None:
    group = Group.objects.create(name="Readers")
    assert set_links(cast.support, details(cast.support, groups=[group])) == {
        "groups": [[], ["Readers"]]
    }
    assert set_links(cast.bob, details(cast.bob, groups=[group])) == {}
    assert fresh(cast.bob).roles == (Role.HELPDESK_AGENT,)


def test_customers_come_and_go_by_difference(cast: Cast) -> None:
    assert customer_changes(cast.bob, [], [cast.contoso, cast.northwind]) == {
        "customers_opened": ["Contoso", "Northwind"]
    }
    assert customer_changes(cast.bob, [cast.contoso], []) == {"customers_closed": ["Contoso"]}
    assert list(cast.bob.allowed_customers.all()) == [cast.northwind]
    with pytest.raises(Refused) as caught:
        customer_changes(cast.bob, [], [cast.adatum])
    assert caught.value.code == "customer-not-yours"


def test_a_name_that_is_taken_is_no_error_of_the_database(cast: Cast) -> None:
    set_name(cast.bob, "ALICE@fabrikam.example")
    with pytest.raises(NamesTaken) as caught:
        save(cast.bob)
    assert caught.value.names == ["alice@fabrikam.example"]
    set_name(cast.bob, "robert@fabrikam.example")
    save(cast.bob)
    assert fresh(cast.bob).username == "robert@fabrikam.example"


def test_what_names_a_user_goes_to_the_personal_side_of_the_log(cast: Cast) -> None:
    changes: dict[str, list[Any]] = {
        "roles": [[], ["Admin agent"]],
        "city": ["", "Oslo"],
        "user_name": ["a", "b"],
    }
    log(Action.STAFF_CHANGED, cast.bob, changes, actor=cast.alice, reason="Ticket 7")
    event = AuditEvent.objects.select_related("names").get()
    assert event.changes == {"roles": [[], ["Admin agent"]]}
    assert event.names.changes == {"city": ["", "Oslo"], "user_name": ["a", "b"]}
    assert (event.partner_id, event.reason) == (cast.fabrikam.pk, "Ticket 7")
