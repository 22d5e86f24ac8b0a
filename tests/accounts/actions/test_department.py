"""Change department, from what is asked to what is undone."""

from accounts.actions.department import CHANGE_DEPARTMENT
from accounts.models import User, UserQuerySet
from tests.accounts.actions.acting import do, is_grave, points, told
from tests.accounts.undoing import undo
from tests.accounts.verbs import fresh
from tests.support.cast import Cast
from tests.support.log import log


def departments(*users: User) -> list[str]:
    return [fresh(user).department for user in users]


def test_all_have_the_same_department_and_by_undo_their_own_again(cast: Cast) -> None:
    do(cast, CHANGE_DEPARTMENT, cast.uma, fields={"department": "Sales"})
    batch = do(cast, CHANGE_DEPARTMENT, cast.uma, cast.gail, fields={"department": "IT"})
    assert departments(cast.uma, cast.gail) == ["IT", "IT"]
    assert CHANGE_DEPARTMENT.heading(batch) == "Users changed"
    assert told(batch)[cast.uma.pk] == ["Changed: Department: Sales → IT"]
    assert log()[-1].action == "user.changed"
    undo(batch, cast.alice)
    assert departments(cast.uma, cast.gail) == ["Sales", ""]


def test_a_department_is_entered_or_removed_on_purpose(cast: Cast) -> None:
    def errors(**sent: str) -> dict[str, list[str]]:
        found = CHANGE_DEPARTMENT.form_class(sent, actor=cast.alice).errors
        return {name: [str(text) for text in texts] for name, texts in found.items()}

    assert errors() == {"department": ["Enter a department, or choose to remove it."]}
    both = errors(department="IT", remove="on")
    assert both == {"remove": ["Either enter a department, or remove it."]}
    assert list(errors(department="x" * 65)) == ["department"]
    removing = CHANGE_DEPARTMENT.form_class({"remove": "on"}, actor=cast.alice)
    assert removing.is_valid()
    assert removing.request() == {"fields": {"department": ""}}


def test_the_page_tells_what_they_have_and_what_happens(cast: Cast) -> None:
    do(cast, CHANGE_DEPARTMENT, cast.uma, fields={"department": "IT"})
    users = UserQuerySet(User).filter(pk__in=[cast.uma.pk, cast.gail.pk])
    assert CHANGE_DEPARTMENT.now(2, users) == "Now: not set (1), IT (1)."
    assert points(cast, CHANGE_DEPARTMENT, cast.uma) == [
        "Users who are already in that department are not changed."
    ]


def test_no_proof_is_asked_for_whoever_they_are(cast: Cast) -> None:
    assert not is_grave(cast, CHANGE_DEPARTMENT, cast.gail, fields={"department": "IT"})


def test_its_page_is_below_the_list_of_users(cast: Cast) -> None:
    page = f"/customers/{cast.contoso.pk}/users/change/department/?s=t"
    assert CHANGE_DEPARTMENT.url(cast.contoso, "s=t") == page
