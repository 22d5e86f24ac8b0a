"""The customers of the demo, of any number and size."""

import pytest

from demo.catalog import SHOWCASE
from demo.companies import (
    CONTOSO,
    FABRIKAM,
    LITWARE,
    SHOWCASE_SIZE,
    SMALLEST,
    companies,
)


def test_names_and_domains_are_those_of_one_company() -> None:
    every = [*FABRIKAM, *LITWARE]
    domains = [domain for company in every for domain in company.domains]
    assert len({company.name for company in every}) == len(every)
    assert len(set(domains)) == len(domains)
    assert all(domain.endswith(".example") for domain in domains)
    assert all(company.offices and company.languages for company in every)


@pytest.mark.parametrize(
    ("count", "users"), [(1, 3), (1, 500), (2, 6), (3, 279), (5, 1_000), (24, 6_000), (90, 900)]
)
def test_users_are_shared_out_exactly(count: int, users: int) -> None:
    made = companies(count, users)
    sizes = [company.size for company in made]
    assert (len(made), sum(sizes)) == (count, users)
    assert min(sizes) >= SMALLEST
    assert made[0].name == CONTOSO.name


def test_few_are_large_and_many_are_small() -> None:
    sizes = [company.size for company in companies(20, 10_000)][1:]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 5 * sizes[-1]


def test_the_showcase_keeps_its_size_where_others_have_as_many() -> None:
    assert companies(3, 2 * SHOWCASE_SIZE)[0].size == SHOWCASE_SIZE
    assert companies(3, 2 * SHOWCASE_SIZE - 1)[0].size < SHOWCASE_SIZE


def test_further_companies_have_names_of_their_own_and_are_no_showcase() -> None:
    made = companies(100, 10_000)
    assert len({company.name for company in made}) == 100
    assert len({company.domains[0] for company in made}) == 100
    assert [company.name for company in made if company.profile is SHOWCASE] == [CONTOSO.name]
