"""Administrator roles by the API."""

from http import HTTPStatus

from api.v1.roles import IDS
from customers.roles import Role
from tests.api.caller import at, of, script_of, told
from tests.support.cast import Cast


def test_roles_are_given_and_taken_by_their_fixed_ids(cast: Cast) -> None:
    script = script_of(cast.alice, grave=True)
    base = at(cast.contoso)
    assert len(script.get(f"{base}/directoryroles")["items"]) == len(IDS)
    members = f"{base}/directoryroles/{IDS[Role.USER_ADMIN]}/usermembers"
    body = {"Id": str(of(cast.uma)), "DisplayName": "Uma", "UserPrincipalName": "uma"}
    assert told(script("POST", members, body), 201)["roleId"] == IDS[Role.USER_ADMIN]
    assert [row["displayName"] for row in script.get(members)["items"]] == ["Uma"]
    held = script.get(f"{base}/users/{of(cast.uma)}/directoryroles")["items"]
    assert [row["id"] for row in held] == [IDS[Role.USER_ADMIN]]
    assert script("DELETE", f"{members}/{of(cast.uma)}").status_code == HTTPStatus.NO_CONTENT
    assert told(script("DELETE", f"{members}/{of(cast.uma)}"), 404)["code"] == 1_000
    assert script.get(members)["items"] == []
