"""Whatever is refused has a code that a program can rely upon, and the table has all of them."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import pytest

from accounts.models import User
from accounts.services.second_steps.wrong import CodesSpent
from accounts.services.users import block_users, delete_users
from customers.errors import Refused
from customers.refusals import Status, declare, declared
from licensing.services.subscriptions import change_seats
from tests import refusals
from tests.accounts.verbs import subscribe
from tests.support.cast import Cast
from tests.support.house import OUR_PACKAGES, modules, tree


@cache
def family() -> set[str]:
    """Refused, and all classes made of it."""
    found = {"Refused"}
    classes = [
        node
        for module in modules(*OUR_PACKAGES)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.ClassDef)
    ]
    while (
        more := {one.name for one in classes if any(_name(base) in found for base in one.bases)}
        - found
    ):
        found |= more
    return found


def _name(node: ast.AST) -> str:
    return getattr(node, "id", "") or getattr(node, "attr", "")


@cache
def of_one_reason() -> set[str]:
    """Each of these is refused for one reason, and passes its code on by itself."""
    return {
        name
        for module in modules(*OUR_PACKAGES)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.ClassDef) and (name := node.name) in family() - {"Refused"}
        for part in node.body
        if isinstance(part, ast.FunctionDef) and part.name == "__init__"
    }


@cache
def made() -> list[tuple[str, ast.Call]]:
    return list(_made())


def _made() -> Iterator[tuple[str, ast.Call]]:
    """Where a refusal is given its code."""
    for module in modules(*OUR_PACKAGES):
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.Call) and _name(node.func) in family() - of_one_reason():
                yield f"{module}:{node.lineno}", node
            if isinstance(node, ast.ClassDef) and node.name in of_one_reason():
                for call in ast.walk(node):
                    if isinstance(call, ast.Call) and _name(call.func) == "__init__":
                        yield f"{module}:{call.lineno}", call


def code_of(call: ast.Call) -> str:
    given = [word.value for word in call.keywords if word.arg == "code"]
    return str(given[0].value) if given and isinstance(given[0], ast.Constant) else ""


def test_the_walk_finds_refusals() -> None:
    assert len(made()) > 150
    assert {"SeatsShort", "NamesTaken", "CodesSpent"} <= of_one_reason()
    assert {"FileRefused", "PlanChanged", "Stopped"} <= family() - of_one_reason()


def test_every_refusal_says_its_code_where_it_is_made() -> None:
    assert [place for place, call in made() if not code_of(call)] == []


def test_every_code_has_a_meaning_and_every_meaning_a_refusal() -> None:
    assert {code_of(call) for _place, call in made()} == declared().keys()


def test_a_sentence_has_one_code() -> None:
    """Of those that are written where they are made; others come of a rule that has one."""
    codes = defaultdict(set)
    for _place, call in made():
        for part in ast.walk(call.args[0]):
            if (
                isinstance(part, ast.Constant)
                and isinstance(part.value, str)
                and " " in part.value.strip()
            ):
                codes[part.value.strip()].add(code_of(call))
    assert {text: found for text, found in codes.items() if len(found) > 1} == {}


def test_codes_are_written_alike_and_mean_one_thing_each() -> None:
    assert [code for code in declared() if not re.fullmatch(r"[a-z]+(-[a-z]+)*", code)] == []
    meanings = [meaning for _status, meaning in declared().values()]
    assert len(set(meanings)) == len(meanings)


def test_no_code_is_declared_for_two_things() -> None:
    declare({Status.BUSY: {"busy": declared()["busy"][1]}})
    with pytest.raises(ValueError, match="the code busy has another meaning already"):
        declare({Status.CONFLICT: {"busy": "Somebody is at it."}})


def test_the_table_is_written_down() -> None:
    assert refusals.FILE.read_text() == refusals.table(), f"run {refusals.COMMAND}"


def test_a_code_that_nobody_declared_has_no_status() -> None:
    with pytest.raises(KeyError):
        Refused("No.", code="made-up").status  # noqa: B018


@pytest.mark.django_db
def test_a_door_can_answer_with_code_status_and_field(cast: Cast) -> None:
    teams = subscribe(cast, "Teams", cast.uma)

    def refused(*users: User, actor: User) -> tuple[str, int, str]:
        with pytest.raises(Refused) as caught:
            block_users(users, customer=cast.contoso, actor=actor)
        return caught.value.code, caught.value.status, caught.value.field

    assert refused(cast.uma, actor=cast.sally) == ("role-lacks-it", 403, "")
    assert refused(cast.uma, actor=cast.charlie) == ("customer-not-open", 403, "")
    assert refused(cast.alice, actor=cast.alice) == ("nobody-left", 409, "")
    with pytest.raises(Refused) as caught:
        change_seats(teams, 0, seen=teams.quantity, actor=cast.alice)
    assert (caught.value.code, caught.value.status) == ("seats-too-few", 422)
    assert caught.value.field == "quantity"
    assert (CodesSpent(60).code, CodesSpent(60).status) == ("codes-spent", 429)


@pytest.mark.django_db
def test_a_user_who_was_blocked_meanwhile_is_told_so(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(blocked_at="2026-11-01T00:00:00Z")
    with pytest.raises(Refused) as caught:
        delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert (caught.value.code, caught.value.status) == ("actor-gone", 403)
