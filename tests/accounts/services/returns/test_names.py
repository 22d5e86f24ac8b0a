"""Under which user names deleted users can come back, and which are proposed."""

from collections.abc import Mapping

import pytest

from accounts.models import User
from accounts.services.returns import (
    Return,
    free_name,
    name_problems,
    name_taken,
    strange_domain,
    taken_by_another,
)
from accounts.services.returns.names import name_returns
from customers.models import Customer
from tests.factories import DomainFactory, UserFactory
from tests.support.cast import Cast

NAME = "ada@contoso.example"


def make(cast: Cast, user_name: str = NAME, *, deleted: bool = True) -> User:
    return UserFactory.create(customer=cast.contoso, user_name=user_name, deleted=deleted)


def name(customer: Customer, *users: User, names: Mapping[int, str] | None = None) -> list[Return]:
    domains = {domain.name: domain for domain in customer.domains.all()}
    return name_returns(users, domains, names or {})


def told(returns: list[Return]) -> list[tuple[str, str, str]]:
    return [(item.user_name, item.name_problem, item.proposal) for item in returns]


def test_a_free_name_is_kept_and_nothing_is_proposed(cast: Cast) -> None:
    [item] = name(cast.contoso, make(cast))
    assert told([item]) == [(NAME, "", "")]
    assert item.domain == cast.contoso.domains.get()


def test_a_name_that_a_living_user_has_gets_the_first_free_number(cast: Cast) -> None:
    gone = make(cast)
    make(cast, "ADA@contoso.example", deleted=False)
    make(cast, "ada2@contoso.example", deleted=False)
    assert told(name(cast.contoso, gone)) == [
        (NAME, taken_by_another(NAME), "ada3@contoso.example")
    ]


def test_of_two_who_would_have_one_name_it_is_the_later_ones_problem(cast: Cast) -> None:
    first, second = make(cast), make(cast)
    found = name(cast.contoso, second, first)
    assert [item.user for item in found] == [second, first]
    assert told(found) == [
        (NAME, "", ""),
        (NAME, f"Two of these users would have the user name {NAME}.", "ada2@contoso.example"),
    ]


def test_a_user_who_gets_another_name_comes_after_all_who_keep_theirs(cast: Cast) -> None:
    renamed, keeping = make(cast, "bob@contoso.example"), make(cast)
    found = name(cast.contoso, renamed, keeping, names={renamed.pk: NAME})
    assert [bool(item.name_problem) for item in found] == [True, False]
    assert (found[0].old_name, found[0].proposal) == ("bob@contoso.example", "ada2@contoso.example")


def test_two_proposals_are_never_alike(cast: Cast) -> None:
    make(cast, deleted=False)
    found = name(cast.contoso, make(cast), make(cast))
    assert [item.proposal for item in found] == ["ada2@contoso.example", "ada3@contoso.example"]


def test_where_the_domain_is_gone_the_primary_one_is_proposed(cast: Cast) -> None:
    DomainFactory.create(customer=cast.contoso, name="second.example")
    [item] = name(cast.contoso, make(cast, "ada@gone.example"))
    assert (item.name_problem, item.domain) == (strange_domain("gone.example"), None)
    assert item.proposal == NAME


def test_a_name_that_can_be_none_falls_back_to_the_one_of_before(cast: Cast) -> None:
    user = make(cast)
    [item] = name(cast.contoso, user, names={user.pk: "a da@contoso.example"})
    assert item.name_problem
    assert item.proposal == NAME


def test_more_users_of_one_name_than_are_tried_at_once(cast: Cast) -> None:
    for number in ("", *range(2, 12)):
        make(cast, f"ada{number}@contoso.example", deleted=False)
    assert told(name(cast.contoso, make(cast)))[0][2] == "ada12@contoso.example"


def test_problems_by_user_id_are_the_same(cast: Cast) -> None:
    make(cast, deleted=False)
    domains = {domain.name: domain for domain in cast.contoso.domains.all()}
    names = {1: NAME, 2: "eve@contoso.example", 3: "EVE@contoso.example", 4: "eve@else.example"}
    found = name_problems(names, domains)
    assert found[1] == taken_by_another(NAME)
    assert "EVE@contoso.example" in found[3]
    assert found[4] == strange_domain("else.example")
    assert set(found) == {1, 3, 4}


@pytest.mark.parametrize(
    ("living", "used", "expected"),
    [
        ([], set(), "ada"),
        (["ada"], set(), "ada2"),
        (["ada", "ada3"], {"ada2@contoso.example"}, "ada4"),
    ],
)
def test_a_free_name_is_nobodys(
    cast: Cast, living: list[str], used: set[str], expected: str
) -> None:
    for local in living:
        make(cast, f"{local}@contoso.example", deleted=False)
    assert free_name("ada", "contoso.example", used) == f"{expected}@contoso.example"


def test_a_long_name_is_cut_for_its_number(cast: Cast) -> None:
    local = "a" * 64
    make(cast, f"{local}@contoso.example", deleted=False)
    found = free_name(local, "contoso.example", set())
    assert found == f"{'a' * 63}2@contoso.example"


def test_the_sentence_for_a_taken_name_says_which_one_is_free(cast: Cast) -> None:
    make(cast, deleted=False)
    assert name_taken("ada", "contoso.example") == (f"{NAME} is already taken. Try ada2.")
