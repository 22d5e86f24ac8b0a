"""`{% load icons %}{% bs_icon %}`: the package's tag, which remembers what it has drawn.

A page has dozens of icons, of few kinds.
"""

from functools import lru_cache

from bs_icon_templates.templatetags.bs_icons import bs_icon
from django.template import Library
from django.utils.safestring import SafeString

register = Library()


@lru_cache(maxsize=512)
def drawn(name: str, height: int = 16) -> SafeString:
    """Return the icon, which says nothing to a screen reader: the words beside it do."""
    picture = bs_icon(name, height).replace("<svg", '<svg aria-hidden="true"', 1)
    return SafeString(picture)  # nosec B703 - the package's own drawing


register.simple_tag(drawn, name="bs_icon")
