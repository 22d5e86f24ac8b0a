"""Provisioning at a server that is away, asks to wait, refuses, or answers nonsense."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.services.users import block_users
from applications.models import (
    Application,
    Provision,
    Provisioning,
    ProvisionState,
)
from applications.services.provisioning import converging
from applications.services.provisioning.converging import (
    PAUSES,
    RESTS,
    STUMBLES,
    deliver_accounts,
    requeue_accounts,
)
from applications.services.provisioning.wanting import follow_for_provisioning, reckon
from customers.actions import Action
from tests.accounts.verbs import delete
from tests.applications.listener import Asked, Listener, Reply
from tests.applications.scim_server import ScimServer
from tests.factories import DomainFactory, UserFactory
from tests.support.cast import Cast

from .runs import GAIL, events, provisioned, row_of, run, wake

WAITING, FAILED = ProvisionState.WAITING, ProvisionState.FAILED


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        ("429 Too Many Requests", [("Retry-After", "7")], 7),
        ("429 Too Many Requests", [], RESTS[0]),
        ("503 Service Unavailable", [("Retry-After", "99999999")], 3_600),
        ("500 Internal Server Error", [], RESTS[0]),
        ("302 Found", [("Location", "https://inside.example/")], RESTS[0]),
    ],
)
def test_an_application_that_asks_to_wait_is_left_alone(
    cast: Cast,
    scim: ScimServer,
    wiki: Application,
    status: str,
    headers: list[tuple[str, str]],
    seconds: int,
) -> None:
    scim.before = lambda _asked: (status, headers)
    assert run(wiki) == 0
    assert len(scim.asked) == 1
    found = Provisioning.objects.get(application=wiki)
    assert found.rests_until is not None
    left = (found.rests_until - timezone.now()).total_seconds()
    assert abs(left - seconds) < 5
    assert (deliver_accounts(wiki.pk), requeue_accounts()) == (0, 0)
    assert len(scim.asked) == 1
    scim.before = lambda _asked: None
    wake(wiki)
    assert requeue_accounts() == 1
    assert run(wiki) == 2
    assert Provisioning.objects.get(application=wiki).problem == ""


def test_it_is_left_alone_longer_each_time(cast: Cast, scim: ScimServer, wiki: Application) -> None:
    scim.before = lambda _asked: ("500 Internal Server Error", [])
    rests = []
    for _time in range(len(RESTS) + 1):
        run(wiki)
        until = Provisioning.objects.get(application=wiki).rests_until
        assert until is not None
        rests.append((until - timezone.now()).total_seconds())
        wake(wiki)
    expected = (*RESTS, RESTS[-1])
    assert rests == pytest.approx(expected, abs=10)


def test_a_token_that_is_refused_is_told_in_words(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    scim.application.bearer_tokens = {"another"}
    assert run(wiki) == 0
    assert len(scim.asked) == 1
    problem = Provisioning.objects.get(application=wiki).problem
    assert problem.startswith("The application doesn't accept the token: enter a new one.")


def test_an_account_that_is_refused_waits_for_no_other_and_is_given_up_in_the_end(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    posts: list[str] = []

    def refuse_the_first(asked: str) -> Any:
        if asked.startswith("POST"):
            posts.append(asked)
            return ("400 Bad Request", []) if len(posts) == 1 else None
        return None

    scim.before = refuse_the_first
    assert run(wiki) == 1
    first = Provision.objects.filter(application=wiki).earliest("pk")
    assert (first.state, first.tries) == (WAITING, 1)
    assert first.reason == "The application answered with status 400."
    scim.before = lambda asked: ("400 Bad Request", []) if asked.startswith("POST") else None
    for _pause in PAUSES:
        wake(wiki)
        run(wiki)
    first.refresh_from_db()
    assert first.state == FAILED
    assert events(Action.PROVISIONING_FAILED) == [first.user_id]
    wake(wiki)
    scim.asked.clear()
    run(wiki)
    assert scim.asked == []


def test_an_error_of_the_server_about_one_account_waits_for_no_other(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    posts: list[str] = []

    def stumble(asked: str) -> Any:
        posts.extend([asked] * asked.startswith("POST"))
        first = asked.startswith("POST") and len(posts) == 1
        return ("500 Internal Server Error", []) if first else None

    scim.before = stumble
    assert run(wiki) == 1
    assert Provisioning.objects.get(application=wiki).problem == ""


def test_errors_one_after_the_other_are_the_servers(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    UserFactory.create_batch(10, customer=cast.contoso)
    scim.before = lambda asked: (
        ("500 Internal Server Error", []) if asked.startswith("POST") else None
    )
    assert run(wiki) == 0
    assert sum(asked.startswith("POST") for asked in scim.asked) == STUMBLES
    assert Provisioning.objects.get(application=wiki).problem != ""


@pytest.mark.parametrize("domain", ["contoso.local", "contoso.test"])
def test_a_domain_that_no_mail_reaches_is_no_obstacle(
    cast: Cast, listener: Listener, domain: str
) -> None:
    inside = DomainFactory.create(customer=cast.contoso, name=domain)
    user = UserFactory.create(customer=cast.contoso, domain=inside)
    application = provisioned(cast, f"{listener.url}/scim")
    listener.answer = everybody
    assert run(application) == 3
    bodies = [asked.body.decode() for asked in listener.asked if asked.method == "POST"]
    assert any(user.user_name in body for body in bodies)


def everybody(asked: Asked) -> Reply:
    """A server that ignores filters: another implementation was seen to."""
    if asked.method == "GET":
        body = (
            b'{"totalResults": 2, "Resources": [{"id": "1", "userName": "root@fabrikam.example"},'
            b' {"id": "2", "userName": "boss@fabrikam.example"}]}'
        )
        return Reply(200, body, {"Content-Type": "application/json"})
    return Reply(201, b'{"id": "3", "userName": "new"}', {"Content-Type": "application/json"})


def test_a_server_that_answers_a_filter_with_everybody_has_no_stranger_changed(
    cast: Cast, listener: Listener
) -> None:
    application = provisioned(cast, f"{listener.url}/scim")
    listener.answer = everybody
    assert run(application) == 2
    methods = {(asked.method, asked.path.partition("?")[0]) for asked in listener.asked}
    assert methods == {("GET", "/scim/Users"), ("POST", "/scim/Users")}


def test_a_name_that_is_taken_by_an_account_that_is_not_shown_is_told_in_words(
    cast: Cast, listener: Listener
) -> None:
    application = provisioned(cast, f"{listener.url}/scim")

    def taken(asked: Asked) -> Reply:
        json = {"Content-Type": "application/scim+json"}
        if asked.method == "GET":
            return Reply(200, b'{"totalResults": 0}', json)
        return Reply(409, b'{"detail": "taken,   already"}', json)

    listener.answer = taken
    assert run(application) == 0
    assert row_of(application, cast.uma).reason == (
        "The application has another account of this user name. It says: taken, already"
    )


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"[]", b'"x"', b'{"Resources": 7}', b'{"Resources": [7]}', b'{"Resources": [{}]}'],
)
def test_an_answer_that_is_no_list_of_accounts_is_a_failure_in_words(
    cast: Cast, listener: Listener, body: bytes
) -> None:
    application = provisioned(cast, f"{listener.url}/scim")
    listener.answer = lambda _asked: Reply(200, body, {"Content-Type": "application/json"})
    assert run(application) == 0
    assert row_of(application, cast.uma).reason.startswith("The application answered with")


def test_a_dead_application_keeps_no_other_waiting(
    cast: Cast, scim: ScimServer, wiki: Application, settings: Settings
) -> None:
    settings.EGRESS_ALLOW = [*settings.EGRESS_ALLOW, "http://localhost:1"]
    dead = provisioned(cast, "http://localhost:1/scim", host="localhost:1")
    assert run(dead) == 0
    assert run(wiki) == 2
    assert Provisioning.objects.get(application=dead).problem.startswith("There was no connection")
    assert row_of(dead, cast.uma).tries == 0, "it is not the account's fault"


def test_two_applications_of_one_host_take_turns(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    other = provisioned(cast, scim.address)
    reckon(wiki)
    reckon(other)
    claimed = converging.claim(wiki.pk)
    assert claimed is not None
    assert deliver_accounts(other.pk) == 0
    converging.release(claimed)
    assert deliver_accounts(other.pk) == 2


def test_nothing_is_sent_before_it_was_started(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    Provisioning.objects.update(is_on=False)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    follow_for_provisioning()
    assert not Provision.objects.exists()
    assert deliver_accounts(wiki.pk) == 0
    assert scim.asked == []


def test_of_an_application_that_is_off_nothing_is_changed(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    run(wiki)
    Application.objects.update(is_on=False)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    scim.asked.clear()
    assert run(wiki) == 0
    assert scim.asked == []


def test_an_address_inside_is_never_called(
    cast: Cast, scim: ScimServer, wiki: Application, settings: Settings
) -> None:
    settings.EGRESS_ALLOW = []
    assert run(wiki) == 0
    assert scim.asked == []
    problem = Provisioning.objects.get(application=wiki).problem
    assert problem.startswith("The address leads to where the portal doesn't connect")


@pytest.mark.parametrize("users", [3, 60])
def test_many_are_made_one_after_the_other(
    cast: Cast, scim: ScimServer, wiki: Application, users: int
) -> None:
    UserFactory.create_batch(users, customer=cast.contoso)
    assert run(wiki) == users + 2
    assert len(scim.accounts()) == users + 2
    # To look for each, and to make it.
    assert len(scim.asked) == 2 * (users + 2)


STEPS: dict[str, Callable[[Cast], Any]] = {
    "block": lambda c: block_users([c.uma], customer=c.contoso, actor=c.alice),
    "delete": lambda c: delete(c, c.uma),
}


@pytest.mark.parametrize("verb", STEPS)
def test_whoever_leaves_before_anything_was_sent_gets_no_account(
    cast: Cast, scim: ScimServer, wiki: Application, verb: str
) -> None:
    reckon(wiki)
    STEPS[verb](cast)
    run(wiki)
    assert scim.accounts().keys() == {GAIL}
    assert row_of(wiki, cast.uma).wanted is False
