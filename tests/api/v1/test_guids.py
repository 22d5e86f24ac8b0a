"""GUIDs that are made of a kind and a number."""

from uuid import UUID, uuid4

import pytest

from api.v1.guids import guid, pk_of


@pytest.mark.parametrize("pk", [0, 1, 2**31, 2**63 - 1])
def test_a_guid_is_read_back(pk: int) -> None:
    assert pk_of("batch", UUID(guid("batch", pk))) == pk


def test_it_stays_the_same_for_good() -> None:
    """Scripts write them down: a change here breaks them."""
    assert guid("product", 1) == "4e9169c6-ab5a-8135-aed2-81dca291f812"
    assert guid("plan", 12_345) == "d8c36190-e2da-f2bc-0e05-59629c2bda43"
    assert len({guid("product", pk) for pk in range(1_000)}) == 1_000


def test_one_of_another_kind_is_none() -> None:
    assert pk_of("plan", UUID(guid("product", 7))) is None
    assert all(pk_of("plan", uuid4()) is None for _time in range(1_000))
