"""Allow sign-in."""

from accounts.actions.allow import ALLOW
from accounts.actions.block import BLOCK
from tests.accounts.actions.acting import do, is_grave, left, points, told
from tests.accounts.undoing import blocked, undo
from tests.accounts.verbs import fresh
from tests.support.cast import Cast


def test_who_is_allowed_is_told_so_and_can_be_blocked_again(cast: Cast) -> None:
    do(cast, BLOCK, cast.uma)
    batch = do(cast, ALLOW, cast.uma)
    assert blocked(cast.uma) == [False]
    assert (ALLOW.heading(batch), told(batch)) == (
        "Sign-in allowed",
        {cast.uma.pk: ["Sign-in allowed"]},
    )
    assert undo(batch, cast.alice).kind == BLOCK.kind
    assert blocked(cast.uma) == [True]


def test_what_happens_is_said_of_one_and_of_many(cast: Cast) -> None:
    do(cast, BLOCK, cast.uma, cast.gail)
    stay = "Sessions that the block ended are not reopened."
    assert points(cast, ALLOW, cast.uma, cast.gail) == [
        "They can sign in again, with the same passwords as before.",
        stay,
    ]
    assert ALLOW.points_for_one(cast.uma) == [
        "The user can sign in again, with the same password as before.",
        stay,
    ]


def test_a_user_who_is_not_blocked_is_left_out(cast: Cast) -> None:
    do(cast, BLOCK, cast.uma)
    assert left(cast, ALLOW, cast.uma, cast.gail) == ["already"]
    assert ALLOW.already_text(1) == "%(count)s is not blocked: %(names)s."
    assert ALLOW.pointless(cast.gail) == "Sign-in is already allowed."
    assert ALLOW.pointless(fresh(cast.uma)) == ""


def test_no_proof_is_asked_for(cast: Cast) -> None:
    do(cast, BLOCK, cast.gail)
    assert not is_grave(cast, ALLOW, cast.gail)
