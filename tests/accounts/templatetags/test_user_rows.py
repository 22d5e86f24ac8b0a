"""Rows of users, written in Python: escaped, with a box where one may be checked."""

import re
from dataclasses import fields
from typing import Any

import pytest
from django.utils import translation

from accounts.templatetags.user_rows import deleted_rows, in_parts, user_rows
from accounts.views.deleted import DeletedRow
from accounts.views.user_rows import State, UserRow

ATTACK = '"><script>alert(1)</script>'


def user(**changed: Any) -> UserRow:
    values: dict[str, Any] = {
        "pk": 7,
        "select": "Select Ada",
        "is_selected": False,
        "url": "/customers/1/users/7/",
        "display_name": "Ada",
        "user_name": "ada@contoso.example",
        "licenses": ("Mail", "Teams"),
        "permissions": "User",
        "sign_in": State("success", "Allowed"),
        "added": "Jan. 1, 2026",
    }
    return UserRow(**{**values, **changed})


def deleted(**changed: Any) -> DeletedRow:
    values: dict[str, Any] = {field.name: "text" for field in fields(DeletedRow)}
    own = {"pk": 7, "is_selected": False, "reachable": True, "is_urgent": False, "licenses": ()}
    return DeletedRow(**{**values, **own, "display_name": "Ada", **changed})


def test_a_row_has_what_the_list_shows_under_its_labels() -> None:
    html = user_rows([user()], selectable=False)
    assert '<a href="/customers/1/users/7/">Ada</a>' in html
    chips = '<span class="tag">Mail</span> <span class="tag">Teams</span>'
    assert f'data-label="Licenses"><div class="tags" title="Mail, Teams">{chips}</div></td>' in html
    assert '<span class="state state-success">Allowed</span>' in html
    assert "checkbox" not in html


def test_no_rows_are_nothing() -> None:
    assert user_rows([], selectable=True) == ""
    assert deleted_rows([], selectable=True) == ""


def test_a_user_who_has_no_license_has_a_dash() -> None:
    row = user_rows([user(licenses=())], selectable=False)
    assert '<td class="cell-licenses" data-label="Licenses">–</td>' in row
    assert "–" in deleted_rows([deleted(by="")], selectable=False)


def test_of_many_licenses_the_first_are_chips_and_a_number_opens_the_others() -> None:
    html = user_rows([user(licenses=("A", "B", "C", "D"))], selectable=False)
    assert html.count('<span class="tag">') == 4
    assert '<summary class="tag" aria-label="2 more licenses">+2</summary>' in html
    shown, _summary, behind = re.split("<details|</summary>", html)[:3]
    assert [name for name in "ABCD" if f">{name}<" in shown] == ["A", "B"]
    assert [name for name in "ABCD" if f">{name}<" in behind] == ["C", "D"]
    one = user_rows([user(licenses=("A", "B", "C"))], selectable=False)
    assert 'aria-label="1 more license">+1<' in one


def test_a_row_has_the_columns_that_are_shown_and_no_others() -> None:
    row = user(department="Sales", job_title="Clerk", office="B1", location="Norway", signed_in="x")
    html = user_rows([row], ["department", "title", "office", "location"], selectable=False)
    labels = re.findall('data-label="([^"]+)"', html)
    assert labels == ["User name", "Department", "Job title", "Office", "Usage location"]
    assert [value in html for value in ("Sales", "Clerk", "B1", "Norway")] == [True] * 4
    assert "Allowed" not in html
    assert user_rows([user()], ["department"], selectable=False).count("–") == 1


@pytest.mark.parametrize("name", ["display_name", "user_name", "licenses", "permissions", "select"])
def test_what_users_typed_is_no_markup(name: str) -> None:
    value = ("Mail", "Teams", ATTACK) if name == "licenses" else ATTACK
    html = user_rows([user(**{name: value})], selectable=True)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("name", ["display_name", "user_name", "by", "licenses", "left", "select"])
@pytest.mark.parametrize("urgent", [False, True])
def test_nor_is_it_among_the_deleted(name: str, *, urgent: bool) -> None:
    value = (ATTACK,) if name == "licenses" else ATTACK
    html = deleted_rows([deleted(**{name: value, "is_urgent": urgent})], selectable=True)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("selected", [False, True])
def test_a_box_is_checked_for_a_user_who_is_selected(*, selected: bool) -> None:
    html = user_rows([user(is_selected=selected)], selectable=True)
    assert 'name="user" value="7"' in html
    assert 'aria-label="Select Ada"' in html
    assert (" checked>" in html) is selected


def test_a_user_whom_the_role_does_not_reach_has_no_box_and_the_reason() -> None:
    html = deleted_rows([deleted(reachable=False)], selectable=True)
    assert "checkbox" not in html
    assert '<td class="cell-check"></td>' in html
    assert "An administrator, whom your role can&#x27;t manage" in html
    assert "your role" not in deleted_rows([deleted(reachable=False)], selectable=False)


def test_few_days_left_are_marked() -> None:
    urgent = deleted_rows([deleted(is_urgent=True, left="3 hours")], selectable=False)
    assert '<span class="state state-warning">3 hours</span>' in urgent
    assert "state-warning" not in deleted_rows([deleted(left="9 days")], selectable=False)


def test_labels_are_in_the_language_of_the_moment_and_not_of_the_first_one() -> None:
    with translation.override("en"):
        first = user_rows([user()], selectable=False)
    with translation.override("de"):
        user_rows([user()], selectable=False)
    with translation.override("en"):
        assert user_rows([user()], selectable=False) == first


def test_a_long_user_name_breaks_where_its_parts_begin() -> None:
    assert in_parts("ada@contoso.example") == "ada@contoso.example"
    assert in_parts("ada.<lind>@contoso-events.example") == (
        "ada<wbr>.&lt;lind&gt;<wbr>@contoso<wbr>-events<wbr>.example"
    )
