"""Whether a page is valid HTML: parse errors, and what a parser lets pass."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from justhtml import JustHTML

# Attributes that name the ids of other elements on the page.
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "form")
CHILDREN = {
    "ul": {"li", "script", "template"},
    "ol": {"li", "script", "template"},
    "dl": {"dt", "dd", "div", "script", "template"},
    "tr": {"td", "th", "script", "template"},
    "select": {"option", "optgroup", "hr"},
}
INTERACTIVE = {"a", "button", "input", "select", "textarea", "label", "details"}
# Block content may not stand in what holds running text alone.
PHRASING_ONLY = {"p", "span", "button", "label", "h1", "h2", "h3", "h4", "dt", "summary", "strong"}
HEADINGS = {"h1", "h2", "h3", "h4"}
BLOCKS = {
    *("div", "p", "ul", "ol", "dl", "table", "form", "section", "article", "nav", "header"),
    *("footer", "fieldset", "main", "aside", *HEADINGS),
}


@lru_cache(maxsize=1)
def _parsed(html: str) -> JustHTML:
    """Parsing takes most of the time, and who asks for one thing about a page asks for another."""
    return JustHTML(html, collect_errors=True, sanitize=False)


def problems(html: str) -> list[str]:
    document = _parsed(html)
    found = [f"{error.code} at line {error.line}" for error in document.errors]
    elements = list(document.query("*"))
    ids = Counter(name for element in elements if (name := (element.attrs or {}).get("id")))
    found += [f"id {name!r} stands {count} times" for name, count in ids.items() if count > 1]
    for element in elements:
        found += _broken_references(element, set(ids))
        found += _misplaced(element)
        found += _bare(element)
    return found


def rows_without_heading(html: str) -> list[str]:
    """The rows of tables that a screen reader can't name: none of their cells is a `th`.

    A row of one cell says what it says.
    """
    found = []
    for row in _parsed(html).query("tbody > tr"):
        cells = [cell for cell in row.children or () if cell.name in {"td", "th"}]
        scopes = {(cell.attrs or {}).get("scope") for cell in cells if cell.name == "th"}
        if len(cells) > 1 and not scopes & {"row", "rowgroup", "col"}:
            found.append(f"row without a heading: {row.to_html()[:160]}")
    return found


def _broken_references(element: object, ids: set[str]) -> Iterator[str]:
    attributes = element.attrs  # type: ignore[attr-defined]
    for name in REFERENCES:
        for target in (attributes.get(name) or "").split():
            if target not in ids:
                yield f"{name}={target!r} of <{element.name}> leads nowhere"  # type: ignore[attr-defined]
    link = attributes.get("href") or ""
    if link.startswith("#") and len(link) > 1 and link[1:] not in ids:
        yield f"href={link!r} leads nowhere"


def _misplaced(element: object) -> Iterator[str]:
    name = element.name  # type: ignore[attr-defined]
    allowed = CHILDREN.get(name)
    for child in element.children:  # type: ignore[attr-defined]
        child_name = child.name
        if child_name.startswith(("#", "!")):
            continue
        if allowed and child_name not in allowed:
            yield f"<{child_name}> directly in <{name}>"
        # The standard lets headings into a summary.
        fine = HEADINGS if name == "summary" else set()
        if name in PHRASING_ONLY and child_name in BLOCKS - fine:
            yield f"<{child_name}> in <{name}>"
    if name in {"a", "button"}:
        for inner in element.query("*"):  # type: ignore[attr-defined]
            if inner.name in INTERACTIVE:
                yield f"<{inner.name}> within <{name}>"


def _bare(element: object) -> Iterator[str]:
    """What an element needs, or must not have here: the policy forbids inline style and script."""
    name, attributes = element.name, element.attrs  # type: ignore[attr-defined]
    if name == "svg" and not {"role", "aria-hidden"} & attributes.keys():
        yield "<svg> that is neither a picture nor hidden"
    if name == "img" and "alt" not in attributes:
        yield "<img> without alt"
    if name == "html" and not attributes.get("lang"):
        yield "<html> without lang"
    if "style" in attributes or name == "style":
        yield f"inline style on <{name}>"
    if name == "script" and "src" not in attributes:
        yield "inline script"
    for attribute in attributes:
        if attribute.startswith("on"):
            yield f"{attribute} on <{name}>"
