"""axe-core's verdict on a page: WCAG 2.2, levels A and AA."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

STANDARDS: dict[str, object] = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"],
}


def inaccessible(page: Page, rules: dict[str, object] = STANDARDS) -> dict[str, list[str]]:
    """The elements that break each rule, by its id. Wait for the page's own heading before."""
    # Scrolled, the bar at the top lies over something, as it does over any page.
    page.evaluate("window.scrollTo({top: 0, behavior: 'instant'})")
    # Preloading style sheets writes a style element, which the policy refuses.
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    found = Axe().run(page, options=options).response["violations"]
    return {rule["id"]: [node["html"][:160] for node in rule["nodes"]] for rule in found}


def too_wide(page: Page, width: int) -> bool:
    return bool(page.evaluate("document.scrollingElement.scrollWidth") > width)
