"""Users who are in a selection right now, in the order of names."""

from collections.abc import Mapping

from django.db.models import Q

from customers.models import Customer

from ..models import Selection, User, UserQuerySet
from .filters import UserFilter, product_of, read_filter
from .search import counted
from .user_pages import in_search, restorable_count


def filter_of(customer: Customer, query: Mapping[str, str]) -> UserFilter:
    """Return the filter of a list's address, without what this customer has not got."""
    found = read_filter(query)
    return found.settled(product_of(customer, found.subscription))


def matching_users(customer: Customer, query: Mapping[str, str]) -> UserQuerySet:
    """Return whom the filter of an address lets through; `tab` is "deleted" or nothing."""
    return filtered_users(customer, filter_of(customer, query))


def filtered_users(customer: Customer, found: UserFilter) -> UserQuerySet:
    """Return the customer's users whom the filter lets through."""
    users = User.objects.restorable() if found.deleted else User.objects.active()
    return in_search(users.filter(found.condition()), customer, found.words)


def filtered_count(customer: Customer, found: UserFilter) -> int | None:
    """Return how many; None for more than are counted, unless they are counted anyway."""
    if found.words or found.narrows:
        return counted(filtered_users(customer, found))
    return restorable_count(customer) if found.deleted else customer.active_users


def is_selected(selection: Selection) -> Q:
    """Return the condition of those of the customer's users who are in it."""
    if not selection.by_filter:
        return Q(pk__among=selection.ids)
    # Written from a filter that was settled then: the subscription was the customer's.
    condition = read_filter(selection.query).whole_condition()
    if selection.ids:
        condition &= ~Q(pk__among=selection.ids)
    return condition | Q(pk__among=selection.extra) if selection.extra else condition


def selected_users(selection: Selection, customer: Customer) -> UserQuerySet:
    """Return the selected who are still there, whether living or deleted.

    What can be done to each is the service's to say.
    """
    if selection.by_filter and not selection.extra:
        # Like the list itself, by its index.
        matching = matching_users(customer, selection.query)
        return matching.exclude(pk__among=selection.ids) if selection.ids else matching
    return User.objects.filter(is_selected(selection), customer=customer)


def selected_ids(selection: Selection, customer: Customer) -> list[int]:
    """Return the ids of the selected, in the order of names."""
    users = selected_users(selection, customer).order_by("sort_name", "pk")
    return list(users.values_list("pk", flat=True))
