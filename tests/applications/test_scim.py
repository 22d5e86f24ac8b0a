"""What is asked of a SCIM server, and how its answers are read."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from applications.scim import LONGEST_REST, Account, Setback, Target, open_target, representation
from tests.applications.listener import Asked, Listener, Reply
from tests.applications.scim_server import TOKEN, ScimServer
from tests.factories import ApplicationFactory
from tests.support.cast import Cast

JSON = {"Content-Type": "application/scim+json"}


def answering(listener: Listener, *answers: Any) -> None:
    """The given answers in turn; the last of them again and again."""
    bodies = [json.dumps(one).encode() for one in answers]

    def answer(asked: Asked) -> Reply:
        return Reply(200, bodies[min(len(listener.asked), len(bodies)) - 1], JSON)

    listener.answer = answer


def find(listener: Listener, user_name: str) -> Account | None:
    with open_target(f"{listener.url}/scim/v2", TOKEN) as target:
        return target.find(user_name)


def test_a_request_has_the_token_and_stays_below_the_address(listener: Listener) -> None:
    answering(listener, {"Resources": []})
    assert find(listener, 'o"brien\\@chat.example') is None
    [asked] = listener.asked
    assert asked.headers["Authorization"] == "Bearer secret"
    assert asked.path == (
        "/scim/v2/Users?filter=userName+eq+%22o%5C%22brien%5C%5C%40chat.example%22&count=100"
    )


@pytest.mark.parametrize(
    ("told", "is_active"),
    [
        ({}, True),
        ({"active": True}, True),
        ({"active": False}, False),
        ({"active": "False"}, False),
    ],
)
def test_an_account_is_read_as_servers_write_it(
    listener: Listener, told: dict[str, Any], *, is_active: bool
) -> None:
    one = {"id": "7", "userName": "UMA@contoso.example", "externalId": None, **told}
    answering(listener, {"Resources": [one]})
    expected = Account("7", "UMA@contoso.example", is_active)
    assert find(listener, "uma@contoso.example") == expected


def test_several_of_one_name_are_nobody(listener: Listener) -> None:
    same = [{"id": pk, "userName": "uma@contoso.example"} for pk in ("1", "2")]
    answering(listener, {"Resources": same})
    with pytest.raises(Setback, match="several accounts"):
        find(listener, "uma@contoso.example")


def test_a_server_that_pages_without_end_is_left(listener: Listener) -> None:
    """It ignores startIndex, and shows its first page again and again."""
    answering(listener, {"totalResults": 999, "Resources": [{"id": "1", "userName": "a"}]})
    with open_target(listener.url, TOKEN) as target:
        assert [one.id for one in target.all()] == ["1"]
    assert len(listener.asked) == 2


def test_an_id_cannot_lead_to_another_address(listener: Listener) -> None:
    with open_target(f"{listener.url}/scim", TOKEN) as target:
        for pk in ("../../admin", "a/b", "?x", "#x"):
            target.delete(pk)
        with pytest.raises(Setback):
            target.delete("..")
    assert len(listener.asked) == 4
    for asked in listener.asked:
        assert asked.path.startswith("/scim/Users/")
        assert not set("/?#") & set(asked.path.removeprefix("/scim/Users/"))


def _in_a_minute() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30),
        ("999999", LONGEST_REST),
        ("in a minute", 60),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 0),
        ("soon", None),
        ("", None),
        ("-5", None),
    ],
)
def test_a_server_says_how_long_to_wait_in_two_ways(
    listener: Listener, header: str, seconds: float | None
) -> None:
    said = _in_a_minute() if header == "in a minute" else header
    listener.answer = lambda _asked: Reply(429, headers={"Retry-After": said})
    with pytest.raises(Setback) as raised:
        find(listener, "uma@contoso.example")
    rest = raised.value.rest
    assert raised.value.everywhere
    assert rest == (seconds if seconds is None else pytest.approx(seconds, abs=15))


@pytest.mark.parametrize(
    ("status", "everywhere"),
    [(400, False), (401, True), (403, True), (404, True), (302, True), (500, True), (503, True)],
)
def test_a_status_says_whether_all_others_would_meet_it(
    listener: Listener, status: int, *, everywhere: bool
) -> None:
    listener.answer = lambda _asked: Reply(status, b"<html>no</html>")
    with pytest.raises(Setback) as raised:
        find(listener, "uma@contoso.example")
    assert (raised.value.status, raised.value.everywhere) == (status, everywhere)


def test_what_a_server_says_of_a_failure_is_told_in_a_line(listener: Listener) -> None:
    detail = json.dumps({"detail": "no\n such   thing " + "x" * 500}).encode()
    listener.answer = lambda _asked: Reply(400, detail, JSON)
    with pytest.raises(Setback) as raised:
        find(listener, "uma@contoso.example")
    assert raised.value.reason.startswith(
        "The application answered with status 400. It says: no such thing xxx"
    )
    assert len(raised.value.reason) < 300


def test_an_attribute_that_an_application_has_no_place_for_keeps_no_other_from_it(
    listener: Listener, cast: Cast
) -> None:
    """MLflow's keeps no email address, and refuses a change that has one among others."""
    kept: list[str] = []

    def answer(asked: Asked) -> Reply:
        paths = [one["path"] for one in json.loads(asked.body)["Operations"]]
        if "emails" in paths:
            refused = {"scimType": "invalidPath", "detail": "Unsupported attribute path"}
            return Reply(400, json.dumps(refused).encode(), JSON)
        kept.extend(paths)
        return Reply(200, b"{}", JSON)

    listener.answer = answer
    told = representation(cast.uma, ApplicationFactory.create(partner=cast.fabrikam))
    with open_target(listener.url, TOKEN) as target:
        target.change("7", told)
        others = {"externalId", "userName", "displayName", "name", "active"}
        assert sorted(kept) == sorted(others)
        # It is asked once, and not for each account.
        before = len(listener.asked)
        target.change("8", told)
        assert len(listener.asked) == before + 1


@pytest.mark.parametrize(
    ("path", "kind"), [("active", "invalidPath"), ("userName", "mutability"), ("name", "")]
)
def test_what_an_account_is_nothing_without_has_to_be_taken(
    listener: Listener, cast: Cast, path: str, kind: str
) -> None:
    def answer(asked: Asked) -> Reply:
        if path in [one["path"] for one in json.loads(asked.body)["Operations"]]:
            return Reply(400, json.dumps({"scimType": kind}).encode(), JSON)
        return Reply(200, b"{}", JSON)

    listener.answer = answer
    told = representation(cast.uma, ApplicationFactory.create(partner=cast.fabrikam))
    with open_target(listener.url, TOKEN) as target, pytest.raises(Setback):
        target.change("7", told)


def test_an_account_lives_at_a_real_server(scim: ScimServer, cast: Cast) -> None:
    application = ApplicationFactory.create(partner=cast.fabrikam)
    told = representation(cast.uma, application)
    with open_target(scim.address + "/", TOKEN) as target:
        _live(target, told, scim)


def _live(target: Target, told: dict[str, Any], scim: ScimServer) -> None:
    name = told["userName"]
    made = target.create(told)
    assert target.find(name.upper()) == made
    with pytest.raises(Setback) as twice:
        target.create(told)
    assert twice.value.status == 409
    assert not twice.value.everywhere
    target.change(made.id, {**told, "displayName": "Another"})
    assert scim.accounts()[name]["displayName"] == "Another"
    target.deactivate(made.id)
    assert [one.is_active for one in target.all()] == [False]
    target.delete(made.id)
    with pytest.raises(Setback) as gone:
        target.deactivate(made.id)
    assert (gone.value.status, gone.value.everywhere) == (404, False)
