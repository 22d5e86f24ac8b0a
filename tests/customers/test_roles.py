"""The role table: what several roles add up to, and whom a refusal names."""

import pytest

from customers.roles import (
    CUSTOMER_ROLES,
    GRANTS,
    LIMITED_ROLES,
    STAFF_ROLES,
    Capability,
    Reach,
    Role,
    is_grave_change,
    reach,
    role_in_words,
    roles_named,
    who_can,
    whom_to_ask,
)


def test_each_role_is_of_a_partner_or_of_a_customer() -> None:
    assert {*STAFF_ROLES, *CUSTOMER_ROLES} == set(Role)
    assert not {*STAFF_ROLES} & {*CUSTOMER_ROLES}
    assert Role.GLOBAL_ADMIN not in LIMITED_ROLES
    assert set(GRANTS) == set(Role)


@pytest.mark.parametrize(
    "names, roles",
    [
        (None, ()),
        ("", ()),
        ("Account admin", (Role.ACCOUNT_ADMIN,)),
        # In the order of the table, whatever the order of the query.
        ("User administrator|Account admin", (Role.ACCOUNT_ADMIN, Role.USER_ADMIN)),
        ("Readers|Helpdesk agent", (Role.HELPDESK_AGENT,)),
        ("account admin", ()),
    ],
)
def test_roles_are_read_from_the_names_of_groups(
    names: str | None, roles: tuple[Role, ...]
) -> None:
    assert roles_named(names) == roles


@pytest.mark.parametrize(
    "before, after, is_grave",
    [
        ([], [], False),
        ([], [Role.USER_ADMIN], False),
        ([], [Role.GLOBAL_ADMIN], True),
        ([Role.GLOBAL_ADMIN], [Role.GLOBAL_ADMIN], False),
        ([Role.GLOBAL_ADMIN], [Role.GLOBAL_ADMIN, Role.USER_ADMIN], False),
        ([Role.USER_ADMIN], [], True),
        ([Role.USER_ADMIN], [Role.LICENSE_ADMIN], True),
        ([Role.USER_ADMIN], [Role.USER_ADMIN, Role.GLOBAL_ADMIN], True),
    ],
)
def test_taking_a_role_or_making_a_global_administrator_is_grave(
    before: list[Role], after: list[Role], *, is_grave: bool
) -> None:
    assert is_grave_change(before, after) is is_grave
    assert is_grave_change(iter(before), iter(after)) is is_grave


def test_no_role_reaches_nothing() -> None:
    assert {reach([], capability) for capability in Capability} == {Reach.NONE}


def test_several_roles_reach_as_far_as_the_furthest() -> None:
    limited, full = Role.USER_ADMIN, Role.GLOBAL_ADMIN
    assert reach([limited], Capability.MANAGE_USERS) == Reach.LIMITED
    assert reach([limited, full], Capability.MANAGE_USERS) == Reach.FULL
    assert reach([full, limited], Capability.MANAGE_USERS) == Reach.FULL
    both = [Role.LICENSE_ADMIN, Role.PASSWORD_ADMIN]
    assert reach(both, Capability.MANAGE_LICENSES) == Reach.FULL
    assert reach(both, Capability.RESET_PASSWORDS) == Reach.LIMITED


@pytest.mark.parametrize("capability", Capability)
def test_no_customers_role_manages_customers_team_or_subscriptions(capability: Capability) -> None:
    of_partner = {
        Capability.MANAGE_CUSTOMERS,
        Capability.MANAGE_SUBSCRIPTIONS,
        Capability.EXPORT_ACTIVITY,
        Capability.MANAGE_TEAM,
        Capability.MANAGE_APPLICATIONS,
        Capability.MANAGE_CATALOG,
    }
    assert (reach(CUSTOMER_ROLES, capability) == Reach.NONE) is (capability in of_partner)
    assert reach(STAFF_ROLES, capability) == Reach.FULL


def test_a_refusal_names_the_roles_that_have_the_capability() -> None:
    assert str(who_can(Capability.MANAGE_USERS, staff=True)) == (
        "Your role can't do this. Ask one of these roles: Account admin · Admin agent."
    )
    # A user who has it in part is not to be asked: an administrator may be concerned.
    assert str(who_can(Capability.MANAGE_USERS, staff=False)) == (
        "Your role can't do this. Ask one of these roles: Global administrator."
    )
    assert str(who_can(Capability.MANAGE_LICENSES, staff=False)) == (
        "Your role can't do this. Ask one of these roles: Global administrator"
        " · License administrator · User administrator."
    )


def test_what_no_role_of_a_customer_has_is_the_partners() -> None:
    assert str(who_can(Capability.MANAGE_CUSTOMERS, staff=False)) == (
        "Only your partner can do this."
    )
    assert str(who_can(Capability.MANAGE_TEAM, staff=False)) == "Only your partner can do this."


def test_the_team_is_of_those_who_see_all_customers() -> None:
    assert str(whom_to_ask(Capability.MANAGE_TEAM, staff=True)) == (
        "Ask one of these roles: Account admin of all customers."
    )
    assert str(whom_to_ask(Capability.MANAGE_SUBSCRIPTIONS, staff=True)) == (
        "Ask one of these roles: Account admin · Admin agent · Sales agent."
    )


@pytest.mark.parametrize(
    ("role", "text"),
    [
        (
            Role.GLOBAL_ADMIN,
            (
                "Can manage users (add, change, delete), delete users permanently, assign licenses,"
                " reset passwords, see subscriptions and see the activity log."
            ),
        ),
        (
            Role.PASSWORD_ADMIN,
            (
                "Can see users and reset passwords of users who are not administrators."
                " Can't manage users (add, change, delete), assign licenses, see subscriptions or"
                " see the activity log."
            ),
        ),
        (
            Role.HELPDESK_AGENT,
            (
                "Can see users, assign licenses, reset passwords of users who are not"
                " administrators, see subscriptions and see their own actions in the log. Can't"
                " manage customers, manage users (add, change, delete), manage subscriptions (buy,"
                " change, cancel), export the activity of all customers, manage the team,"
                " manage applications or manage the catalog."
            ),
        ),
    ],
)
def test_a_role_says_what_it_may_and_may_not(role: Role, text: str) -> None:
    assert role_in_words(role) == text


def test_each_capability_of_each_role_is_in_its_words() -> None:
    words = {
        Capability.MANAGE_LICENSES: "assign licenses",
        Capability.RESET_PASSWORDS: "reset passwords",
        Capability.SEE_SUBSCRIPTIONS: "see subscriptions",
        Capability.SEE: "see users",
        Capability.MANAGE_TEAM: "manage the team",
        Capability.MANAGE_CATALOG: "manage the catalog",
    }
    wider = {"see users": "manage users", "see subscriptions": "manage subscriptions"}
    for role in Role:
        may, _nothing, may_not = role_in_words(role).partition(" Can't ")
        for capability, text in words.items():
            if capability in GRANTS[role]:
                assert text in may or wider.get(text, text) in may, role
            else:
                assert text not in may, role
                # Of what no role of a customer can do nothing is said.
                assert text in may_not or role in CUSTOMER_ROLES, role
