"""The form of an integration."""

from typing import Any

import pytest
from django.http import QueryDict

from api.forms.integrations import IntegrationForm
from customers.errors import Refused
from customers.roles import STAFF_ROLES, Role
from tests.accounts.verbs import fresh
from tests.api.tokens import integration
from tests.support.cast import Cast


def sent(**changes: Any) -> dict[str, list[str]]:
    """What the form sends, as a client of tests has it."""
    values: dict[str, Any] = {"name": "Sync", "roles": [Role.SALES_AGENT.value], "reach": "all"}
    return {
        name: value if isinstance(value, list) else [value]
        for name, value in {**values, **changes}.items()
    }


def typed(**changes: Any) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in sent(**changes).items():
        data.setlist(name, value)
    return data


def test_it_shows_what_there_is(cast: Cast) -> None:
    sync = fresh(integration(cast.alice, Role.ADMIN_AGENT, customers=[cast.contoso]))
    shown = IntegrationForm(partner=cast.fabrikam, integration=sync)
    assert (shown["name"].value(), shown["roles"].value(), shown["reach"].value()) == (
        "Sync",
        ["Admin agent"],
        "some",
    )
    assert list(shown["customers"].value()) == [cast.contoso.pk]
    assert shown["seen"].value()
    roles: Any = shown.fields["roles"]
    assert [value for value, _label in roles.choices] == [role.value for role in STAFF_ROLES]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"name": ""}, {"name": ["This field is required."]}),
        ({"roles": []}, {"roles": ["Choose at least one role."]}),
        ({"roles": ["Global administrator"]}, {"roles": ["Choose from the list."]}),
        ({"reach": "some"}, {"customers": ["Choose at least one customer."]}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    cast: Cast, changes: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    assert IntegrationForm(typed(**changes), partner=cast.fabrikam).errors == errors


def test_a_refusal_is_said_at_its_field(cast: Cast) -> None:
    filled = IntegrationForm(typed(), partner=cast.fabrikam)
    assert filled.is_valid()
    assert filled.chosen_roles() == (Role.SALES_AGENT,)
    filled.refuse(Refused("Taken.", code="integration-name-taken", field="name"))
    assert filled.errors == {"name": ["Taken."]}
