"""The door of sources: who comes in, what is limited, and what is kept of a refusal."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.services.users import block_users
from api.models import Doing, SourceRefusal, Token
from api.services.sources import SourceFacts, change_source, remove_source, revoke_source_token
from customers.models import Batch, Via
from tests.api.scim.calling import ERROR, PATCH, USER, Caller, caller_of
from tests.api.tokens import source_token, token_of
from tests.factories import UserFactory
from tests.support.cast import Cast
from tests.support.log import log


@pytest.fixture
def call(cast: Cast) -> Caller:
    return caller_of(cast.contoso, cast.gail)


def test_a_source_adds_and_finds_a_user(call: Caller) -> None:
    assert call.search()["totalResults"] == 0
    made = call.create(name={"givenName": "Grace", "familyName": "Hopper"}, externalId="4711")
    assert made.status == 201
    assert made["displayName"] == "Grace Hopper"
    assert made.headers["Location"].endswith(f"/Users/{made['id']}")
    assert made.headers["ETag"] == made["meta"]["version"]
    assert made.headers["Cache-Control"] == "no-store"
    found = call.search('userName eq "GRACE@contoso.example"')
    assert found["Resources"] == [made.body]


def test_what_it_does_is_logged_as_the_sources(call: Caller, cast: Cast) -> None:
    call.create()
    batch = Batch.objects.latest("pk")
    token = Token.objects.get(user=call.source.user)
    assert (batch.by, batch.via, batch.token_id) == (call.source.user, Via.SCIM, token.pk)
    [line] = [line for line in log() if line.action == "user.added"]
    assert line.actor.startswith("Personio (source-")


@pytest.mark.parametrize("token", ["", "pp_", "pp_abcdefgh_" + "x" * 43, "x" * 5_000])
def test_without_a_token_there_is_nothing(call: Caller, token: str) -> None:
    answer = Caller(call.source, token, call.customer)("GET", "/Users")
    assert answer.status == 401
    assert answer["schemas"] == [ERROR]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_only_a_sources_token_counts_and_only_as_long_as_it_lives(call: Caller, cast: Cast) -> None:
    own = token_of(cast.alice)
    assert Caller(call.source, own.text, call.customer)("GET", "/Users").status == 401
    token = Token.objects.get(user=call.source.user)
    Token.objects.filter(pk=token.pk).update(ends_at=timezone.now() - timedelta(days=1))
    assert call("GET", "/Users").status == 401
    Token.objects.filter(pk=token.pk).update(ends_at=timezone.now() + timedelta(days=1))
    assert call("GET", "/Users").status == 200
    revoke_source_token(call.source, token, actor=cast.gail)
    assert call("GET", "/Users").status == 401


def test_a_removed_source_is_out_at_once(call: Caller, cast: Cast) -> None:
    call.create()
    remove_source(call.source, actor=cast.gail)
    assert call("GET", "/Users").status == 401
    assert User.objects.get(username="grace@contoso.example").blocked_at is None


def test_anothers_address_is_not_there(call: Caller, cast: Cast) -> None:
    for customer in (cast.northwind, cast.adatum):
        answer = Caller(call.source, call.token, customer)("GET", "/Users")
        assert answer.status == 404
    assert cast.uma.user_name not in str(call.search().body)


def test_no_cookie_counts(call: Caller, cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.gail)
    address = f"/scim/{cast.contoso.uuid}/v2/Users"
    assert client.get(address).status_code == 401
    assert client.post(address, {}, content_type="application/json").status_code == 401
    with_both = client.get(address, headers={"Authorization": f"Bearer {call.token}"})
    assert with_both.status_code == 200


def test_wrong_tokens_and_calls_have_their_limits(
    call: Caller, settings: Settings, cast: Cast
) -> None:
    cache.clear()
    settings.SCIM_LIMITS = {"token": 3, "wrong": 2}
    statuses = [call("GET", "/Users").status for _number in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert int(call("GET", "/Users").headers["Retry-After"]) in range(1, 61)
    wrong = Caller(call.source, "pp_abcdefgh_" + "x" * 43, call.customer)
    assert [wrong("GET", "/Users").status for _number in range(3)] == [401, 401, 429]
    cache.clear()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b"", 400),
        (b'{"userName": "a\\u0000b@contoso.example"}', 400),
        (b'{"userName": "\x00"}', 400),
        (b'{"userName": "\\ud800@contoso.example"}', 400),
        (b'{"userName": "' + b"x" * 200 + b'@contoso.example"}', 400),
        (b'{"userName": "a@contoso.example", "title": "' + b"x" * 65 + b'"}', 400),
        (b'{"userName": "a@contoso.example", "emails": [{"value": "nobody"}]}', 400),
        (b'{"userName": "a@contoso.example", "addresses": [{"country": "Narnia"}]}', 400),
        (b'{"userName": "a@nobody.example"}', 400),
        (b'{"userName": "no domain"}', 400),
        (b'{"userName": 5}', 400),
        (b"[" * 50_000, 400),
        (b" " * 70_000, 413),
    ],
)
def test_what_can_not_be_kept_never_reaches_the_database(
    call: Caller, body: bytes, status: int
) -> None:
    if b"userName" in body and b"schemas" not in body:
        body = body.replace(b"{", b'{"schemas": ["%s"], ' % USER.encode(), 1)
    response = call.client.post(
        f"/scim/{call.customer.uuid}/v2/Users",
        body,
        content_type="application/scim+json",
        headers={"Authorization": f"Bearer {call.token}"},
    )
    assert response.status_code == status, response.content
    assert json.loads(response.content)["schemas"] == [ERROR]


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "x" * 3_000},
        {"filter": 'userName eq "\x00"'},
        {"filter": "(" * 1_500},
        {"filter": "not (" * 300 + "id pr" + ")" * 300},
        {"startIndex": "9" * 400},
        {"count": "-1" * 400},
        {"filter": 'userName eq "a'},
    ],
)
def test_a_query_never_ends_in_an_error_of_ours(call: Caller, query: dict[str, str]) -> None:
    assert call("GET", "/Users", query=query).status in {200, 400}


@pytest.mark.parametrize(
    "path", ["/", "/Users/%00", "/Users/5", "/Users/a/b", "/Nothing", "/Me", "/Bulk"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_no_address_ends_in_an_error_of_ours(call: Caller, method: str, path: str) -> None:
    body = {"schemas": [USER], "userName": "x@contoso.example"}
    assert call(method, path, body).status in {400, 404, 405, 501}


def test_a_refusal_is_kept_once_with_its_words(call: Caller) -> None:
    call.create()
    for _number in range(2):
        answer = call.create()
        assert (answer.status, answer["scimType"]) == (409, "uniqueness")
    kept = SourceRefusal.objects.get()
    assert (kept.doing, kept.user_name, kept.code, kept.times) == (
        Doing.CREATE,
        "grace@contoso.example",
        "user-name-taken",
        2,
    )
    assert kept.sentence == answer["detail"]


def test_old_refusals_go(call: Caller) -> None:
    call.create("a@nobody.example")
    SourceRefusal.objects.update(last_at=timezone.now() - timedelta(days=31))
    call.create("b@nobody.example")
    assert SourceRefusal.objects.get().user_name == "b@nobody.example"


def test_it_announces_what_it_keeps_and_no_more(call: Caller) -> None:
    config = call("GET", "/ServiceProviderConfig").body
    told = {name: config[name]["supported"] for name in config if "supported" in config[name]}
    assert told == {
        "patch": True,
        "bulk": False,
        "filter": True,
        "changePassword": False,
        "sort": True,
        "etag": True,
    }
    types = [one["id"] for one in call("GET", "/ResourceTypes")["Resources"]]
    assert types == ["User", "Group"]
    user = call("GET", f"/Schemas/{USER}").body
    assert [one["name"] for one in user["attributes"]] == [
        *("userName", "name", "displayName", "title", "active", "emails", "phoneNumbers"),
        "addresses",
    ]


def test_a_version_is_asked_for_by_etag(call: Caller) -> None:
    made = call.create()
    old = made.headers["ETag"]
    replace = {"op": "replace", "path": "title", "value": "Boss"}
    changed = call.patch(made["id"], replace, If_Match=old)
    assert changed.status == 200
    assert changed.headers["ETag"] != old
    assert call.patch(made["id"], replace, If_Match=old).status == 412
    assert call("DELETE", f"/Users/{made['id']}", If_Match=old).status == 412
    current = changed.headers["ETag"]
    assert call("GET", f"/Users/{made['id']}", If_None_Match=current).status == 304
    assert call("DELETE", f"/Users/{made['id']}", If_Match=current).status == 204


def test_a_blocked_source_changes_nothing(call: Caller, cast: Cast) -> None:
    made = call.create()
    User.objects.filter(pk=call.source.user_id).update(blocked_at=timezone.now())
    assert call.patch(made["id"], {"op": "replace", "path": "title", "value": "x"}).status == 401


def test_lists_have_pages(call: Caller) -> None:
    for number in range(5):
        call.create(f"user{number}@contoso.example")
    first = call.search(count="2")
    assert (first["totalResults"], first["itemsPerPage"], first["startIndex"]) == (5, 2, 1)
    names = [*first.names]
    names += call.search(count="2", startIndex="3").names
    names += call.search(count="2", startIndex="5").names
    assert names == [f"user{number}@contoso.example" for number in range(5)]
    assert call.search(count="0")["totalResults"] == 5
    assert call.search(startIndex="9")["totalResults"] == 5
    down = call.search(sortBy="userName", sortOrder="descending")
    assert down.names == names[::-1]
    assert call.search(sortBy="title").status == 400


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_asks_the_database_no_more_often_for_more(
    call: Caller, count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        call.create(f"user{number}@contoso.example")
    call.search()
    with django_assert_max_num_queries(9):
        assert call.search()["totalResults"] == count


def test_attributes_are_chosen(call: Caller) -> None:
    made = call.create(title="Boss")
    found = call("GET", f"/Users/{made['id']}", query={"attributes": "userName"}).body
    assert set(found) == {"schemas", "id", "userName"}
    assert "title" not in call.search(excludedAttributes="title")["Resources"][0]


def test_dot_search_is_the_same(call: Caller) -> None:
    call.create()
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": 'userName sw "gra"',
    }
    assert call("POST", "/Users/.search", body).names == ["grace@contoso.example"]


def test_only_its_own_are_shown_until_it_may_take_over(call: Caller, cast: Cast) -> None:
    UserFactory.create(customer=cast.contoso, local_part="grace")
    assert call.search('userName eq "grace@contoso.example"')["totalResults"] == 0
    change_source(call.source, SourceFacts(takes_over=True), actor=cast.gail)
    assert call.search('userName eq "grace@contoso.example"')["totalResults"] == 1


def test_another_sources_users_are_not_shown(call: Caller, cast: Cast) -> None:
    other = caller_of(cast.contoso, cast.gail, name="Entra", takes_over=True)
    made = call.create()
    assert other.search('userName sw "grace"')["totalResults"] == 0
    assert other("GET", f"/Users/{made['id']}").status == 404
    assert other.create().status == 409
    assert other.patch(made["id"], {"op": "replace", "path": "title", "value": "x"}).status == 404


def test_two_tokens_live_at_a_time(call: Caller, cast: Cast) -> None:
    second = source_token(call.source, cast.alice)
    assert Caller(call.source, second.text, cast.contoso)("GET", "/Users").status == 200
    assert call("GET", "/Users").status == 200


def test_a_narrowed_source_resets_nothing_and_sees_no_neighbor(cast: Cast) -> None:
    northwind = caller_of(cast.northwind, cast.alice, takes_over=True)
    assert northwind.search()["totalResults"] == 0
    assert northwind("GET", f"/Users/{cast.uma.uuid}").status == 404
    body = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "title", "value": "x"}]}
    assert northwind("PATCH", f"/Users/{cast.uma.uuid}", body).status == 404
    assert northwind("DELETE", f"/Users/{cast.uma.uuid}").status == 404


def test_whoever_blocks_a_user_the_source_sees_it(call: Caller, cast: Cast) -> None:
    made = call.create()
    user = User.objects.get(uuid=made["id"])
    block_users([user], customer=cast.contoso, actor=cast.gail)
    assert call("GET", f"/Users/{made['id']}")["active"] is False
