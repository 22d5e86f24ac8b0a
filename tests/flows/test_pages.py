"""Every page: valid, accessible in light and dark, silent on the console, whole on a telephone."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib import admin
from django.core.management import call_command
from playwright.sync_api import Page
from pytest_django import Settings

from accounts.models import User
from tests.support.axe import (
    broken_by_longer_texts,
    ill_looking,
    inaccessible,
    load_axe,
    narrow,
    too_wide,
)
from tests.support.browser import NewPage
from tests.support.html import problems, rows_without_heading
from tests.support.page_of import PageOf
from tests.support.pages import NO_PAGE, names, pages

# The portal's attribute, the admin's, and no color halfway: what inherits one that has arrived may
# set out itself.
TURN = """theme => {
    Object.assign(document.documentElement.dataset, {bsTheme: theme, theme: theme});
    for (let left = 10, moving; left && (moving = document.getAnimations()).length; left--) {
        moving.forEach(animation => animation.finish());
    }
}"""
# Which elements there are outside of what is a page's own.
AROUND = (
    "() => [...document.querySelectorAll('body *:not(main *)')].map(each => each.tagName).join()"
)
# Notices that are wider or narrower than the card or the list right beneath them.
UNEVEN = """() => [...document.querySelectorAll("main > .notice, main > .messages > :last-child")]
    .filter(notice => {
        const below = notice.closest("main > *").nextElementSibling;
        return notice.offsetWidth && below?.matches(".card, .table-wrap") && below.offsetWidth
            && Math.abs(below.offsetWidth - notice.offsetWidth) > 1;
    }).map(notice => `not as wide as what is beneath: ${notice.textContent.trim()}`)"""
# On a telephone, what stands beneath the label of a value that it belongs to.
ASTRAY = """() => [...document.querySelectorAll(".table-cards > tbody > tr > [data-label] > *")]
    .filter(part => {
        const cell = part.parentElement;
        const columns = getComputedStyle(cell).gridTemplateColumns.split(" ");
        return part.offsetWidth && columns.length > 1 && !part.matches(".visually-hidden")
            && part.getBoundingClientRect().left - cell.getBoundingClientRect().left
                < parseFloat(columns[0]);
    }).map(part => `beneath its label: ${part.textContent.trim()}`)"""
ERROR_PAGES = {"not found", "forbidden"}
# All processors share the walk, each with some of the pages.
PARTS = 3

# What Django's own admin pages break, each with its reason; ours to keep short.
ADMIN_EXCEPTIONS: dict[str, str] = {}
ADMIN_HTML: dict[str, str] = {
    "<svg> that is neither a picture nor hidden": "symbols, drawn where they are used",
}

PageAs = Callable[..., Page]


@pytest.fixture
def demo(
    transactional_db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> list[PageOf]:
    # Five rows are judged as fifty are, in a fraction of the time.
    settings.PAGE_SIZE = 5
    for of_model in admin.site._registry.values():  # noqa: SLF001
        monkeypatch.setattr(of_model, "list_per_page", 5)
    call_command("demo", "--customers", "4", "--users", "120", verbosity=0)
    return pages()


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_valid_accessible_and_whole(
    demo: list[PageOf], part: int, page_as: PageAs, new_page: NewPage, console: list[str]
) -> None:
    listed = {page.name for page in demo if not page.name.startswith("admin:")} - ERROR_PAGES
    assert listed | NO_PAGE == set(names())
    found: dict[str, list[str]] = {}
    framed: set[tuple[str, object]] = set()
    for one, page in _opened(demo[part::PARTS], page_as, new_page):
        wrong = _invalid(page, one)
        # Around it is what was around a page of that user before.
        frame = (one.who, page.evaluate(AROUND))
        wrong += _inaccessible(page, one, "main" if frame in framed else None)
        framed.add(frame)
        wrong += [*page.evaluate(UNEVEN), *_too_wide(page, one)]
        if one.name not in ERROR_PAGES:
            wrong += console
        console.clear()
        if wrong:
            found[f"{one.slug} {one.url}"] = wrong
    assert found == {}


def test_what_breaks_a_standard_is_found(page: Page) -> None:
    page.set_content(
        "<html lang='en'><title>Save</title><main><h1>Save</h1><button></button></main>"
    )
    for _again in range(2):
        assert inaccessible(page) == {"button-name": ["<button></button>"]}


def test_what_is_too_small_to_be_clicked_is_found_once(page: Page) -> None:
    small = "<button style='width: 9px; height: 9px; padding: 0; border: 0'>a</button>"
    page.set_content(f"<html lang='en'><title>A</title><main><h1>A</h1>{small * 2}</main>")
    assert inaccessible(page, sizes_too=False) == {}
    assert inaccessible(page).keys() == ill_looking(page).keys() == {"target-size"}


def test_what_longer_texts_break_is_found(page: Page) -> None:
    word = "<span style='display: inline-block; width: 300px'>Administrator</span>"
    bar = "<header class='topbar' style='display: flex; width: 120px'>{}</header>"
    page.set_content(f"<p style='white-space: nowrap; width: 380px'>{'Users of Contoso ' * 3}</p>")
    assert broken_by_longer_texts(page) == ["wider than 390 px with longer texts"]
    page.set_content(f"<p style='overflow: hidden; width: 290px'>{word}</p>")
    assert [each[:5] for each in broken_by_longer_texts(page)] == ["cut: "]
    links = "<a href='/' style='width: 50px; flex: none; margin-right: -9px'>Team</a>" * 2
    page.set_content(bar.format(links))
    assert [each[:9] for each in broken_by_longer_texts(page)] == ["covered: "] * 2
    page.set_content("<p style='overflow: hidden; text-overflow: ellipsis'>Users</p>")
    assert broken_by_longer_texts(page) == []


def _opened(
    demo: list[PageOf], page_as: PageAs, new_page: NewPage
) -> Iterator[tuple[PageOf, Page]]:
    tabs: dict[str, Page] = {}
    for one in demo:
        if one.who not in tabs:
            user = User.objects.filter(username=one.who).first()
            tabs[one.who] = page_as(user, reduced_motion="reduce") if user else new_page()
            load_axe(tabs[one.who])
        yield one, tabs[one.who]


def _invalid(page: Page, one: PageOf) -> list[str]:
    response = page.goto(one.url)
    assert response is not None
    wrong = [] if response.status == one.status else [f"status {response.status}"]
    wrong += [] if page.title() else ["no title"]
    known, html = ADMIN_HTML, response.text()
    if not one.name.startswith("admin:"):
        known = {}
        wrong += rows_without_heading(html)
    if not one.who and not page.get_attribute("meta[name=description]", "content"):
        wrong.append("no description for strangers")
    return wrong + [text for text in problems(html) if text not in known]


def _inaccessible(page: Page, one: PageOf, part: str | None) -> list[str]:
    """The themes differ in nothing but colors; the dark one is judged with narrow letters.

    What is large enough to be clicked with those is large enough with others.
    """
    known = ADMIN_EXCEPTIONS if one.name.startswith("admin:") else {}
    light = inaccessible(page, part, sizes_too=False)
    page.evaluate(TURN, "dark")
    dark = ill_looking(page, part)
    return [
        f"{theme}: {rule}: {element}"
        for theme, found in (("light", light), ("dark", dark))
        for rule, elements in found.items()
        for element in elements
        if rule not in known
    ]


def _too_wide(page: Page, one: PageOf) -> list[str]:
    if one.name.startswith("admin:"):
        return []
    found = []
    for width in (390, 320):
        narrow(page, width)
        found += [f"wider than {width} px"] if too_wide(page, width) else []
    found += page.evaluate(ASTRAY)
    found += broken_by_longer_texts(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    return found
