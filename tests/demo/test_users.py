"""Users of a company are made up alike every time, with user names of their own."""

from random import Random

import pytest
from django.utils import timezone

from customers.models import Domain
from demo.companies import CONTOSO
from demo.users import UNUSABLE, UserMaker
from tests.support.cast import Cast


@pytest.fixture
def domains(cast: Cast) -> list[Domain]:
    return list(cast.contoso.domains.all())


def maker(cast: Cast, domains: list[Domain]) -> UserMaker:
    return UserMaker(CONTOSO, cast.contoso, domains, Random(7))


def test_every_user_name_is_there_once(cast: Cast, domains: list[Domain]) -> None:
    made = maker(cast, domains)
    users = [made.make(timezone.now()) for _number in range(300)]
    names = {user.username for user in users}
    assert len(names) == len(users)
    assert all(str(name).endswith("@contoso.example") for name in names)


def test_a_name_that_is_reserved_gets_a_number(cast: Cast, domains: list[Domain]) -> None:
    first = str(maker(cast, domains).make(timezone.now()).username)
    local, _at, domain = first.partition("@")
    made = maker(cast, domains)
    made.reserve(local)
    assert made.make(timezone.now()).username == f"{local}2@{domain}"


def test_a_user_works_at_an_office_and_signs_in_nowhere(cast: Cast, domains: list[Domain]) -> None:
    user = maker(cast, domains).make(timezone.now())
    assert user.office in {office.name for office in CONTOSO.offices}
    assert (user.customer, user.usage_location, user.password) == (cast.contoso, "US", UNUSABLE)
    # The block of numbers that no one has.
    assert " 555 01" in user.office_phone
