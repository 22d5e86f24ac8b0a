"""What keeps a license besides the hand: asked where one is taken or changed, and not elsewhere."""

from collections.abc import Iterator

import pytest

from accounts.services.licenses import LicenseChange, change_licenses, holding
from customers.errors import Refused
from tests.accounts.verbs import held, subscribe
from tests.support.cast import Cast


@pytest.fixture
def kept() -> Iterator[list[int]]:
    """Called with how many steps; it refuses all."""
    asked: list[int] = []

    def refuse(steps: object) -> None:
        asked.append(len(list(steps)))  # type: ignore[call-overload]
        raise Refused("Kept.", code="license-by-rule")

    holding.held_elsewhere(refuse)
    holding.held_elsewhere(refuse)
    yield asked
    holding._checks.remove(refuse)  # noqa: SLF001 - it is of this test alone


def test_it_is_asked_once_before_a_license_is_taken(cast: Cast, kept: list[int]) -> None:
    teams = subscribe(cast)
    have, lose = LicenseChange(have=True), LicenseChange(have=False)
    change_licenses([cast.uma], {teams.pk: have}, customer=cast.contoso, actor=cast.alice)
    assert kept == []
    with pytest.raises(Refused, match="Kept"):
        change_licenses([cast.uma], {teams.pk: lose}, customer=cast.contoso, actor=cast.alice)
    assert (kept, held(cast.uma)) == ([1], [("Teams", [])])
