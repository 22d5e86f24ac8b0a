"""Access ends in one place, for every verb that ends it, and what has more to do is called."""

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.services import access
from accounts.services.access import at_end_of_access, end_access
from accounts.services.second_steps import reset_second_factor
from accounts.services.staff import block_staff, remove_staff, reset_staff_password
from accounts.services.users import allow_users, block_users, change_user, reset_passwords
from accounts.signin.admission import Credential, NotAdmitted, admit
from accounts.signin.lookup import user_of_id
from customers import scope
from tests.accounts.signin.second_steps import give_app
from tests.accounts.verbs import crowd, delete, fresh, restore
from tests.support.cast import PASSWORD, Cast
from tests.support.house import OUR_PACKAGES, modules, tree

PLACE = "accounts/services/access.py"
# Histories are made up there, with the epochs that they would have led to.
MADE_UP = "demo/"


@pytest.fixture
def ended() -> Iterator[list[int]]:
    """Whose access has ended, as a door is told."""
    told: list[int] = []

    others = access._at_end[:]  # noqa: SLF001
    access._at_end.clear()  # noqa: SLF001

    @at_end_of_access
    def tell(ids: Sequence[int]) -> None:
        told.extend(ids)

    yield told
    access._at_end[:] = others  # noqa: SLF001


def _reset_step(c: Cast) -> Any:
    give_app(c.uma)
    return reset_second_factor([c.uma], actor=c.alice)


ENDS: dict[str, Callable[[Cast], Any]] = {
    "block": lambda c: block_users([c.uma], customer=c.contoso, actor=c.alice),
    "delete": lambda c: delete(c, c.uma),
    "reset": lambda c: reset_passwords([c.uma], customer=c.contoso, actor=c.alice),
    "reset second step": _reset_step,
}
ENDS_OF_STAFF: dict[str, Callable[[Cast], Any]] = {
    "block": lambda c: block_staff([c.bob], actor=c.alice),
    "remove": lambda c: remove_staff([c.bob], actor=c.alice),
    "reset": lambda c: reset_staff_password(c.bob, epoch=c.bob.session_epoch, actor=c.alice),
}


@pytest.mark.parametrize("verb", ENDS)
def test_a_verb_ends_access_and_doors_are_told(cast: Cast, verb: str, ended: list[int]) -> None:
    client = Client()
    client.force_login(cast.uma)
    ENDS[verb](cast)
    assert ended == [cast.uma.pk]
    assert fresh(cast.uma).session_epoch == cast.uma.session_epoch + 1
    assert client.get("/me/account/").status_code == 302


@pytest.mark.parametrize("verb", ENDS_OF_STAFF)
def test_of_staff_as_well(cast: Cast, verb: str, ended: list[int]) -> None:
    client = Client()
    client.force_login(cast.bob)
    ENDS_OF_STAFF[verb](cast)
    assert ended == [cast.bob.pk]
    assert fresh(cast.bob).session_epoch == cast.bob.session_epoch + 1
    assert client.get("/me/account/").status_code == 302


@pytest.mark.parametrize("temporary", [False, True])
def test_a_choice_of_ones_own_ends_all_access_but_the_session_in_which_it_was_made(
    cast: Cast, ended: list[int], *, temporary: bool
) -> None:
    cast.gives_password(cast.uma)
    User.objects.filter(pk=cast.uma.pk).update(must_change_password=temporary)
    token = Credential(epoch=cast.uma.session_epoch, second_step=True)
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.force_login(cast.uma)
    page = "/accounts/password/choose/" if temporary else "/accounts/password/change/"
    chosen = {"password1": "seven wooden rivers", "password2": "seven wooden rivers"}
    assert here.post(page, {"oldpassword": PASSWORD, **chosen}).status_code == 302
    assert here.get("/me/account/").status_code == 200
    assert elsewhere.get("/me/account/").status_code == 302
    assert ended == [cast.uma.pk]
    with scope.within(scope.NOBODY), pytest.raises(NotAdmitted) as refusal:
        admit(user_of_id(cast.uma.pk), token)
    assert refusal.value.code == "access-ended"


def test_nobody_is_signed_out_by_anything_else(cast: Cast, ended: list[int]) -> None:
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    delete(cast, cast.uma)
    ended.clear()
    restore(cast, cast.uma)
    allow_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    change_user(cast.uma, customer=cast.contoso, actor=cast.alice, fields={"city": "Ulm"})
    assert ended == []


def test_a_door_that_cannot_do_its_part_leaves_access_as_it_was(
    cast: Cast, ended: list[int]
) -> None:
    def refuse(ids: Sequence[int]) -> None:
        raise OSError("The application does not answer.")

    at_end_of_access(refuse)
    try:
        with pytest.raises(OSError, match="does not answer"):
            block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    finally:
        access._at_end.remove(refuse)  # noqa: SLF001
    assert (fresh(cast.uma).is_active, fresh(cast.uma).session_epoch) == (True, 0)


def test_whoever_asks_twice_is_called_once(cast: Cast, ended: list[int]) -> None:
    [tell] = access._at_end  # noqa: SLF001
    at_end_of_access(tell)
    end_access([cast.uma])
    assert ended == [cast.uma.pk]


@pytest.mark.usefixtures("ended")
def test_many_rows_are_written_by_one_statement(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    users = crowd(cast.contoso, 300)
    with django_assert_num_queries(1):
        end_access(users, writing={"city": "Ulm"})
    rows = User.objects.filter(pk__in=[one.pk for one in users])
    assert set(rows.values_list("city", "session_epoch")) == {("Ulm", 1)}
    assert {one.session_epoch for one in users} == {1}


@pytest.mark.usefixtures("ended")
def test_and_each_with_its_own_values(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    users = crowd(cast.contoso, 300)
    for number, one in enumerate(users):
        one.city = f"City {number}"
    with django_assert_num_queries(1):
        end_access(users, writing=("city",))
    rows = User.objects.filter(pk__in=[one.pk for one in users])
    assert set(rows.values_list("city", "session_epoch")) == {(f"City {n}", 1) for n in range(300)}


def test_of_nobody_nobody_is_told(ended: list[int], cast: Cast) -> None:
    end_access([])
    assert ended == []


def test_the_epoch_is_raised_in_one_place() -> None:
    found = {
        str(module)
        for module in modules(*OUR_PACKAGES)
        if "migrations" not in module.parts and any(map(_writes_epoch, ast.walk(tree(module))))
    }
    assert {name for name in found if not name.startswith(MADE_UP)} == {PLACE}


def _writes_epoch(node: ast.AST) -> bool:
    """As an attribute that is set, or as a column named in a list or dictionary of them."""
    if isinstance(node, ast.Attribute):
        return node.attr == "session_epoch" and isinstance(node.ctx, ast.Store)
    if isinstance(node, ast.keyword):
        return node.arg == "session_epoch"
    if isinstance(node, ast.Dict):
        # A name as the value says something of the column, as which are given to nobody.
        pairs = zip(node.keys, node.values, strict=True)
        return any(_is_epoch(key) and not isinstance(value, ast.Name) for key, value in pairs)
    return isinstance(node, ast.List | ast.Tuple | ast.Set) and any(map(_is_epoch, node.elts))


def _is_epoch(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value == "session_epoch"
