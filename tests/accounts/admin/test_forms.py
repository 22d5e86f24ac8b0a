"""Three kinds of users in the admin, each with a form of its own."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.admin.forms import FORMS, OWNERS, RIGHTS, Kind
from accounts.models import User
from customers.roles import CUSTOMER_ROLES, STAFF_ROLES, Role
from tests.support.admin import address, errors, typed
from tests.support.cast import Cast


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    client.force_login(cast.support)
    return client


def form_of(client: Client, kind: str, user: User | None = None) -> Any:
    url = address(User, "change", user.pk) if user else f"{address(User, 'add')}?kind={kind}"
    return client.get(url).context["adminform"].form


def test_a_user_is_of_the_kind_that_owns_it(cast: Cast) -> None:
    kinds = {Kind.of(user) for user in (cast.uma, cast.gail)}
    assert kinds == {Kind.USER}
    assert (Kind.of(cast.alice), Kind.of(cast.support)) == (Kind.STAFF, Kind.SUPPORT)


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_has_its_owner_and_rights_on_its_form(support: Client, kind: Kind) -> None:
    fields = form_of(support, kind).fields
    assert {*OWNERS[kind], *RIGHTS[kind], "user_name", *FORMS[kind].detail_fields} <= set(fields)
    others = {name for other in Kind for name in (*OWNERS[other], *RIGHTS[other])}
    assert (others - {*OWNERS[kind], *RIGHTS[kind]}).isdisjoint(fields)


@pytest.mark.parametrize("kind, roles", [(Kind.USER, CUSTOMER_ROLES), (Kind.STAFF, STAFF_ROLES)])
def test_only_roles_of_the_kind_are_offered(
    support: Client, kind: Kind, roles: tuple[Role, ...]
) -> None:
    offered = [value for value, _label in form_of(support, kind).fields["roles"].choices]
    assert offered == [role.value for role in roles]


def test_a_user_shows_the_roles_that_it_has(support: Client, cast: Cast) -> None:
    assert form_of(support, "", cast.gail).initial["roles"] == [Role.GLOBAL_ADMIN.value]
    assert form_of(support, "", cast.bob).initial["roles"] == [Role.HELPDESK_AGENT.value]


def test_groups_of_support_staff_are_none_of_the_portals_roles(support: Client, cast: Cast) -> None:
    Group.objects.create(name="Second line")
    offered = {group.name for group in form_of(support, Kind.SUPPORT).fields["groups"].queryset}
    assert offered == {"Second line"}


def added(client: Client, kind: Kind, **values: object) -> dict[str, Any]:
    url = f"{address(User, 'add')}?kind={kind}"
    given = {"user_name": "ada@contoso.example", "display_name": "Ada", **values}
    return errors(client.post(url, {**typed(client.get(url)), **given}))


@pytest.mark.parametrize("kind, owner", [(Kind.USER, "customer"), (Kind.STAFF, "partner")])
def test_a_new_user_needs_an_owner(support: Client, kind: Kind, owner: str) -> None:
    assert added(support, kind)[owner] == [f"Choose the {owner}."]


def test_a_user_name_ends_in_a_domain_of_the_customer(support: Client, cast: Cast) -> None:
    found = added(support, Kind.USER, customer=cast.northwind.pk)
    assert "The domain contoso.example does not belong" in found["user_name"][0]
    wrong = added(support, Kind.USER, customer=cast.contoso.pk, user_name="a b@contoso.example")
    assert "can't be in a user name" in wrong["user_name"][0]


def test_a_domain_is_found_in_any_letter_case(support: Client, cast: Cast) -> None:
    url = f"{address(User, 'add')}?kind=user"
    given = {
        "user_name": "Ada@CONTOSO.example",
        "display_name": "Ada",
        "customer": cast.contoso.pk,
        "usage_location": "US",
    }
    support.post(url, given)
    assert User.objects.get(username="ada@contoso.example").domain == cast.contoso.domains.get()
