"""axe-core's verdict on a page: WCAG 2.2, levels A and AA."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

STANDARDS: dict[str, object] = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"],
}


# The whole report is long, and the way from the browser with it; these lines are what is read.
JUDGE = """options => axe.run(options).then(({violations}) => violations.map(
    rule => [rule.id, rule.nodes.map(node => node.html.slice(0, 160))]
))"""


def inaccessible(page: Page, rules: dict[str, object] = STANDARDS) -> dict[str, list[str]]:
    """The elements that break each rule, by its id. Wait for the page's own heading before."""
    # Scrolled, the bar at the top lies over something, as it does over any page.
    page.evaluate("window.scrollTo({top: 0, behavior: 'instant'})")
    # A page that has been judged before has it still.
    if page.evaluate("!window.axe"):
        page.evaluate(AXE_SCRIPT)
    # Preloading style sheets writes a style element, which the policy refuses.
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    return dict(page.evaluate(JUDGE, options))


def too_wide(page: Page, width: int) -> bool:
    return bool(page.evaluate("document.scrollingElement.scrollWidth") > width)
