"""`{% load icons %}{% bs_icon %}`: the package's tag, which remembers what it has drawn.

A page has dozens of icons, of few kinds.
"""

from functools import lru_cache

from bs_icon_templates.templatetags.bs_icons import bs_icon
from django.template import Library

register = Library()
drawn = lru_cache(maxsize=512)(bs_icon)
register.simple_tag(drawn, name="bs_icon")
