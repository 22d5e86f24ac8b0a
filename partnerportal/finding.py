"""What the search in the top bar finds by itself: pages, of the portal and of customers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.folding import folded_words
from customers.models import Customer, CustomerQuerySet
from customers.places.lists import recent_customers
from customers.roles import Capability

from .context import (
    may_have_tokens,
    may_see_applications,
    may_see_batches,
    may_see_catalog,
    may_see_customers,
    may_see_team,
)
from .menu import ENTRIES

# A letter begins too many words.
LEAST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page of the portal or, where there is a customer, of that one."""

    label: str | Promise
    url: str
    icon: str
    customer: Customer | None = None


# Of a customer, besides what its menu has.
STEPS = (
    (_("Add user"), "accounts:user-add", "person-plus", Capability.MANAGE_USERS),
    (_("Upload users"), "uploads:upload-add", "upload", Capability.MANAGE_USERS),
    (
        _("Add subscription"),
        "licensing:subscription-add",
        "box-seam",
        Capability.MANAGE_SUBSCRIPTIONS,
    ),
)
OF_CUSTOMERS = (
    *STEPS,
    *((label, name, icon, may) for label, name, icon, may, _at in ENTRIES),
    (_("Deleted users"), "accounts:user-deleted", "person-x", Capability.SEE),
)

OF_PORTAL: tuple[tuple[str | Promise, str, str, Callable[[User], bool]], ...] = (
    (_("Customers"), "customers:customer-list", "buildings", may_see_customers),
    (
        _("Add customer"),
        "customers:customer-add",
        "plus-lg",
        lambda user: may_see_customers(user) and user.can(Capability.MANAGE_CUSTOMERS),
    ),
    (
        _("Reports"),
        "accounts:month-report",
        "table",
        lambda user: user.can(Capability.SEE_SUBSCRIPTIONS),
    ),
    (_("Running and recent"), "accounts:batch-list", "arrow-repeat", may_see_batches),
    (_("Scheduled"), "automation:schedule-list", "calendar", may_see_customers),
    (_("Applications"), "applications:application-list", "grid", may_see_applications),
    (_("Catalog"), "catalog:product-list", "box-seam", may_see_catalog),
    (_("Team"), "accounts:team-list", "people", may_see_team),
    (_("Notices"), "automation:notice-list", "bell", may_see_batches),
    (_("My account"), "accounts:me", "person", may_see_batches),
    (_("Change password"), "account_change_password", "key", may_see_batches),
    (_("Two-step sign-in"), "mfa_index", "shield-lock", may_see_batches),
    (_("Sessions"), "accounts:session-list", "laptop", may_see_batches),
    (_("API tokens"), "api:token-list", "braces", may_have_tokens),
)


def find_pages(text: str, user: User, customers: CustomerQuerySet, size: int) -> list[PageEntry]:
    """Return up to so many pages that the words lead to, the best first.

    Some words are a page's, and all others its customer's: "upload contoso". Without another word
    they are of the customers opened last.
    """
    words = folded_words(text)
    found = [
        PageEntry(label, reverse(name), icon)
        for label, name, icon, may in OF_PORTAL
        if words and set(words) == _named(words, label) and may(user)
    ]
    named = [(_named(words, entry[0]), entry) for entry in OF_CUSTOMERS if user.can(entry[3])]
    most = max((len(own) for own, _entry in named), default=0)
    if most == 0:
        return found[:size]
    asked: dict[tuple[str, ...], Sequence[Customer]] = {}
    for own, (label, name, icon, _may) in named:
        if len(own) < most:
            continue
        rest = tuple(word for word in words if word not in own)
        if rest not in asked and rest:
            matching = customers.matching(" ".join(rest)).order_by("name", "pk")
            asked[rest] = list(matching[:size])
        elif rest not in asked:
            asked[rest] = list(customers[:1] if user.customer_id else recent_customers(user))
        found += [
            PageEntry(label, reverse(name, args=[customer.pk]), icon, customer)
            for customer in asked[rest]
        ]
    return found[:size]


def _named(words: Iterable[str], label: str | Promise) -> set[str]:
    """Return those of the words that begin a word of the label."""
    parts = folded_words(str(label))
    return {
        word
        for word in words
        if len(word) >= LEAST_LETTERS and any(part.startswith(word) for part in parts)
    }
