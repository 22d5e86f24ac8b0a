"""The form of a new token."""

from typing import Any

import pytest
from django.http import QueryDict

from accounts.models import User
from api.capability_words import WORDS
from api.forms.tokens import NETWORKS, TokenForm
from customers.errors import Refused
from customers.roles import Capability
from tests.accounts.verbs import fresh
from tests.support.cast import Cast


def sent(**changes: Any) -> dict[str, list[str]]:
    """What the form sends, as a client of tests has it."""
    values: dict[str, Any] = {
        "key": "key-of-a-form",
        "name": "Nightly",
        "capabilities": ["see", "manage users"],
        "reach": "all",
        "days": "90",
        "networks": "",
    }
    return {
        name: value if isinstance(value, list) else [value]
        for name, value in {**values, **changes}.items()
    }


def typed(**changes: Any) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in sent(**changes).items():
        data.setlist(name, value)
    return data


def form(user: User, **changes: Any) -> TokenForm:
    return TokenForm(typed(**changes), user=fresh(user))


def test_it_offers_what_the_user_has_each_with_its_meaning(cast: Cast) -> None:
    for user in (cast.alice, cast.bob, cast.gail):
        empty = TokenForm(user=fresh(user))
        offered = [Capability(box.data["value"]) for box, _meaning in empty.meanings()]
        assert offered == [one for one in WORDS if fresh(user).can(one)]
    assert ("reach" in empty.fields, "customers" in empty.fields) == (False, False)
    assert TokenForm(user=fresh(cast.alice))["key"].value()


def test_what_is_typed_becomes_facts(cast: Cast) -> None:
    filled = form(
        cast.alice,
        networks=" 203.0.113.0/24\n\n2001:db8::1\r\n203.0.113.0/24",
        reach="some",
        customers=[str(cast.contoso.pk)],
        may_do_grave="on",
    )
    assert filled.is_valid()
    facts = filled.facts()
    assert facts.networks == ["203.0.113.0/24", "2001:db8::1"]
    assert facts.customers == [cast.contoso]
    assert facts.capabilities == [Capability.SEE, Capability.MANAGE_USERS]
    assert facts.may_do_grave


def test_an_administrators_is_for_the_own_customer_whatever_is_sent(cast: Cast) -> None:
    filled = form(cast.gail, reach="some", customers=[str(cast.northwind.pk)])
    assert filled.is_valid()
    assert filled.facts().customers is None


@pytest.mark.parametrize(
    ("changes", "field", "text"),
    [
        ({"name": " "}, "name", "This field is required."),
        ({"name": "x" * 61}, "name", "Shorten this to 60 characters or fewer (it has 61)."),
        ({"capabilities": []}, "capabilities", "Choose at least one permission."),
        ({"capabilities": ["manage team"]}, "capabilities", "Choose from the list."),
        ({"days": "0"}, "days", "Enter a number of days from 1 to 365."),
        ({"days": "366"}, "days", "Enter a number of days from 1 to 365."),
        ({"days": "soon"}, "days", "Enter a number of days from 1 to 365."),
        ({"days": "9" * 5_000}, "days", "Enter a number of days from 1 to 365."),
        (
            {"networks": "the office"},
            "networks",
            "the office: Enter networks such as 203.0.113.0/24 or single addresses, one per line.",
        ),
        (
            {"networks": "\n".join(f"10.0.0.{n}" for n in range(NETWORKS + 1))},
            "networks",
            "Enter up to 50 networks.",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    cast: Cast, changes: dict[str, Any], field: str, text: str
) -> None:
    assert form(cast.alice, **changes).errors == {field: [text]}


def test_the_neighbors_customer_can_not_be_chosen(cast: Cast) -> None:
    wrong = form(cast.alice, reach="some", customers=[str(cast.adatum.pk)])
    assert list(wrong.errors) == ["customers"]


def test_a_refusal_is_said_at_its_field_or_above_all(cast: Cast) -> None:
    filled = form(cast.alice)
    assert filled.is_valid()
    filled.refuse(Refused("Too long.", code="token-time-wrong", field="days"))
    filled.refuse(Refused("Too many.", code="tokens-too-many"))
    assert filled.errors == {"days": ["Too long."], "__all__": ["Too many."]}


def test_where_no_mail_can_be_sent_none_is_promised(cast: Cast) -> None:
    told = [
        "email" in str(TokenForm(user=fresh(user)).fields["days"].help_text)
        for user in (cast.alice, cast.gail)
    ]
    assert told == [True, False]
