"""Domains by the API."""

from tests.api.caller import Script, at, told
from tests.support.cast import Cast


def test_domains_are_added_made_primary_and_removed(grave: Script, cast: Cast) -> None:
    path = f"{at(cast.contoso)}/domains"
    assert told(grave("POST", path, {"name": "More.Example"}), 201)["name"] == "more.example"
    assert told(grave("POST", path, {"name": "more.example"}), 409)["refusal"] == "domain-taken"
    assert told(grave("POST", path, {"name": "x"}), 400)["code"] == 3_000
    taken = told(grave("POST", path, {"name": "adatum.example"}), 409)
    assert taken["description"] == "This domain cannot be used here."
    told(grave("POST", f"{path}/more.example/primary"))
    assert [row["isPrimary"] for row in grave.get(path)["items"]] == [True, False]
    in_use = told(grave("DELETE", f"{path}/contoso.example"), 409)
    assert in_use["refusal"] == "domain-in-use"
    assert grave("DELETE", f"{path}/nothing.example").status_code == 404
