"""Taking all licenses that users have."""

import pytest

from accounts.invariants import violations
from accounts.services.licenses import take_all_licenses
from customers.errors import AlreadyDone, Refused
from customers.models import Outcome
from tests.accounts.undoing import undo
from tests.accounts.verbs import delete, held, outcomes, subscribe
from tests.factories import UserFactory
from tests.support.cast import Cast


def test_whatever_they_have_is_taken_and_comes_back(cast: Cast) -> None:
    mail = subscribe(cast, "Mail", cast.uma, cast.gail)
    subscribe(cast, "Chat", cast.uma)
    subscribe(cast, "Phone")
    batch = take_all_licenses([cast.uma, cast.gail], customer=cast.contoso, actor=cast.alice)
    mail.refresh_from_db()
    assert (held(cast.uma), held(cast.gail), mail.assigned) == ([], [], 0)
    assert (batch.done, violations()) == (2, [])
    undo(batch, cast.alice)
    assert (held(cast.uma), held(cast.gail)) == ([("Chat", []), ("Mail", [])], [("Mail", [])])


def test_of_users_without_any_nothing_is_taken(cast: Cast) -> None:
    subscribe(cast, "Mail", cast.gail)
    batch = take_all_licenses([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert (batch.done, batch.already, held(cast.gail)) == (0, 1, [("Mail", [])])


def test_the_deleted_are_left_out_and_alone_refused(cast: Cast) -> None:
    gone = UserFactory.create(customer=cast.contoso, display_name="Max")
    subscribe(cast, "Mail", cast.uma)
    delete(cast, gone)
    batch = take_all_licenses([cast.uma, gone], customer=cast.contoso, actor=cast.alice)
    assert sorted(outcomes(batch)) == [
        (cast.uma.pk, Outcome.DONE, ""),
        (gone.pk, Outcome.FAILED, "Max has been deleted by Alice."),
    ]
    with pytest.raises(Refused, match=r"^Max has been deleted by Alice\.$"):
        take_all_licenses([gone], customer=cast.contoso, actor=cast.alice)


def test_a_second_click_finds_the_first(cast: Cast) -> None:
    subscribe(cast, "Mail", cast.uma)
    kinds = {"customer": cast.contoso, "actor": cast.alice, "key": "k" * 22}
    first = take_all_licenses([cast.uma], **kinds)  # type: ignore[arg-type]
    with pytest.raises(AlreadyDone) as done:
        take_all_licenses([cast.uma], **kinds)  # type: ignore[arg-type]
    assert done.value.batch == first


def test_whose_role_gives_none_takes_none(cast: Cast) -> None:
    with pytest.raises(Refused, match="Your role can't do this"):
        take_all_licenses([cast.gail], customer=cast.contoso, actor=cast.uma)
