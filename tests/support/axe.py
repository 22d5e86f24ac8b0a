"""axe-core's verdict on a page: WCAG 2.2, levels A and AA; and whether it is whole when narrow."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, TimeoutError  # noqa: A004

Rules = dict[str, object]
STANDARDS: Rules = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"],
}
# Those of the standards that judge colors, and the size of what is clicked.
LOOKS: Rules = {
    "type": "rule",
    "values": ["color-contrast", "link-in-text-block", "target-size"],
}
# As with a font whose letters are much narrower than those of any machine: what is large enough
# only by its text is found out. The policy lets scripts make style sheets, and no elements.
NARROW = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { letter-spacing: -0.15em !important; }");
    document.adoptedStyleSheets = [sheet];
}"""

# Scrolled, the bar at the top lies over something, as it does over any page. A page that was opened
# at one of its parts scrolls there by itself, when it is loaded and drawn.
TO_THE_TOP = """async () => {
    const drawn = () => new Promise(requestAnimationFrame);
    if (location.hash) {
        await drawn();
        await drawn();
    }
    window.scrollTo({top: 0, behavior: "instant"});
}"""

# The whole report is long, and the way from the browser with it; these lines are what is read.
JUDGE = """async ([part, options]) => (await axe.run(part || document, options)).violations.map(
    rule => [rule.id, rule.nodes.map(node => node.html.slice(0, 160))]
)"""

# As in a language whose texts are longer by a third: each word of the page, with letters that are
# neither narrow nor low.
LONGER = """() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        if (texts.currentNode.parentElement.closest("script, style, svg, textarea")) continue;
        texts.currentNode.data = texts.currentNode.data.replace(/\\p{L}{2,}/gu,
            word => word + "Åßéö".repeat(word.length).slice(0, Math.ceil(word.length / 3)));
    }
}"""
# What is cut without dots that say so, and what covers its neighbor in the bar at the top.
CUT = """() => {
    const whole = element => element.scrollWidth <= element.clientWidth + 1
        || element.clientWidth < 2 || element.matches("input, select, svg, svg *")
        || !element.checkVisibility({visibilityProperty: true});
    const hides = style => /hidden|clip/.test(style.overflowX) && style.textOverflow !== "ellipsis";
    const cut = [...document.querySelectorAll("body *")]
        .filter(element => !whole(element) && hides(getComputedStyle(element)))
        .map(element => `cut: ${element.textContent.trim().slice(0, 80)}`);
    const clicked = [...document.querySelectorAll(".topbar :is(a, button, summary, input)")]
        .map(element => [element, element.getBoundingClientRect()])
        .filter(([element, box]) => box.width > 2 && element.checkVisibility());
    const covered = clicked.filter(([one, box]) => clicked.some(([other, its]) =>
        one !== other && !one.contains(other) && !other.contains(one)
        && box.left + 1 < its.right && its.left + 1 < box.right
        && box.top + 1 < its.bottom && its.top + 1 < box.bottom
    )).map(([one]) => `covered: ${one.getAttribute("aria-label") || one.textContent.trim()}`);
    return [...cut, ...covered];
}"""


FITS = "width => document.scrollingElement.scrollWidth <= width"


def inaccessible(
    page: Page, part: str | None = None, *, sizes_too: bool = True
) -> dict[str, list[str]]:
    """The elements that break each rule, by its id. Wait for the page's own heading before.

    `part` is a selector; what concerns no part, as the title, is judged with the whole page alone.
    Who asks `ill_looking` about the page too leaves the sizes of what is clicked to it.
    """
    return _judged(page, STANDARDS, part, {} if sizes_too else {"target-size": {"enabled": False}})


def ill_looking(page: Page, part: str | None = None) -> dict[str, list[str]]:
    """The same by the rules of colors and sizes alone, and with narrow letters."""
    page.evaluate(NARROW)
    return _judged(page, LOOKS, part, {})


def load_axe(page: Page) -> None:
    """Into each page that is opened there: quicker than sent to one after the other."""
    page.add_init_script(AXE_SCRIPT)


def _judged(page: Page, chosen: Rules, part: str | None, rules: Rules) -> dict[str, list[str]]:
    page.wait_for_load_state()
    page.evaluate(TO_THE_TOP)
    # A page that has been judged before has it still.
    if page.evaluate("!window.axe"):
        page.evaluate(AXE_SCRIPT)
    # Preloading style sheets writes a style element, which the policy refuses.
    options = {
        "runOnly": chosen,
        "rules": rules,
        "resultTypes": ["violations"],
        "preload": False,
    }
    return dict(page.evaluate(JUDGE, [part, options]))


def too_wide(page: Page, width: int) -> bool:
    """Whether it stays so: on a busy machine, scripts that place things may come a little later."""
    try:
        page.wait_for_function(FITS, arg=width, timeout=2_000)
    except TimeoutError:
        return True
    return False


def narrow(page: Page, width: int) -> None:
    """Make it as narrow as a telephone, and wait until it is drawn so."""
    page.set_viewport_size({"width": width, "height": 844})
    page.evaluate(
        "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
    )


def broken_by_longer_texts(page: Page) -> list[str]:
    """What is not whole on a telephone once all texts are longer by a third; they stay so."""
    narrow(page, 390)
    page.evaluate(LONGER)
    found = [f"{each}, with longer texts" for each in page.evaluate(CUT)]
    return found + (["wider than 390 px with longer texts"] if too_wide(page, 390) else [])


def looks_right(page: Page) -> None:
    """For everyone, and on a telephone; the page is left as wide as on a desk."""
    broken = inaccessible(page)
    assert broken == {}, broken
    page.set_viewport_size({"width": 390, "height": 844})
    assert not too_wide(page, 390)
    page.set_viewport_size({"width": 1440, "height": 900})
