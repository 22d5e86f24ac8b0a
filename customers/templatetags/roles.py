"""What roles may do, beside the boxes by which they are chosen."""

from django import template

from customers.roles import Role, role_in_words

register = template.Library()


@register.filter
def may_do(role: str) -> str:
    """Return what the role of this name may do, and what it may not."""
    return role_in_words(Role(role))
