"""Every page: valid, accessible in light and dark, silent on the console, whole at 390 px."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import Page

from accounts.models import User
from tests.browser import NewPage
from tests.html import problems
from tests.pages import NO_PAGE, PageOf, names, pages

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
# The themes differ in nothing but colors, which two rules judge.
RULES: dict[str, object] = {
    "light": {"type": "tag", "values": STANDARDS},
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
# The portal's attribute, the admin's, and no color halfway.
TURN = """theme => {
    Object.assign(document.documentElement.dataset, {bsTheme: theme, theme: theme});
    document.getAnimations().forEach(animation => animation.finish());
}"""
ERROR_PAGES = {"not found", "forbidden"}

# What Django's own admin pages break, each with its reason; ours to keep short.
ADMIN_EXCEPTIONS: dict[str, str] = {}
ADMIN_HTML: dict[str, str] = {}

PageAs = Callable[..., Page]


@pytest.fixture
def demo(transactional_db: None) -> list[PageOf]:
    call_command("demo", "--customers", "4", "--users", "300", verbosity=0)
    return pages()


def test_the_list_of_pages_is_complete(demo: list[PageOf]) -> None:
    listed = {page.name for page in demo if not page.name.startswith("admin:")} - ERROR_PAGES
    assert listed | NO_PAGE == set(names())


def test_every_page_is_valid_accessible_and_whole(
    demo: list[PageOf], page_as: PageAs, new_page: NewPage, console: list[str]
) -> None:
    found: dict[str, list[str]] = {}
    for one, page in _opened(demo, page_as, new_page):
        wrong = [*_invalid(page, one), *_inaccessible(page, one), *_too_wide(page, one)]
        if one.name not in ERROR_PAGES:
            wrong += console
        console.clear()
        if wrong:
            found[f"{one.slug} {one.url}"] = wrong
    assert found == {}


def _opened(
    demo: list[PageOf], page_as: PageAs, new_page: NewPage
) -> Iterator[tuple[PageOf, Page]]:
    tabs: dict[str, Page] = {}
    for one in demo:
        if one.who not in tabs:
            user = User.objects.filter(username=one.who).first()
            tabs[one.who] = page_as(user, reduced_motion="reduce") if user else new_page()
        yield one, tabs[one.who]


def _invalid(page: Page, one: PageOf) -> list[str]:
    response = page.goto(one.url)
    assert response is not None
    expected = {"not found": 404, "forbidden": 403}.get(one.name, 200)
    wrong = [] if response.status == expected else [f"status {response.status}"]
    known = ADMIN_HTML if one.name.startswith("admin:") else {}
    return wrong + [text for text in problems(response.text()) if text not in known]


def _inaccessible(page: Page, one: PageOf) -> list[str]:
    known = ADMIN_EXCEPTIONS if one.name.startswith("admin:") else {}
    wrong = []
    for theme, rules in RULES.items():
        page.evaluate(TURN, theme)
        # Preloading style sheets writes a style element, which the policy refuses.
        options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
        found = Axe().run(page, options=options).response["violations"]
        wrong += [
            f"{theme}: {rule['id']}: {node['html'][:160]}"
            for rule in found
            for node in rule["nodes"]
            if rule["id"] not in known
        ]
    return wrong


def _too_wide(page: Page, one: PageOf) -> list[str]:
    if one.name.startswith("admin:"):
        return []
    page.set_viewport_size({"width": 390, "height": 844})
    width = page.evaluate("document.scrollingElement.scrollWidth")
    page.set_viewport_size({"width": 1440, "height": 900})
    return [] if width <= 390 else [f"{width} px wide at 390"]
