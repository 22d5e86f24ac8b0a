"""Filters of SCIM: each operator on each attribute that can be asked for, and what can not."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db.models import Q
from scim2_models import Path, ScimFilter

from accounts.models import User
from api.models import ScimLink
from api.scim.filters import BY, NAMES, Conditions
from api.scim.resources import SourcedUser
from tests.api.scim.calling import Caller, caller_of
from tests.factories import UserFactory
from tests.support.cast import Cast

ADDED = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def call(cast: Cast) -> Caller:
    """Three users: Ann Ártúnsson, Ben Bø who is blocked, and one without names."""
    call = caller_of(cast.contoso, cast.gail)
    names = [("ann", "Ann", "Ártúnsson", "A-1"), ("ben", "Ben", "Bø", "b-2"), ("zoe", "", "", "")]
    for number, (local, first, last, external_id) in enumerate(names):
        user = UserFactory.create(
            customer=cast.contoso,
            local_part=local,
            first_name=first,
            last_name=last,
            display_name=f"{first} {last}".strip() or "Zoe",
        )
        moment = ADDED.replace(month=5 + number)
        User.objects.filter(pk=user.pk).update(
            added_at=moment, blocked_at=moment if local == "ben" else None
        )
        ScimLink.objects.create(
            source=call.source, customer=cast.contoso, user=user, external_id=external_id
        )
    return call


def found(call: Caller, text: str) -> str:
    """The first letters of whom the filter finds, in order."""
    answer = call.search(text, sortBy="userName")
    assert answer.status == 200, answer.body
    return "".join(name[0] for name in answer.names)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ('userName eq "ANN@contoso.example"', "a"),
        ('userName ne "ann@contoso.example"', "bz"),
        ('userName co "EN@con"', "b"),
        ('userName sw "Z"', "z"),
        ('userName ew "@CONTOSO.example"', "abz"),
        ("userName pr", "abz"),
        ('userName gt "ben@contoso.example"', "z"),
        ('userName ge "ben@contoso.example"', "bz"),
        ('userName lt "ben@contoso.example"', "a"),
        ('userName le "ben@contoso.example"', "ab"),
        ('urn:ietf:params:scim:schemas:core:2.0:User:userName sw "a"', "a"),
        ('externalId eq "A-1"', "a"),
        ('externalId eq "a-1"', ""),
        ('externalId ne "A-1"', "bz"),
        ("externalId pr", "ab"),
        ("not (externalId pr)", "z"),
        ('externalId sw "A"', "a"),
        ('externalId eq ""', "z"),
        ("externalId eq null", "z"),
        ("externalId ne null", "ab"),
        ("active eq true", "az"),
        ("active eq false", "b"),
        ('active eq "False"', "b"),
        ("active ne true", "b"),
        ("active pr", "abz"),
        ('displayName eq "ann Ártúnsson"', "a"),
        ('displayName co "NSS"', "a"),
        ('displayName sw "be"', "b"),
        ('displayName ew "bø"', "b"),
        ('displayName ne "zoe"', "ab"),
        ('name.familyName eq "Bø"', "b"),
        ('name.givenName sw "An"', "a"),
        ("name.familyName pr", "ab"),
        ("not (name.givenName pr)", "z"),
        ('meta.created gt "2026-05-15T00:00:00Z"', "bz"),
        ('meta.created ge "2026-06-01T12:00:00+00:00"', "bz"),
        ('meta.created lt "2026-06-01T12:00:00Z"', "a"),
        ('meta.created le "2026-06-01T12:00:00Z"', "ab"),
        ('meta.created eq "2026-05-01T12:00:00Z"', "a"),
        ('meta.created ne "2026-05-01T14:00:00+02:00"', "bz"),
        ('meta.lastModified gt "2020-01-01T00:00:00Z"', "abz"),
        ("meta.lastModified pr", "abz"),
        ('userName sw "a" or userName sw "z"', "az"),
        ('userName sw "a" and active eq false', ""),
        ('userName sw "a" or userName sw "b" and active eq true', "a"),
        ('(userName sw "a" or userName sw "b") and active eq false', "b"),
        ('not (userName sw "a" or active eq false)', "z"),
        ("userName pr or active eq false", "abz"),
        ("not (userName pr) or active eq false", "b"),
        ("not (userName pr)", ""),
        ('USERNAME EQ "ann@contoso.example"', "a"),
        ('userName eq "%"', ""),
        ('userName co "_"', ""),
        ('userName eq "ann@contoso.example\' OR 1=1 --"', ""),
    ],
)
def test_a_filter_finds(call: Caller, text: str, who: str) -> None:
    assert found(call, text) == who


@pytest.mark.postgres
def test_names_are_compared_in_any_case(call: Caller) -> None:
    assert found(call, 'displayName eq "ann ártúnsson"') == "a"
    assert found(call, 'displayName co "TÚN"') == "a"


def test_an_id_finds_its_user(call: Caller) -> None:
    [ann] = call.search('userName sw "ann"')["Resources"]
    assert found(call, f'id eq "{ann["id"]}"') == "a"
    assert found(call, f'id ne "{ann["id"]}"') == "bz"
    assert found(call, 'id eq "nothing of the kind"') == ""


@pytest.mark.parametrize(
    "text",
    [
        'title eq "Boss"',
        'emails.value eq "a@b.example"',
        'emails[type eq "work"]',
        'emails[type eq "work"].value eq "a@b.example"',
        'password eq "x"',
        'addresses.country eq "DE"',
        'nothing eq "x"',
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "x"',
        'id co "1"',
        "active gt false",
        'active eq "perhaps"',
        "userName gt null",
        "userName eq 5",
        'displayName gt "a"',
        'meta.created co "2026"',
        'meta.created gt "yesterday"',
        'meta.created gt "2026-13-45T00:00:00Z"',
        "userName",
        "userName eq",
        "and",
        "()",
        '"',
    ],
)
def test_what_can_not_be_asked_is_an_invalid_filter(call: Caller, text: str) -> None:
    answer = call.search(text)
    assert (answer.status, answer["scimType"]) == (400, "invalidFilter"), answer.body
    assert answer["detail"]


def each_filter() -> Iterator[str]:
    for name in NAMES:
        yield f"{name} pr"
        yield f"not ({name} pr)"
    for operator in ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"):
        yield f'userName {operator} "ben@contoso.example"'
        yield f'externalId {operator} "b-2"'


def test_the_database_and_the_library_agree(call: Caller) -> None:
    """What scim2-models finds by looking at each resource."""
    users = {one["id"]: SourcedUser.model_validate(one) for one in call.search()["Resources"]}
    wrong = []
    for text in each_filter():
        by_library = {
            key for key, user in users.items() if ScimFilter[SourcedUser](text).match(user)
        }
        answer = call.search(text)
        if {one["id"] for one in answer["Resources"]} != by_library:
            wrong.append(text)
    assert wrong == []


def test_all_names_are_of_the_schema() -> None:
    assert {name.lower() for name in NAMES} == BY.keys()
    assert all(Path[SourcedUser](name).resolve() for name in NAMES)


def test_user_names_are_found_by_their_index() -> None:
    node = ScimFilter[SourcedUser]('userName eq "A@contoso.example"').ast
    assert Conditions().visit(node) == Q(username__exact="a@contoso.example")
