"""Pages: how many, from where, and what a filter says."""

import json
from typing import Any

import pytest
from django.test import RequestFactory

from accounts.models import User
from api.v1.errors import ApiError
from api.v1.paging import Filter, Order, read_filters, read_page, read_size
from tests.api.caller import Script, at, told
from tests.factories import UserFactory
from tests.support.cast import Cast


def asked(**query: str) -> Any:
    return RequestFactory().get("/v1/customers", query)


@pytest.mark.parametrize(
    ("size", "expected"), [("", 100), ("0", 100), ("7", 7), ("500", 500), ("9999", 500)]
)
def test_sizes(size: str, expected: int) -> None:
    assert read_size(asked(size=size)) == expected


@pytest.mark.parametrize("size", ["-1", "x", "1.5", "9" * 99, "٣"])
def test_what_is_no_size_is_told(size: str) -> None:
    with pytest.raises(ApiError):
        read_size(asked(size=size))


def test_filters_are_joined_by_and() -> None:
    one = {"Field": "Domain", "Value": "a", "Operator": "starts_with"}
    other = {"field": "CompanyName", "value": "b", "operator": "Equals"}
    both = {"LeftFilter": one, "RightFilter": other, "Operator": "and"}
    assert read_filters(asked(filter=json.dumps(both))) == [
        Filter("domain", "a", "starts_with"),
        Filter("companyname", "b", "equals"),
    ]
    assert read_filters(asked()) == []


@pytest.mark.parametrize(
    "told_filter",
    [
        "x",
        "{}",
        '{"Field":1,"Value":"a","Operator":"equals"}',
        '{"Field":"a","Value":{},"Operator":"equals"}',
        '{"Field":"a","Value":"\\u0000","Operator":"equals"}',
        '{"LeftFilter":null,"RightFilter":null,"Operator":"and"}',
    ],
)
def test_what_is_no_filter_is_told(told_filter: str) -> None:
    with pytest.raises(ApiError):
        read_filters(asked(filter=told_filter))


def test_all_pages_together_are_the_list(cast: Cast, script: Script) -> None:
    """Also with many of one name, and while users are added and deleted between the pages."""
    for number in range(23):
        UserFactory.create(customer=cast.contoso, display_name=f"Same {number % 3}")
    wanted = [
        str(uuid)
        for uuid in User.objects.filter(customer=cast.contoso)
        .order_by("sort_name", "pk")
        .values_list("uuid", flat=True)
    ]
    path, found = f"{at(cast.contoso)}/users?size=4", list[str]()
    headers: dict[str, str] = {}
    while True:
        page = script.get(path, **headers)
        found += [row["id"] for row in page["items"]]
        if "next" not in page["links"]:
            break
        path = page["links"]["next"]["uri"]
        headers = {"MS_ContinuationToken": page["continuationToken"]}
    assert found == wanted


@pytest.mark.parametrize("token", ["x", "a:b:c", ""])
def test_a_token_from_elsewhere_is_told(cast: Cast, script: Script, token: str) -> None:
    path = f"{at(cast.contoso)}/users?seekOperation=Next"
    answer = script("GET", path, MS_ContinuationToken=token)
    assert answer.status_code == (400 if token else 200)


def test_a_token_of_another_list_is_told(cast: Cast, script: Script) -> None:
    UserFactory.create(customer=cast.contoso)
    token = script.get(f"{at(cast.contoso)}/users?size=1")["continuationToken"]
    other = script("GET", "/customers?seekOperation=Next", MS_ContinuationToken=token)
    assert told(other, 400)["code"] == 3_000
    assert told(script("GET", "/customers?seekOperation=Sideways"), 400)["code"] == 3_000


def test_the_last_page_comes_first_when_it_is_asked_for(cast: Cast) -> None:
    users = User.objects.filter(customer=cast.contoso)
    page = read_page(asked(size="1", seekOperation="last"), users, Order("sort_name"))
    assert [row.display_name for row in page.rows] == ["Uma"]
    assert page.has_previous
    assert not page.has_next
