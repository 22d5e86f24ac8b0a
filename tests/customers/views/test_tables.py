"""Rows of a long list: every value is escaped, unless it is markup of ours."""

import pytest
from django.utils.safestring import SafeString

from customers.views.tables import filled, labeled

ROW = "<tr><td>{}</td><td>{}</td></tr>"


def test_each_row_fills_the_pattern() -> None:
    assert filled(ROW, [("a", "b"), ("c", "d")]) == (
        "<tr><td>a</td><td>b</td></tr>\n<tr><td>c</td><td>d</td></tr>"
    )
    assert filled(ROW, []) == ""


@pytest.mark.parametrize(
    "value, written",
    [
        ("<script>", "&lt;script&gt;"),
        ('" onclick="x', "&quot; onclick=&quot;x"),
        ("it's & more", "it&#x27;s &amp; more"),
        ("{0} %s {name}", "{0} %s {name}"),
    ],
)
def test_what_users_have_written_is_escaped(value: str, written: str) -> None:
    assert filled("<td>{}</td>", [(value,)]) == f"<td>{written}</td>"


def test_markup_of_ours_is_not_escaped_again() -> None:
    link = SafeString('<a href="/">&amp;</a>')
    assert filled(ROW, [(link, "<b>")]) == (
        '<tr><td><a href="/">&amp;</a></td><td>&lt;b&gt;</td></tr>'
    )


def test_the_whole_is_markup() -> None:
    assert isinstance(filled(ROW, [("a", "b")]), SafeString)


def test_labels_are_filled_in_before_the_rows() -> None:
    row = '<td data-label="{name}">{{}}</td>'
    pattern = labeled(row, {"name": 'Users & "roles"'})
    assert pattern == '<td data-label="Users &amp; &quot;roles&quot;">{}</td>'
    assert filled(pattern, [("<i>",)]) == (
        '<td data-label="Users &amp; &quot;roles&quot;">&lt;i&gt;</td>'
    )


def test_a_label_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        labeled('<td data-label="{name}"></td>', {})
