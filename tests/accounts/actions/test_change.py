"""What changes of details and permissions have in common."""

import pytest

from accounts.actions.change import CHANGE, VALUES, now_text
from customers.roles import Role
from tests.accounts.actions.acting import do, told
from tests.accounts.undoing import change, undo
from tests.accounts.verbs import fresh
from tests.support.cast import Cast


def test_a_change_tells_what_it_changed_to_and_is_undone(cast: Cast) -> None:
    batch = do(cast, CHANGE, cast.uma, fields={"office": "12"})
    assert CHANGE.heading(batch) == "User changed"
    assert told(batch) == {cast.uma.pk: ["Changed: Office: 12"]}
    undo(batch, cast.alice)
    assert fresh(cast.uma).office == ""


def test_what_names_a_user_is_not_for_many(cast: Cast) -> None:
    with pytest.raises(ValueError, match="not for many: display_name"):
        do(cast, CHANGE, cast.uma, fields={"display_name": "Everybody"})


@pytest.mark.parametrize(
    "before, after, grave",
    [
        ((), (Role.USER_ADMIN,), True),
        ((Role.GLOBAL_ADMIN,), (), True),
        ((Role.USER_ADMIN,), (), False),
        ((), None, False),
    ],
)
def test_its_undo_is_grave_where_it_takes_a_role_or_makes_a_global_administrator(
    cast: Cast, before: tuple[Role, ...], after: tuple[Role, ...] | None, *, grave: bool
) -> None:
    change(cast, cast.uma, roles=before, fields={"office": "1"})
    batch = change(cast, cast.uma, roles=after, fields={"office": "2"})
    assert CHANGE.is_grave_to_undo(batch) == grave


def test_the_commonest_values_are_named_and_the_others_counted() -> None:
    values = [("IT", 3), ("", 2)]
    assert now_text(1_005, values) == "Now: IT (3), not set (2), others (1,000)."
    assert now_text(5, values) == "Now: IT (3), not set (2)."
    assert VALUES == 6
