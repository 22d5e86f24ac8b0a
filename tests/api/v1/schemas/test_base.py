"""Names of what is sent, in any case."""

import pytest
from pydantic import ValidationError

from api.v1.schemas import NewUser


@pytest.mark.parametrize("name", ["userPrincipalName", "UserPrincipalName", "USERPRINCIPALNAME"])
def test_names_come_in_any_case(name: str) -> None:
    sent = NewUser.model_validate({name: "a@b.example", "DISPLAYNAME": "A", "unknown": 1})
    assert sent.user_principal_name == "a@b.example"


def test_parts_too() -> None:
    told = {"UserPrincipalName": "a", "DisplayName": "A", "Address": {"POSTALCODE": "1"}}
    sent = NewUser.model_validate(told)
    assert sent.address is not None
    assert sent.address.postal_code == "1"


@pytest.mark.parametrize("told", [[], "x", {"displayName": "A"}])
def test_what_is_no_user_is_none(told: object) -> None:
    with pytest.raises(ValidationError):
        NewUser.model_validate(told)
