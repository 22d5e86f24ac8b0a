"""`{% bs_icon %}`, which remembers what it has drawn: a page has dozens, of few kinds.

Takes the place of the package's own library of tags (TEMPLATES in settings.py).
"""

from functools import lru_cache

from bs_icon_templates.templatetags.bs_icons import bs_icon
from django.template import Library

register = Library()
register.simple_tag(lru_cache(maxsize=512)(bs_icon), name="bs_icon")
