"""Remove user, as lists and the page of a user offer it."""

from accounts.actions.base import Place
from accounts.actions.registry import find, offered, offered_for
from accounts.queries.bulk_preview import foresee
from automation.actions.leave import LEAVE
from customers.roles import Role
from tests.accounts.verbs import delete, fresh
from tests.automation.leaving import planned
from tests.factories import UserFactory
from tests.support.cast import Cast


def test_it_is_offered_to_whom_manages_users(cast: Cast) -> None:
    assert find("leave") is LEAVE
    assert LEAVE in offered(Place.USERS, cast.alice)
    assert LEAVE not in offered(Place.USERS, cast.bob)
    page = f"/customers/{cast.contoso.pk}/users/leave/"
    assert LEAVE.url(cast.contoso, "s=x") == f"{page}?s=x"
    assert LEAVE.url_for(cast.uma) == f"{page}?user={cast.uma.pk}"
    assert str(LEAVE.label_for_one) == "Remove user"


def test_who_is_being_removed_has_no_button_until_that_is_undone(cast: Cast) -> None:
    assert LEAVE in offered_for(fresh(cast.uma))
    planned(cast, block=1)
    assert LEAVE not in offered_for(fresh(cast.uma))
    assert LEAVE in offered_for(fresh(cast.gail))
    assert LEAVE.pointless(cast.uma) == "Already being removed."


def test_of_the_team_there_is_none(cast: Cast) -> None:
    assert LEAVE not in offered_for(fresh(cast.bob))


def test_oneself_administrators_and_those_who_leave_are_left_out(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    gone = UserFactory.create(customer=cast.contoso)
    delete(cast, gone)
    planned(cast, block=1)
    users = [admin.pk, cast.gail.pk, cast.uma.pk, gone.pk]
    judged = LEAVE.judge(users, customer=cast.contoso, actor=admin)
    left = foresee(judged, chosen=4).left
    assert {str(why): group.count for why, group in left.items()} == {
        "deleted": 1,
        "oneself": 1,
        "beyond reach": 1,
        "already": 1,
    }
    assert LEAVE.already_text(2) == "%(count)s are already being removed: %(names)s."
    assert str(LEAVE.not_self) == "You can't remove yourself."
