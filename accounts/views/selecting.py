"""Selecting in a list: what its page shows of a selection, and the address that takes choices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import View

from customers.errors import Refused
from customers.formats import figure
from customers.query_params import read_id
from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin, require
from customers.views.lists import PLACE, address

from ..actions.base import BulkAction, Place
from ..actions.registry import find, offered
from ..models import Selection, User, UserQuerySet
from ..queries import search
from ..queries.filters import UserFilter
from ..queries.selections import is_selected
from ..services import selections
from .batches.coming_back import with_way_back


@dataclass(frozen=True, slots=True)
class SelectionBar:
    """The bar of accounts/selection_bar.html; `count` is None for more than are counted."""

    token: str
    begun: bool
    shown: str
    back: str
    tab: str
    count: int | None
    elsewhere: int | None
    all_label: str
    only_url: str
    is_only: bool
    lots: str
    actions: Sequence[BulkAction]
    changes: Sequence[BulkAction]


class SelectingMixin(CustomerScopeMixin):
    """A list with selection `?s=token`; with `selected` it shows those alone.

    A token whose selection is over, or another user's, leads to the list without it.
    """

    tab: ClassVar[str] = ""
    actions: ClassVar[Place]
    # In a menu of their own.
    changes: ClassVar[Place | None] = None
    selection: Selection | None = None

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        if token := self.request.GET.get("s", ""):
            own = Selection.objects.of(self.request.user, self.customer)
            self.selection = own.named(token).first()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.selection is None and {"s", "selected"} & request.GET.keys():
            if "s" in request.GET:
                messages.warning(request, selections.over_message())
            query = address(request, s=None, selected=None).partition("?")[2]
            return redirect(f"{request.path}?{query}" if query else request.path)
        response: HttpResponse = super().get(request, *args, **kwargs)  # type: ignore[misc]
        return response

    @cached_property
    def only(self) -> Selection | None:
        """Return the selection, where nobody else is to be listed."""
        return self.selection if "selected" in self.request.GET else None

    def with_selection(self, users: UserQuerySet, found: UserFilter) -> UserQuerySet:
        """Annotates `is_selected` where the page can't tell by itself."""
        if self.only:
            users = users.filter(is_selected(self.only))
        elif self.selection and self.selection.by_filter and not self._chosen_by(found):
            chosen = Case(When(is_selected(self.selection), then=Value(1)), default=Value(0))
            users = users.annotate(is_selected=chosen)
        return users

    def _chosen_by(self, found: UserFilter) -> bool:
        """Return whether the selection is by just the filter that the page shows."""
        return bool(self.selection and self.selection.query == found.query())

    def selected_of(self, users: Iterable[User]) -> set[int]:
        if self.selection is None:
            return set()
        if self.only:
            return {user.pk for user in users}
        ids = set(self.selection.ids)
        if not self.selection.by_filter:
            return {user.pk for user in users if user.pk in ids}
        return {
            user.pk
            for user in users
            if user.__dict__.get("is_selected", True) and user.pk not in ids
        }

    def selection_bar(
        self, users: Sequence[User], chosen: set[int], found: UserFilter, total: int | None
    ) -> SelectionBar | None:
        """Return the bar for `users` with a box to check; None for a role without any action."""
        actor = self.request.user
        actions = offered(self.actions, actor)
        changes = offered(self.changes, actor) if self.changes else []
        if not actions and not changes:
            return None
        # Of a selection by this very filter as many are selected as the page has found.
        fresh = self._chosen_by(found) and not self.only
        count: int | None = 0
        if self.only and not found.words and not found.narrows:
            count = total
        elif self.selection:
            count = self.selection.size(found=total if fresh else self.selection.found)
        here = chosen & {user.pk for user in users}
        token = self.selection.token if self.selection else selections.draw_token()
        all_chosen = self._chosen_by(found) and self.selection and not self.selection.ids
        return SelectionBar(
            token=token,
            begun=self.selection is not None,
            shown=" ".join(str(user.pk) for user in users),
            back=address(self.request, s=None).partition("?")[2],
            tab=self.tab,
            count=count,
            elsewhere=None if count is None else max(count - len(here), 0),
            all_label="" if self.only or all_chosen else all_label(total),
            only_url=f"?selected=1&s={token}",
            is_only=self.only is not None,
            lots=figure(search.COUNTED),
            actions=actions,
            changes=changes,
        )

    def address(self, **changes: object) -> str:
        """Return this list's address from its beginning, with other parameters."""
        return address(self.request, **{**PLACE, **changes})


def all_label(total: int | None) -> str:
    if total is None:
        return _("Select all of more than %(count)s users") % {"count": figure(search.COUNTED)}
    return _("Select all %(count)s users") % {"count": figure(total)} if total > 1 else ""


class UserSelectView(CustomerScopeMixin, View):
    """The address that takes what is checked on a page, then does what the button says.

    A script sends no `do`, and is answered with nothing: 409 and a sentence when the selection
    is over.
    """

    capability = Capability.SEE
    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        given, customer, actor = request.POST, self.customer, self.request.user
        do, token = given.get("do", ""), given.get("s", "")
        try:
            if do == "all":
                query = with_tab(self._back(), given.get("tab", ""))
                selection = selections.choose_all(
                    token, query=query, customer=customer, actor=actor
                )
            elif do == "none":
                selection = selections.choose_nobody(token, customer=customer, actor=actor)
            else:
                selection = selections.choose(
                    token,
                    shown=_ids(given.get("shown", "").split()),
                    chosen=_ids(given.getlist("user")),
                    customer=customer,
                    actor=actor,
                    begun=bool(given.get("begun")),
                )
        except Refused as refusal:
            if not do:
                return HttpResponse(str(refusal), status=409, content_type="text/plain")
            messages.error(request, str(refusal))
            return redirect(self._list())
        if not do:
            return HttpResponse(status=204)
        action = find(do)
        if not isinstance(action, BulkAction):
            return redirect(self._list() if do == "none" else self._list(s=selection.token))
        require(request.user, action.capability)
        if selection.size(found=selection.found) == 0:
            messages.warning(request, _("Select at least one user."))
            return redirect(self._list(s=selection.token))
        asks = action.url(self.customer, f"s={selection.token}")
        return redirect(with_way_back(asks, self._list()))

    def _back(self) -> QueryDict:
        """Return the list's own parameters; its path is not the sender's to choose."""
        return QueryDict(self.request.POST.get("back", ""), mutable=True)

    def _list(self, **changes: str) -> str:
        deleted = self.request.POST.get("tab") == "deleted"
        path = reverse(
            "accounts:user-deleted" if deleted else "accounts:user-list", args=[self.customer.pk]
        )
        query = self._back()
        query.pop("s", None)
        if not changes:
            query.pop("selected", None)
        for name, value in changes.items():
            query[name] = value
        return f"{path}?{query.urlencode()}" if query else path


def with_tab(query: QueryDict, tab: str) -> QueryDict:
    """Return a list's parameters with its tab, which the list itself tells by its path."""
    whole = query.copy()
    whole["tab"] = tab
    return whole


def _ids(values: Iterable[str]) -> list[int]:
    return [number for value in values if (number := read_id(value)) is not None]
