"""The counts of `make check`, on code small enough to count by hand."""

import ast
from pathlib import Path

import pytest

from tests import counts
from tests.counts import Count, function_lines, imports_internals, sentences, used_once
from tests.imports import circles, imported_modules
from tests.mirror import listed, mirrored, unmirrored

ONE, OTHER = Path("one.py"), Path("other.py")


def once(one: str, other: str = "") -> list[str]:
    return used_once({ONE: ast.parse(one), OTHER: ast.parse(other)})


@pytest.mark.parametrize(
    "source, found",
    [
        ("def _a(): pass\ndef b(): _a()", ["one.py:_a"]),
        ("def _a(): pass\ndef b(): _a(); _a()", []),
        ("def _a(): pass", []),
        ("def a(): pass\ndef b(): a()", []),
        ("class A:\n def _a(self): pass\n def b(self): self._a()", ["one.py:_a"]),
        ("class A:\n def __str__(self): pass\nA.__str__", []),
        # A library calls it.
        ("class A(B):\n def _a(self): super()._a()", []),
        ("class A(B):\n def _a(self): super().b()\n def c(self): self._a()", ["one.py:_a"]),
        # A step that two classes take in different ways.
        (
            "class A:\n def _a(self): pass\nclass B:\n def _a(self): pass\n def b(self): self._a()",
            [],
        ),
    ],
)
def test_a_private_helper_that_is_named_once_is_counted(source: str, found: list[str]) -> None:
    assert once(source) == found


def test_another_module_may_be_the_one_that_uses_a_helper() -> None:
    assert once("def _a(): pass", "from .one import _a\n_a()") == ["one.py:_a"]
    assert once("def _a(): pass\n_a()", "from .one import _a\n_a()") == []
    # Each of both has its own.
    assert once("def _a(): pass\n_a()", "def _a(): pass\n_a()") == ["one.py:_a", "other.py:_a"]


def test_a_function_is_as_long_as_it_stands_there() -> None:
    assert function_lines(ast.parse("def a():\n    'Say.'\n\n    return 1\n\n\nb = 1")) == [4]


def test_a_circle_is_found_once_however_long_it_is() -> None:
    a, b, c, d = (Path(f"{name}.py") for name in "abcd")
    assert circles({a: {b}, b: {c}, c: {a}, d: {a}}) == [{a, b, c}]
    assert circles({a: {b}, b: {a}, c: {d}, d: {c}}) == [{a, b}, {c, d}]
    assert circles({a: {b, c}, b: {c}, c: set(), d: {a}}) == []


def test_a_late_import_is_told_from_one_at_the_top() -> None:
    tasks, queue = Path("accounts/tasks.py"), Path("customers/tasks.py")
    both = {path: imported_modules(path, late=True) for path in (tasks, queue)}
    top = {path: imported_modules(path) for path in (tasks, queue)}
    assert all(top[path] <= both[path] for path in (tasks, queue))
    assert all(each.parts[0] in {"accounts", "customers"} for each in both[tasks])
    assert tasks not in both[tasks]


@pytest.mark.parametrize(
    "source, found",
    [
        ('_("You are not here.")', {"You are not here."}),
        ('raise Refused("Not this one.")', {"Not this one."}),
        ('Field(label="The own name", name="a b c")', {"The own name"}),
        ('_("Save it")', set()),
        ('log("It was not there.")', set()),
    ],
)
def test_what_users_read_is_told_from_other_text(source: str, found: set[str]) -> None:
    assert sentences(ast.parse(source)) == found


@pytest.mark.parametrize(
    "source",
    [
        "from allauth.mfa.internal.flows import add",
        "from allauth.account import internal",
        "import allauth.account.internal.flows",
        "def late():\n    from allauth.core.internal import x",
    ],
)
def test_internals_of_allauth_are_found(source: str) -> None:
    assert imports_internals(ast.parse(source))


@pytest.mark.parametrize(
    "source", ["from allauth.account.models import EmailAddress", "from .internal import flows"]
)
def test_what_is_public_or_our_own_is_no_internal(source: str) -> None:
    assert not imports_internals(ast.parse(source))


@pytest.mark.parametrize(
    "figure, sign, goal, verdict",
    [(8, "≤", 8, "met"), (8.1, "≤", 8, "missed"), (90, "≥", 90, "met"), (9, "≥", 90, "missed")],
)
def test_a_line_says_whether_its_goal_is_met(
    figure: float, sign: str, goal: float, verdict: str
) -> None:
    line = str(Count("Something", figure, goal, " %", at_least=sign == "≥", named=["this.py"]))
    assert f"{sign} {goal} %" in line
    assert verdict in line.split()
    assert ("this.py" in line) is (verdict == "missed")


def test_a_line_names_a_few_and_all_when_asked() -> None:
    count = Count("Something", 5, 0, named=["a", "b", "c", "d", "e"])
    assert str(count).endswith("a, b, c, …")
    assert count.line(names=9).endswith("a, b, c, d, e")


def test_a_missed_goal_fails_only_where_it_has_to(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(counts, "counts", lambda: [Count("One", 1, 1), Count("Other", 2, 1)])
    assert (counts.main([]), counts.main(["--strict"])) == (0, 1)
    assert capsys.readouterr().out.count("1 of 2 goals are met.") == 2
    monkeypatch.setattr(counts, "counts", lambda: [Count("One", 1, 1)])
    assert counts.main(["--strict"]) == 0


def test_all_of_the_code_is_counted() -> None:
    found = {count.what: count for count in counts.counts()}
    assert len(found) == 11
    assert all(count.figure >= 0 for count in found.values())
    assert counts.test_ratio() > 0.5


@pytest.mark.parametrize(
    "module, tests",
    [
        ("licensing/rules.py", "tests/licensing/test_rules"),
        ("accounts/services/users/deleting.py", "tests/accounts/services/users/test_deleting"),
        ("accounts/services/undo/__init__.py", "tests/accounts/services/test_undo"),
    ],
)
def test_tests_stand_where_their_module_does(module: str, tests: str) -> None:
    folder, start = mirrored(Path(module))
    assert str(folder / start) == tests


def test_no_other_modules_than_those_that_are_listed_have_no_tests_of_their_own() -> None:
    """The list gets shorter: `python -m tests.mirror` writes it anew."""
    assert sorted(map(str, unmirrored())) == sorted(map(str, listed()))
