"""The form of the pages, filled with what a script sends; and filters of users, as on pages."""

import json
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from accounts.models import User
from api.v1.schemas import UserFields
from api.v1.user_fields import NAMES, form_data, with_roles
from customers.roles import Role
from tests.accounts.verbs import delete
from tests.api.caller import Script, at, told
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


SINCE = datetime(2026, 3, 17, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("Department", "equals", "Sales", ["Uma"]),
        ("Department", "equals", "sales", []),
        ("JobTitle", "equals", "Agent", ["Uma"]),
        ("Domain", "equals", "Contoso.example", ["Gail", "Uma"]),
        ("Domain", "equals", "ontoso.example", []),
        ("UsageLocation", "equals", "se", ["Uma"]),
        ("LastSignIn", "equals", "Never", ["Gail"]),
        ("LastSignIn", "less_than", "2026-03-17", []),
        ("LastSignIn", "less_than", "2026-03-18", ["Uma"]),
        ("TemporaryPassword", "equals", "expired", ["Uma"]),
        ("TemporaryPassword", "equals", "expiring", []),
    ],
)
def test_users_are_filtered_as_on_the_pages(
    script: Script, cast: Cast, field: str, operator: str, value: str, expected: list[str]
) -> None:
    User.objects.filter(pk=cast.gail.pk).update(usage_location="NO", last_login=None)
    User.objects.filter(pk=cast.uma.pk).update(
        department="Sales",
        job_title="Agent",
        usage_location="SE",
        last_login=SINCE,
        must_change_password=True,
        temporary_password_set_at=SINCE,
    )
    wanted = json.dumps({"Field": field, "Value": value, "Operator": operator})
    found = script.get(f"{at(cast.contoso, 'users')}?filter={quote(wanted)}")
    assert sorted(row["displayName"] for row in found["items"]) == expected
    assert found["totalCount"] == len(expected)


def test_several_filters_of_the_pages_hold_at_once_and_of_the_deleted_too(
    script: Script, cast: Cast
) -> None:
    User.objects.filter(pk__in=[cast.gail.pk, cast.uma.pk]).update(department="Sales")
    delete(cast, cast.uma)

    def one(field: str, value: str) -> dict[str, str]:
        return {"Field": field, "Value": value, "Operator": "equals"}

    def both(left: object, right: object) -> dict[str, object]:
        return {"Operator": "and", "LeftFilter": left, "RightFilter": right}

    sold = both(one("Department", "Sales"), one("Domain", "contoso.example"))
    for wanted, expected in (
        (sold, ["Gail"]),
        (both(sold, one("UserState", "Inactive")), ["Uma"]),
        (both(sold, one("DisplayName", "Uma")), []),
    ):
        text = quote(json.dumps(wanted))
        found = script.get(f"{at(cast.contoso, 'users')}?filter={text}")
        assert [row["displayName"] for row in found["items"]] == expected
    twice = quote(json.dumps(both(one("Department", "Sales"), one("Department", "IT"))))
    answer = script("GET", f"{at(cast.contoso, 'users')}?filter={twice}")
    assert told(answer, 400)["description"] == "The filter has department twice."


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("UsageLocation", "equals", "Norway", "There is no location “NORWAY”."),
        ("LastSignIn", "less_than", "soon", "There is no date “soon”."),
        ("LastSignIn", "less_than", "2026-02-31", "There is no date “2026-02-31”."),
        ("LastSignIn", "equals", "today", "There is no filter lastsignin equals."),
        ("Department", "substring", "Sa", "There is no filter department substring."),
        ("TemporaryPassword", "equals", "gone", "There is no filter temporarypassword equals."),
    ],
)
def test_a_value_that_is_none_is_told_and_finds_nobody(
    script: Script, cast: Cast, field: str, operator: str, value: str, expected: str
) -> None:
    wanted = quote(json.dumps({"Field": field, "Value": value, "Operator": operator}))
    answer = script("GET", f"{at(cast.contoso, 'users')}?filter={wanted}")
    assert told(answer, 400)["description"] == expected
