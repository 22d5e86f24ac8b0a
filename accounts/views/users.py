from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from customers.formats import figure
from customers.models import Customer
from customers.query_params import read_id
from customers.roles import Capability
from customers.tenancy import visible_customer
from customers.views.lists import Pager, address

from ..actions.base import Place
from ..models import User, UserQuerySet
from ..queries import search
from ..queries.filters import UserFilter, read_filter
from ..queries.user_pages import ListQuery, UserPage, page_of_users, read_sort
from .export import export_urls
from .filtering import chips, list_query, why_nobody
from .selecting import SelectingMixin, with_tab
from .tabs import user_tabs, with_what_is_told
from .user_columns import column_choices, headings, shown_columns
from .user_rows import QuickActions, user_rows


class UserListMixin(SelectingMixin):
    """A list of the customer's users: found, filtered, selected and paged as its address says."""

    capability = Capability.SEE

    def find_customer(self, pk: int) -> Customer:
        """Return the customer with what the page tells of it and of the filter's subscription."""
        subscription = self.asked.subscription
        numbers = () if subscription is None else (subscription,)
        user = self.request.user
        return visible_customer(user, pk, beside=with_what_is_told, numbers=numbers)

    @cached_property
    def asked(self) -> UserFilter:
        return read_filter(with_tab(self.request.GET, self.tab))

    @cached_property
    def found(self) -> UserFilter:
        return self.asked.settled(getattr(self.customer, "filter_product", None))

    def list_query(self) -> ListQuery:
        given = self.request.GET
        after, before = read_id(given.get("after", "")), read_id(given.get("before", ""))
        return ListQuery(
            words=self.found.words,
            narrowed=self.found.narrows or self.only is not None,
            sort=read_sort(given.get("sort", ""), deleted=self.found.deleted),
            deleted=self.found.deleted,
            after=after,
            before=before if after is None else None,
            last="last" in given and after is None and before is None,
        )

    def page(self, users: UserQuerySet, query: ListQuery) -> UserPage:
        condition = self.found.condition()
        found = self.with_selection(users.filter(condition), self.found)
        are_all = not (condition or query.counts or query.deleted or self.selection)
        return page_of_users(found, self.customer, query, are_all=are_all)

    def pager(self, page: UserPage, query: ListQuery) -> Pager:
        first, last = (page.users[0].pk, page.users[-1].pk) if page.users else (None, None)
        return Pager(
            summary=summary(page),
            first_url=None if page.is_first else self.address(),
            previous_url=None if page.is_first else self.address(before=first),
            next_url=None if page.is_last else self.address(after=last),
            last_url=None if page.is_last else self.address(last=1),
        )

    def here(self) -> str:
        """Return the address of this page of the list, without the selection."""
        query = address(self.request, s=None, selected=None).partition("?")[2]
        return f"{self.request.path}?{query}" if query else self.request.path

    def kept(self) -> dict[str, str]:
        """Return what stays in the address of a search."""
        query = {**self.found.query(), **self.kept_besides()}
        return {name: value for name, value in query.items() if name not in {"q", "tab"}}

    def kept_besides(self) -> dict[str, str]:
        """Return what stays in the address of another filter."""
        sort = self.request.GET.get("sort", "")
        known = read_sort(sort, deleted=self.found.deleted) == sort
        query = {"sort": sort} if known else {}
        if self.selection:
            query["s"] = self.selection.token
        if self.only:
            query["selected"] = "1"
        return query


class UserListView(UserListMixin, TemplateView):
    template_name = "accounts/user_list.html"
    actions = Place.USERS
    changes = Place.CHANGES

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.list_query()
        page = self.page(User.objects.active().in_list(), query)
        shown = shown_columns(self.request.user)
        chosen, found = self.selected_of(page.users), chips(self.found, self.kept_besides())
        return super().get_context_data(**kwargs) | {
            "tabs": user_tabs(self.customer, self.request.user),
            "q": self.found.q,
            "keep": self.kept(),
            "filter_keep": {**self.kept(), "q": self.found.q} if self.found.q else self.kept(),
            "problems": self.found.problems,
            "chips": found,
            "found_label": found_label(page) if self.found.narrows else "",
            "by_text": bool(self.found.department or self.found.job_title),
            "why_nobody": "" if page.users or not found else why_nobody(self.found, self.customer),
            "clear_url": self.address(q=None),
            "unfiltered_url": list_query(self.kept_besides()),
            "headings": headings(self.request, query.sort, shown),
            "shown": shown,
            "column_choices": column_choices(shown),
            "back": self.address().partition("?")[2],
            "rows": user_rows(
                page.users,
                self.customer,
                base_url=self.request.path,
                selected=chosen,
                quick=QuickActions(self.customer, self.request.user, back=self.here()),
                shown=shown,
            ),
            "pager": self.pager(page, query),
            "selection": self.selection_bar(page.users, chosen, self.found, page.total),
            "export_urls": export_urls(self.request, self.customer),
            "may_add": self.request.user.can(Capability.MANAGE_USERS),
        }


def found_label(page: UserPage) -> str:
    if page.total is None:
        return _("More than %(count)s found") % {"count": figure(search.COUNTED)}
    found = ngettext("%(count)s user found", "%(count)s users found", page.total)
    return found % {"count": figure(page.total)}


def summary(page: UserPage) -> str:
    """Return how many of how many; which ones, where the page's place is known."""
    here = len(page.users)
    if page.total is None:
        return _("More than %(count)s found") % {"count": figure(search.COUNTED)}
    if page.is_first and page.is_last:
        return ngettext("%(count)s user", "%(count)s users", here) % {"count": figure(here)}
    place = {"all": figure(page.total), "here": figure(here)}
    if page.is_first:
        return _("1 to %(here)s of %(all)s") % place
    if page.is_last:
        place["from"] = figure(max(page.total - here + 1, 1))
        return _("%(from)s to %(all)s of %(all)s") % place
    return _("%(here)s of %(all)s") % place
