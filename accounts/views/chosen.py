"""Whom an address names: `?user=1&user=2`, in that order, each once."""

from django.http import Http404, HttpRequest

from customers.models import Customer

from ..models import User

# Longer numbers are no ids, and a database would stumble over them.
_DIGITS = 18


def chosen_users(request: HttpRequest, customer: Customer) -> list[User]:
    """Living and deleted ones alike; Http404 for what is not a user of this customer."""
    ids = list(dict.fromkeys(_number(value) for value in request.GET.getlist("user")))
    users = customer.users.with_roles().select_related("deleted_by").in_order(ids)
    if len(users) != len(ids):
        raise Http404
    return users


def _number(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= _DIGITS):
        raise Http404
    return int(value)
