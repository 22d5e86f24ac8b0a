"""The door of sources: who comes in, and what is told there."""

from tests.api.scim.calling import caller_of
from tests.support.cast import Cast


def test_a_source_lists_adds_and_finds(cast: Cast) -> None:
    call = caller_of(cast.contoso, cast.gail)
    assert call.search()["totalResults"] == 0
    made = call.create(name={"givenName": "Grace", "familyName": "Hopper"}, externalId="4711")
    print(made)
    assert made.status == 201
    assert made["displayName"] == "Grace Hopper"
    found = call.search('userName eq "GRACE@contoso.example"')
    assert found["Resources"] == [made.body]
