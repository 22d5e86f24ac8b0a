"""What pages, emails and files say is plain English: without the turns that sound translated."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

from tests.counts import GETTEXT, code
from tests.support.house import BASE_DIR, templates, tree

# Each with what is said instead.
STILTED = {
    r"nobody|somebody": "no users, a user, someone else",
    r"whoever|who is (?!asking)\w+ (?:is|stays|can|goes)": "users who",
    r"any more": "no longer",
    r"meanwhile": "has since, while you were editing",
    r"at most": "up to",
    r"mails|mailed|mail(?! server)": "email",
    r"(?:stands?|stood) (?:here|there|beside|in)\b(?! the way)": "is, appears",
    r"look (?:at|over|it over)": "check, view",
    r"left (?:alone|out|as)": "unchanged, skipped, ignored",
    r"taken? away|takes? (?:it|them) back": "remove, reverse",
    r"runs? short": "not enough",
    r"for want of|anew|this very moment": "because, again, just now",
    r"(?:is|are) \w+ already": "is already",
    r"so that (?:no|there|it)\b": "so",
    r"does not reach": "can't manage",
}
_CALL = r"\b(?:gettext|_|pgettext)\(\s*|\bngettext\("
_TEXT = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""


@pytest.mark.parametrize("turn", STILTED)
def test_no_visible_text_has_a_turn_that_sounds_translated(turn: str) -> None:
    pattern = re.compile(rf"\b(?:{turn})\b", re.IGNORECASE)
    found = [f"{path}: {text}" for path, text in visible_texts() if pattern.search(text)]
    assert found == [], f"Say instead: {STILTED[turn]}"


def test_texts_of_code_and_of_templates_are_found() -> None:
    source = '_("One")\nngettext("Two", "Three", 3)\nprint("Four")'
    assert list(texts_of_code(ast.parse(source))) == ["One", "Two", "Three"]
    source = (
        """{% translate "It's one" %}{% translate 'Two' as x %}Not this{{ _("Three") }}"""
        "{% blocktranslate count n=n trimmed %}\n  {{ n }} four\n{% plural %}{{ n }} five"
        "{% endblocktranslate %}"
    )
    assert [*texts_of_template(source)] == ["It's one", "Two", "Three", "%(n)s four", "%(n)s five"]


@cache
def visible_texts() -> list[tuple[Path, str]]:
    found = [(module, text) for module in code() for text in texts_of_code(tree(module))]
    for path in templates():
        name = path.relative_to(BASE_DIR)
        found += [(name, text) for text in texts_of_template(path.read_text())]
    return found


def texts_of_code(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            for part in node.args if name in GETTEXT else ():
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def texts_of_template(source: str) -> Iterator[str]:
    """Texts in the order of the template, as Django hands them to gettext."""
    calls = re.compile(rf"(?:{_CALL})u?({_TEXT})(?:\s*,\s*u?({_TEXT}))?")
    for match in calls.finditer(templatize(source)):
        yield from (ast.literal_eval(text) for text in match.groups() if text)
