from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from customers.actor import actor_of
from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin
from customers.text import visible
from customers.views.lists import PLACE, Pager, address, columns

from ..lists import (
    COUNTED,
    SEARCH_LENGTH,
    ListQuery,
    UserPage,
    page_of_users,
    read_id,
    read_sort,
    search_words,
)
from ..models import User
from .export import export_urls
from .rows import user_rows
from .tabs import user_tabs

SORT_LABELS = {
    "name": gettext_lazy("Display name"),
    "user": gettext_lazy("User name"),
    "added": gettext_lazy("Added"),
}


class UserListView(CustomerScopeMixin, TemplateView):
    capability = Capability.SEE
    template_name = "accounts/user_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        q = visible(self.request.GET.get("q", ""))[0][:SEARCH_LENGTH]
        query = self.list_query(q)
        page = page_of_users(User.objects.active().in_list(), self.customer, query)
        name, user_name, added = columns(self.request, query.sort, SORT_LABELS, {"added"})
        return super().get_context_data(**kwargs) | {
            "tabs": user_tabs(self.customer, deleted=False),
            "q": q,
            "keep": {"sort": query.sort} if query.sort != "name" else {},
            "clear_url": self.address(q=None),
            "columns": {"name": name, "user": user_name, "added": added},
            "rows": user_rows(page.users, self.customer, base_url=self.request.path),
            "pager": self.pager(page, query),
            "export_urls": export_urls(self.request, self.customer),
            "may_add": actor_of(self.request).can(Capability.MANAGE_USERS),
        }

    def list_query(self, q: str) -> ListQuery:
        given = self.request.GET
        after, before = read_id(given.get("after", "")), read_id(given.get("before", ""))
        return ListQuery(
            words=search_words(q),
            sort=read_sort(given.get("sort", "")),
            after=after,
            before=before if after is None else None,
            last="last" in given and after is None and before is None,
        )

    def address(self, **changes: object) -> str:
        """This list from its beginning, with other parameters."""
        return address(self.request, **{**PLACE, **changes})

    def pager(self, page: UserPage, query: ListQuery) -> Pager:
        first, last = (page.users[0].pk, page.users[-1].pk) if page.users else (None, None)
        return Pager(
            summary=summary(page),
            first_url=None if page.is_first else self.address(),
            previous_url=None if page.is_first else self.address(before=first),
            next_url=None if page.is_last else self.address(after=last),
            last_url=None if page.is_last else self.address(last=1),
        )


def summary(page: UserPage) -> str:
    """How many of how many; which ones, where the page's place is known."""
    here = len(page.users)
    if page.total is None:
        return _("More than %(count)s found") % {"count": figure(COUNTED)}
    if page.is_first and page.is_last:
        return ngettext("%(count)s user", "%(count)s users", here) % {"count": figure(here)}
    place = {"all": figure(page.total), "here": figure(here)}
    if page.is_first:
        return _("1 to %(here)s of %(all)s") % place
    if page.is_last:
        place["from"] = figure(max(page.total - here + 1, 1))
        return _("%(from)s to %(all)s of %(all)s") % place
    return _("%(here)s of %(all)s") % place


def figure(number: int) -> str:
    return number_format(number, force_grouping=True)
