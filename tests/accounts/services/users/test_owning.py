"""Fields of users that are kept elsewhere: tests/api/services has who keeps them."""

import pytest

from accounts.services.users.owning import (
    Owned,
    check_owned,
    kept_elsewhere,
    kept_from,
    owned_message,
)
from customers.errors import Refused
from customers.models import Outcome
from tests.factories import ScimLinkFactory, SourceFactory
from tests.support.cast import Cast

OWNED = Owned("Personio", 7, frozenset({"first_name", "department"}))


def test_the_keeper_alone_changes_them() -> None:
    assert kept_from(OWNED, ["office", "first_name"], 8) == ["first_name"]
    assert kept_from(OWNED, ["office", "first_name"], 7) == []


def test_the_sentence_names_fields_and_keeper() -> None:
    text = owned_message(OWNED, ["first_name", "department"])
    assert text.startswith("First name, Department: kept by Personio.")


def test_a_change_is_refused_for_the_first_who_is_kept(cast: Cast) -> None:
    source = SourceFactory.create(customer=cast.contoso, name="Personio")
    ScimLinkFactory.create(source=source, user=cast.uma, fields=["first_name"])
    check_owned({cast.uma.pk: ["office"], cast.gail.pk: ["first_name"]}, actor=cast.gail)
    check_owned({cast.uma.pk: ["first_name"]}, actor=source.user)
    with pytest.raises(Refused) as refusal:
        check_owned({cast.uma.pk: ["first_name"]}, actor=cast.gail)
    assert refusal.value.field == "first_name"
    why = kept_elsewhere([cast.uma.pk], ["first_name"], actor=cast.gail)
    assert why(cast.gail) is None
    found = why(cast.uma)
    assert found is not None
    assert found[0] == Outcome.SKIPPED
