"""Who is in a selection right now, in the order of names."""

from collections.abc import Mapping

from customers.models import Customer

from .lists import search_words
from .models import Selection, User, UserQuerySet


def matching_users(customer: Customer, query: Mapping[str, str]) -> UserQuerySet:
    """Whom the filter of a list's address lets through; `tab` is "deleted" or nothing."""
    deleted = query.get("tab") == "deleted"
    users = User.objects.restorable() if deleted else User.objects.active()
    return users.filter(customer=customer).matching(search_words(query.get("q", "")))


def selected_users(selection: Selection, customer: Customer) -> UserQuerySet:
    """Still there, whether living or deleted: what can be done to each is the verb's to say."""
    if selection.by_filter:
        matching = matching_users(customer, selection.query)
        return matching.exclude(pk__among=selection.ids) if selection.ids else matching
    return User.objects.get_queryset().filter(customer=customer, pk__among=selection.ids)


def selected_ids(selection: Selection, customer: Customer) -> list[int]:
    users = selected_users(selection, customer).order_by("sort_name", "pk")
    return list(users.values_list("pk", flat=True))
