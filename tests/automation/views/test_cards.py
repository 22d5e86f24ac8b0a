"""What the page of a user tells of a plan to remove them."""

from automation.views.cards import leave_card
from tests.accounts.verbs import fresh
from tests.automation.leaving import pass_days, planned, undone
from tests.support.cast import Cast


def test_a_card_is_there_while_a_step_waits_and_once_they_are_deleted(cast: Cast) -> None:
    assert leave_card(fresh(cast.uma), cast.alice) is None
    plan = planned(cast, block=None, delete=30)
    card = leave_card(fresh(cast.uma), cast.alice)
    assert card is not None
    assert (card.context["plan"], card.of_deleted) == (plan, True)
    pass_days(31)
    assert leave_card(fresh(cast.uma), cast.alice) is not None
    undone(plan, cast.alice)
    assert leave_card(fresh(cast.uma), cast.alice) is None


def test_one_that_is_over_without_a_deletion_is_no_longer_told(cast: Cast) -> None:
    planned(cast, block=None)
    assert leave_card(fresh(cast.uma), cast.alice) is None


def test_it_is_for_those_who_manage_users_of_a_customer(cast: Cast) -> None:
    planned(cast, block=1)
    assert leave_card(fresh(cast.uma), cast.bob) is None
    assert leave_card(fresh(cast.bob), cast.alice) is None
