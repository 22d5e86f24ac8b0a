"""The list of actions: complete, in order, and open to another app."""

import pytest

from accounts.actions import registry
from accounts.actions.base import Action, BatchAction, Place
from accounts.actions.block import BLOCK
from accounts.actions.listed import ACTIONS
from accounts.actions.second_step import SECOND_STEP
from accounts.models import User
from accounts.services.users import block_users
from customers.models import BatchKind
from customers.roles import Role
from tests.accounts.signin.second_steps import give_app
from tests.accounts.verbs import delete, fresh
from tests.factories import UserFactory
from tests.support.cast import Cast


def test_every_kind_of_batch_has_its_action() -> None:
    assert {kind: registry.action_of(kind).kind for kind in BatchKind} == {
        kind: kind for kind in BatchKind
    }


def test_what_leaves_no_batch_is_no_action_of_a_kind() -> None:
    assert registry.find("second-step") is SECOND_STEP
    with pytest.raises(KeyError):
        registry.action_of("second-step")
    assert registry.find("nothing") is None


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="two actions are called block"):
        registry.register(BLOCK)


def test_another_app_lists_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    class Greet(BatchAction):
        name = "greet"

    monkeypatch.setattr(registry, "_known", {})
    greet = Greet()
    registry.register(greet)
    assert registry.find("greet") is greet


def test_those_of_the_lowest_app_come_first_whatever_is_ready_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Greet(BatchAction):
        name = "greet"

    monkeypatch.setattr(registry, "_known", {})
    registry.register(Greet())
    registry.register(BLOCK, SECOND_STEP, first=True)
    assert list(registry._known) == ["block", "second-step", "greet"]  # noqa: SLF001
    with pytest.raises(ValueError, match="two actions are called greet"):
        registry.register(Greet(), first=True)


# Apps above add theirs behind.
OWN = [action.name for action in ACTIONS]


def names(place: Place, actor: User) -> list[str]:
    found = [action.name for action in registry.offered(place, actor)]
    own = [name for name in found if name in OWN]
    assert found[: len(own)] == own
    return own


@pytest.mark.parametrize(
    "place, first, last",
    [
        (Place.USERS, "licenses", "delete"),
        (Place.CHANGES, "location", "start"),
        (Place.DELETED, "restore", "remove"),
    ],
)
def test_buttons_stand_in_the_order_of_the_list(
    cast: Cast, place: Place, first: str, last: str
) -> None:
    found = names(place, cast.alice)
    assert (found[0], found[-1]) == (first, last)
    assert found == [action.name for action in ACTIONS if action.name in found]


def test_a_role_is_offered_what_it_may(cast: Cast) -> None:
    assert names(Place.USERS, cast.bob) == ["licenses", "reset"]
    assert names(Place.CHANGES, cast.bob) == []
    assert registry.kinds_open_to(cast.bob) == ["licenses", "reset", "rules"]
    seller = UserFactory.create(customer=cast.contoso, roles=[Role.BILLING_ADMIN])
    assert registry.kinds_open_to(seller) == []


def test_the_page_of_a_user_has_what_has_a_point_for_them(cast: Cast) -> None:
    def on_page(user: User) -> list[str]:
        found = [action.name for action in registry.offered_for(fresh(user))]
        return [name for name in found if name in OWN]

    assert on_page(cast.uma) == ["reset", "block", "delete"]
    give_app(cast.uma)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert on_page(cast.uma) == ["reset", "second-step", "allow", "delete"]
    assert on_page(cast.bob) == ["reset", "block", "remove-staff"]


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_each_action_says_who_may_and_what_the_log_calls_it(action: Action) -> None:
    assert action.events
    assert str(action.label)
    assert action.capability
    assert action.done(1)


def test_a_user_who_is_deleted_is_named_as_too_late(cast: Cast) -> None:
    delete(cast, cast.uma)
    gone = User.objects.select_related("deleted_by").get(pk=cast.uma.pk)
    assert BLOCK.too_late(gone) == f"{gone.display_name} has been deleted by Alice."
    assert BLOCK.too_late(cast.gail) == ""
