"""The form of the pages, filled with what a script sends."""

import pytest

from api.v1.schemas import UserFields
from api.v1.user_fields import NAMES, form_data, with_roles
from customers.roles import Role
from tests.support.cast import Cast


def test_what_is_not_sent_stays(cast: Cast) -> None:
    sent = UserFields(job_title="Boss", address={"city": "Oslo"})  # type: ignore[arg-type]
    data = form_data(sent, cast.contoso, {"job_title": "Agent", "office": "1", "country": None})
    assert (data["job_title"], data["office"], data["city"]) == ("Boss", "1", "Oslo")
    assert data["country"] == ""


def test_a_user_name_is_taken_apart(cast: Cast) -> None:
    own = form_data(UserFields(user_principal_name="a@Contoso.example"), cast.contoso, {})
    assert own["user_name"] == "a"
    assert own["domain"] == str(cast.contoso.domains.get().pk)
    foreign = form_data(UserFields(user_principal_name="a@adatum.example"), cast.contoso, {})
    assert foreign["domain"] == "0"


@pytest.mark.parametrize(
    ("roles", "permission"),
    [((), "user"), ((Role.GLOBAL_ADMIN,), "global"), ((Role.USER_ADMIN,), "limited")],
)
def test_roles_are_those_of_the_form(cast: Cast, roles: tuple[Role, ...], permission: str) -> None:
    data = with_roles(form_data(UserFields(), cast.contoso, {}), roles)
    assert data["permission"] == permission
    assert data.getlist("limited_roles") == (
        ["User administrator"] if permission == "limited" else []
    )


def test_every_field_of_the_form_has_a_name_for_scripts() -> None:
    from accounts.forms.details import MODEL_FIELDS

    assert set(MODEL_FIELDS) <= set(NAMES)
