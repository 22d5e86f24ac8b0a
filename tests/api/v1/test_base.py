"""Who calls, and whose data it is."""

from tests.api.caller import Script, at, of, script_of, told
from tests.factories import UserFactory
from tests.support.cast import Cast


def test_users_who_are_not_there_are_named(script: Script, cast: Cast) -> None:
    other = UserFactory.create(customer=cast.northwind)
    users = [str(of(cast.uma)), str(of(other))]
    body = {"action": "block", "users": users}
    answer = told(script("POST", f"{at(cast.contoso)}/batches", body), 404)
    assert (answer["code"], answer["data"]) == (60_002, [str(of(other))])


def test_what_is_wrong_in_a_form_is_told_by_the_names_of_the_api(
    script: Script, cast: Cast
) -> None:
    body = {"userPrincipalName": "a@contoso.example", "displayName": "A", "phoneNumber": "1" * 99}
    answer = told(script("POST", f"{at(cast.contoso)}/users", body), 400)
    assert answer["data"][0].startswith("phoneNumber: ")


def test_an_administrator_is_beyond_the_reach_of_a_helpdesk_agent(cast: Cast) -> None:
    script = script_of(cast.bob, grave=True)
    path = at(cast.contoso, "users", of(cast.gail))
    answer = told(script("PATCH", f"{path}/resetpassword", {}), 403)
    assert "administrator" in answer["description"]
