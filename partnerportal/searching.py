"""The search in the top bar: users of all customers that one may see, customers, and pages."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from accounts.models import User
from accounts.queries.finding import find_users, is_long_enough, users_in_order
from customers.formats import figure
from customers.models import Customer
from customers.places.lists import (
    favorites_and_opened,
    favorites_first,
    favorites_of,
    recent_customers,
)
from customers.places.rows import Visit
from customers.query_params import LARGEST_ID, read_search
from customers.roles import Capability
from customers.tenancy import RoleMixin

from .finding import PageEntry, find_pages

THERE_IS_MORE = gettext_lazy("More match: type more letters.")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many of each group are shown."""

    customers: int
    users: int
    pages: int


UNDER_FIELD, ON_PAGE = Sizes(4, 8, 4), Sizes(20, 50, 20)


@dataclass(frozen=True, slots=True)
class Hit:
    """A line of the results; `marks` are what is special about it, in a word each."""

    label: str | Promise
    url: str
    icon: str
    detail: str = ""
    customer: str = ""
    marks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    label: str
    hits: Sequence[Hit]
    has_more: bool = False


class SearchView(RoleMixin, TemplateView):
    """What was found: a page of its own or, for the script, the list under the field."""

    capability = Capability.SEE

    def get_template_names(self) -> list[str]:
        return [f"partnerportal/{'search_list' if self.is_list() else 'search'}.html"]

    def is_list(self) -> bool:
        return bool(getattr(self.request, "htmx", False))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = read_search(self.request.GET.get("q", ""))
        sizes = UNDER_FIELD if self.is_list() else ON_PAGE
        user = self.request.user
        groups = list(found_groups(text, user, sizes) if text else own_groups(user))
        number = sum(len(group.hits) for group in groups)
        told = ngettext("%(count)s result", "%(count)s results", number)
        return super().get_context_data(**kwargs) | {
            "q": text,
            "groups": groups,
            "told": told % {"count": figure(number)},
            "is_short": bool(text) and not is_long_enough(text),
            "there_is_more": THERE_IS_MORE if any(group.has_more for group in groups) else "",
            "all_url": f"{reverse('search')}?{urlencode({'q': text})}",
            "section": "search",
        }


def own_groups(user: User) -> Iterator[Group]:
    """Yield the user's own places, which are there before anything is typed."""
    customers = Customer.objects.visible_to(user)
    favorites = list(favorites_of(user)) if user.partner_id else []
    if favorites:
        yield Group("favorites", _("Favorites"), [customer_hit(one) for one in favorites])
    recent = recent_customers(user) if user.partner_id else []
    ids = Visit.objects.newest_users(user)
    hits = user_hits(users_in_order(ids, customers)) if ids else []
    hits += [customer_hit(one) for one in recent if one not in favorites]
    if hits:
        yield Group("recent", _("Recent"), hits)


def found_groups(text: str, user: User, sizes: Sizes) -> Iterator[Group]:
    """Yield what is found, in groups; those that would be empty are left out."""
    customers = Customer.objects.visible_to(user)
    favorites, opened = favorites_and_opened(user)
    if not user.customer_id:
        first = favorites_first(favorites)
        named = customers.matching(text).with_primary_domain().order_by(*first, "name", "pk")
        rows = list(named[: sizes.customers + 1])
        if rows:
            hits = [customer_hit(customer) for customer in rows[: sizes.customers]]
            yield Group("customers", _("Customers"), hits, len(rows) > sizes.customers)
    found = find_users(text, customers, sizes.users, first=opened)
    if found.users:
        hits = user_hits(found.users, found.by_contact)
        yield Group("users", _("Users"), hits, found.has_more)
    pages = find_pages(text, user, customers, sizes.pages)
    if pages:
        yield Group("pages", _("Pages"), [page_hit(page) for page in pages])


def customer_hit(customer: Customer) -> Hit:
    url = reverse("customers:customer-detail", args=[customer.pk])
    return Hit(customer.name, url, "building", detail=getattr(customer, "primary_domain", "") or "")


def user_hits(users: Iterable[User], by_contact: Collection[int] = ()) -> list[Hit]:
    """Return the lines of users, of those found `by_contact` with what they can be reached by."""
    # Their addresses are alike but for two numbers: those that can't be stand for them.
    customer, user = LARGEST_ID - 1, LARGEST_ID
    whole = reverse("accounts:user-detail", args=[customer, user])
    before, _customer, rest = whole.partition(str(customer))
    between, _user, after = rest.partition(str(user))
    return [
        user_hit(
            one,
            f"{before}{one.customer_id}{between}{one.pk}{after}",
            with_contact=one.pk in by_contact,
        )
        for one in users
    ]


def user_hit(user: User, url: str, *, with_contact: bool = False) -> Hit:
    """Return the line of a user, where asked for with what the user can be reached by."""
    reached = (user.alternate_email, user.office_phone, user.mobile_phone) if with_contact else ()
    marks = []
    if user.deleted_at is not None:
        marks.append(_("Deleted"))
    elif user.blocked_at is not None:
        marks.append(_("Sign-in blocked"))
    return Hit(
        user.display_name,
        url,
        "person",
        detail=" · ".join(filter(None, (user.user_name, *reached))),
        customer=user.customer.name if user.customer else "",
        marks=marks,
    )


def page_hit(page: PageEntry) -> Hit:
    customer = page.customer.name if page.customer else ""
    return Hit(page.label, page.url, page.icon, customer=customer)
