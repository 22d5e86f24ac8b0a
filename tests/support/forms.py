"""Reading the real form of a page, as a browser without JavaScript would send it back."""

from html import unescape
from http import HTTPStatus
from typing import Any

from django.test import Client
from django.utils.html import strip_tags
from justhtml import JustHTML

Fields = dict[str, list[str]]


def fields(html: str) -> Fields:
    """What the page's own form sends when nothing is touched; its buttons are not pressed."""
    document: Any = JustHTML(
        html.replace("<noscript>", "").replace("</noscript>", ""), sanitize=False
    )
    forms = [
        form
        for form in document.query("main form")
        # What opens beside a page is not its own.
        if form.attrs.get("method") == "post" and "popover" not in form.attrs
    ]
    assert len(forms) == 1, f"{len(forms)} forms"
    found: Fields = {}
    for element in forms[0].query("input, select, textarea"):
        for value in _values(element):
            found.setdefault(element.attrs["name"], []).append(value)
    return found


def _values(element: Any) -> list[str]:
    attributes = element.attrs
    if "name" not in attributes or "disabled" in attributes:
        return []
    if element.name == "select":
        options = element.query("option")
        chosen = [option for option in options if "selected" in option.attrs] or options[:1]
        return [option.attrs.get("value", "") for option in chosen]
    if element.name == "textarea":
        return [element.to_text()]
    if attributes.get("type") in {"checkbox", "radio"}:
        return [attributes.get("value", "on")] if "checked" in attributes else []
    return [attributes.get("value") or ""]


def words(html: str) -> str:
    """The page's own text, without the frame, on one line."""
    main = html[html.index("<main") :]
    text = strip_tags(main[: main.index("</main>")].replace("<wbr>", "").replace("<", " <"))
    return " ".join(unescape(text).split())


def read(client: Client, url: str) -> str:
    """The page at this address, which must be one."""
    response = client.get(url)
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


def told(response: Any) -> str:
    return words(response.content.decode())
