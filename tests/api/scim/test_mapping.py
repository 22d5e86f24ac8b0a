"""Users as resources, and resources as fields."""

from typing import Any

import pytest
from scim2_models import InvalidValueException

from accounts.models import User
from api.models import ScimLink
from api.scim.fields import KEPT
from api.scim.mapping import fields_of, resource_of
from api.scim.resources import POLICY, SourcedUser
from tests.api.scim.calling import ENTERPRISE, PORTAL, USER
from tests.support.cast import Cast

WHOLE: dict[str, Any] = {
    "schemas": [USER, ENTERPRISE, PORTAL],
    "userName": "grace@contoso.example",
    "name": {"givenName": "Grace", "familyName": "Hopper"},
    "displayName": "Amazing Grace",
    "title": "Rear admiral",
    "active": True,
    "emails": [{"value": "g@elsewhere.example", "type": "work"}],
    "phoneNumbers": [
        {"value": "1", "type": "work"},
        {"value": "2", "type": "mobile"},
        {"value": "3", "type": "fax"},
    ],
    "addresses": [
        {
            "streetAddress": "Main 1",
            "locality": "Arlington",
            "region": "VA",
            "postalCode": "22201",
            "country": "US",
            "type": "work",
        }
    ],
    ENTERPRISE: {"department": "Navy"},
    PORTAL: {"usageLocation": "DE"},
}
FIELDS = {
    "user_name": "grace@contoso.example",
    "first_name": "Grace",
    "last_name": "Hopper",
    "display_name": "Amazing Grace",
    "job_title": "Rear admiral",
    "department": "Navy",
    "office_phone": "1",
    "mobile_phone": "2",
    "fax": "3",
    "alternate_email": "g@elsewhere.example",
    "street": "Main 1",
    "city": "Arlington",
    "state": "VA",
    "postal_code": "22201",
    "country": "US",
    "usage_location": "DE",
}


def read(**changed: Any) -> Any:
    return SourcedUser.model_validate(WHOLE | changed, scim_policy=POLICY)


def test_every_field_has_its_place_both_ways(cast: Cast) -> None:
    assert FIELDS.keys() == KEPT.keys()
    assert fields_of(read()) == FIELDS
    User.objects.filter(pk=cast.uma.pk).update(
        **{name: value for name, value in FIELDS.items() if name != "user_name"}
    )
    uma = User.objects.get(pk=cast.uma.pk)
    told = resource_of(uma, ScimLink(external_id="7"))
    assert fields_of(told) == FIELDS | {"user_name": uma.user_name}
    assert (told.external_id, told.id, told.active) == ("7", str(uma.uuid), True)


def test_an_empty_user_tells_nothing(cast: Cast) -> None:
    User.objects.filter(pk=cast.uma.pk).update(first_name="", usage_location="")
    told = resource_of(User.objects.get(pk=cast.uma.pk), None).model_dump(exclude_none=True)
    assert {"name", "emails", "phoneNumbers", "addresses", "title", "externalId"}.isdisjoint(told)


@pytest.mark.parametrize(
    ("country", "code"), [("de", "DE"), ("Germany", "DE"), ("", ""), ("  US ", "US")]
)
def test_countries_come_by_code_or_name(country: str, code: str) -> None:
    assert fields_of(read(addresses=[{"country": country}]))["country"] == code


def test_of_several_the_one_of_work_counts() -> None:
    emails = [
        {"value": "home@elsewhere.example", "type": "home"},
        {"value": "work@elsewhere.example", "type": "work"},
    ]
    assert fields_of(read(emails=emails))["alternate_email"] == "work@elsewhere.example"
    phones = [{"value": "9"}, {"value": "8", "type": "pager"}]
    assert fields_of(read(phoneNumbers=phones))["office_phone"] == "9"


def test_invisible_characters_go() -> None:
    assert fields_of(read(title="Bo\u200bss\n"))["job_title"] == "Boss"


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "x" * 65},
        {"emails": [{"value": "nobody"}]},
        {"addresses": [{"country": "Narnia"}]},
        {PORTAL: {"usageLocation": "XYZ"}},
        {"displayName": "x" * 257},
    ],
)
def test_what_a_field_can_not_hold_is_said(changed: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueException):
        fields_of(read(**changed))
