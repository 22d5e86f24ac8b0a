"""Groups: one for each product, of who has a license."""

import pytest

from api.scim import groups
from licensing.models import SubscriptionStatus
from tests.api.scim.calling import Caller, caller_of
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast


@pytest.fixture
def call(cast: Cast) -> Caller:
    """A source that keeps one of two who have a license of Teams; of Visio nobody has one."""
    call = caller_of(cast.contoso, cast.gail, name="Entra")
    from tests.factories import ScimLinkFactory

    kept, other = UserFactory.create_batch(2, customer=cast.contoso)
    ScimLinkFactory.create(source=call.source, user=kept)
    teams = ProductFactory.create(partner=cast.fabrikam, name="Teams")
    visio = ProductFactory.create(partner=cast.fabrikam, name="Visio")
    SubscriptionFactory.create(customer=cast.contoso, product=teams, holders=[kept, other])
    SubscriptionFactory.create(customer=cast.contoso, product=visio)
    SubscriptionFactory.create(customer=cast.contoso, status=SubscriptionStatus.CANCELED)
    SubscriptionFactory.create(customer=cast.northwind)
    return call


def test_each_product_is_a_group_without_members_until_asked(call: Caller) -> None:
    found = call("GET", "/Groups").body
    assert [one["displayName"] for one in found["Resources"]] == ["Teams", "Visio"]
    assert all("members" not in one for one in found["Resources"])
    [teams, _visio] = found["Resources"]
    assert call("GET", f"/Groups/{teams['id']}").body == teams


def test_members_are_those_whom_the_source_sees(call: Caller) -> None:
    [kept] = call.search()["Resources"]
    [teams, visio] = call("GET", "/Groups", query={"attributes": "members"})["Resources"]
    assert [one["value"] for one in teams["members"]] == [kept["id"]]
    assert teams["members"][0]["$ref"].endswith(f"/Users/{kept['id']}")
    assert "members" not in visio
    one = call("GET", f"/Groups/{teams['id']}", query={"attributes": "members"}).body
    assert [one["value"] for one in one["members"]] == [kept["id"]]


def test_groups_are_filtered_sorted_and_paged(call: Caller) -> None:
    def names(**query: str) -> list[str]:
        found = call("GET", "/Groups", query=query).body
        return [one["displayName"] for one in found.get("Resources", [])]

    [kept] = call.search()["Resources"]
    assert names(filter='displayName eq "teams"') == ["Teams"]
    assert names(filter=f'members.value eq "{kept["id"]}"') == ["Teams"]
    assert names(sortBy="displayName", sortOrder="descending") == ["Visio", "Teams"]
    assert names(startIndex="2", count="1") == ["Visio"]
    assert names(startIndex="9" * 30) == []


def test_too_many_members_are_not_told(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MOST_MEMBERS", 0)
    answer = call("GET", "/Groups", query={"attributes": "members"})
    assert (answer.status, answer["scimType"]) == (400, "tooMany")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_groups_are_read_only(call: Caller, method: str) -> None:
    [teams, _visio] = call("GET", "/Groups")["Resources"]
    path = "/Groups" if method == "POST" else f"/Groups/{teams['id']}"
    answer = call(method, path, {"displayName": "x"})
    assert answer.status == 403
    assert "Assign licenses in the portal" in answer["detail"]


def test_anothers_group_is_not_there(call: Caller, cast: Cast) -> None:
    other = SubscriptionFactory.create(customer=cast.northwind)
    assert call("GET", f"/Groups/{other.uuid}").status == 404
