"""Block sign-in."""

from accounts.actions.allow import ALLOW
from accounts.actions.block import BLOCK
from tests.accounts.actions.acting import do, is_grave, left, points, told
from tests.accounts.undoing import blocked, undo
from tests.accounts.verbs import fresh, subscribe
from tests.support.cast import Cast


def test_who_is_blocked_is_told_so_and_can_be_allowed_again(cast: Cast) -> None:
    batch = do(cast, BLOCK, cast.uma, cast.gail)
    assert blocked(cast.uma, cast.gail) == [True, True]
    assert BLOCK.heading(batch) == "Sign-in blocked"
    assert list(told(batch).values()) == [["Sign-in blocked"]] * 2
    assert undo(batch, cast.alice).kind == ALLOW.kind
    assert blocked(cast.uma, cast.gail) == [False, False]


def test_the_seats_that_stay_taken_are_counted_for_selected_users(cast: Cast) -> None:
    assert points(cast, BLOCK, cast.uma)[1] == (
        "Data stays. No license is assigned, so no seat is taken."
    )
    subscribe(cast, "Mail", cast.uma, cast.gail)
    subscribe(cast, "Phone", cast.uma)
    assert points(cast, BLOCK, cast.uma, cast.gail) == [
        "Every open session ends at once, and these accounts can't be used to sign in.",
        "Licenses and data stay, and 3 seats stay taken: Mail (2), Phone (1).",
        "Allow sign-in reverses this: the passwords stay the same.",
    ]


def test_of_one_user_no_seat_is_counted(cast: Cast) -> None:
    assert BLOCK.points_for_one(cast.uma)[1] == (
        "Licenses and data stay, and the seats stay taken."
    )


def test_oneself_and_the_blocked_are_left_out(cast: Cast) -> None:
    do(cast, BLOCK, cast.uma)
    assert left(cast, BLOCK, cast.uma, cast.gail, actor=cast.gail) == ["oneself", "already"]
    assert str(BLOCK.not_self) == "You can't block yourself."
    assert BLOCK.pointless(fresh(cast.uma)) == "Already blocked."
    assert BLOCK.pointless(cast.gail) == ""
    assert BLOCK.already_text(2) == "%(count)s are already blocked: %(names)s."


def test_no_proof_is_asked_for(cast: Cast) -> None:
    assert not is_grave(cast, BLOCK, cast.uma, cast.gail)
    assert not BLOCK.is_grave_for_one(cast.gail)
    assert not BLOCK.is_grave_to_undo(do(cast, BLOCK, cast.gail))
