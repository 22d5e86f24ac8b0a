"""A page that acts, once, on chosen users: whom its address names, or a selection of a list."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from customers.errors import AlreadyDone
from customers.models import Batch
from customers.query_params import read_id
from customers.services.batches import find_batch
from customers.tenancy import CustomerScopeMixin

from ..actions.base import BatchAction
from ..models import Selection, User, UserQuerySet
from ..queries.selections import selected_ids
from ..services.selections import freeze
from ..telling_apart import told_apart
from .batches.coming_back import NEXT, came_from, come_back

# So many of those who came or went are named, and the others counted.
NAMED = 10


def _number(value: str) -> int:
    number = read_id(value)
    if number is None:
        raise Http404
    return number


@dataclass(frozen=True, slots=True)
class Differences:
    """The users who joined or left a selection since its page was shown, and how many more.

    Nobody may have: then another tab has confirmed the same selection with other users.
    """

    came: Sequence[str]
    came_more: int
    went: Sequence[str]
    went_more: int


class OnceMixin(CustomerScopeMixin):
    """A page that shows, at a second click or Back and again, what the first click did."""

    action: ClassVar[BatchAction]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)
        except AlreadyDone as done:
            return self.result(done.batch)  # type: ignore[arg-type]

    def result(self, batch: Batch) -> HttpResponse:
        """Lead to what was done, now or by the first of two clicks."""
        return come_back(self.request, batch, self.back())

    def back(self) -> str:
        """Return where the action was asked for, or ""."""
        return came_from(self.request)

    def stop_if_done(self) -> None:
        """Call first in `scope`: after the action the users may not be there any more."""
        key = self.request.POST.get("key", "")
        actor = self.request.user
        twin = find_batch(self.action.kind, actor=actor, customer=self.customer, key=key)
        if twin is not None:
            raise AlreadyDone(twin)


class ChosenMixin(OnceMixin):
    """A page that confirms, then acts on the chosen users.

    Its address names them (`?user=1&user=2`) or a selection (`?s=token`). The page freezes a
    selection when it is shown (`show_chosen`) and carries `frozen`; when it is sent, `differences`
    tells who came and who went since. Http404 for a selection that is over or another user's.
    """

    selection: Selection | None = None
    chosen: list[int]
    # Of the list that the users are chosen in.
    list_name: ClassVar[str] = "accounts:user-list"

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        self.stop_if_done()
        token = self.request.GET.get("s", "")
        if token:
            own = Selection.objects.of(self.request.user, self.customer)
            self.selection = own.named(token).first()
            if self.selection is None:
                raise Http404
            if self.request.method == "POST" and self.selection.frozen_ids is not None:
                self.chosen = list(self.selection.frozen_ids)
            else:
                self.chosen = selected_ids(self.selection, self.customer)
            return
        # Each once.
        named = self.request.GET.getlist("user")
        self.chosen = list(dict.fromkeys(_number(value) for value in named))
        if self.customer.users.filter(pk__among=self.chosen).count() != len(self.chosen):
            raise Http404

    def show_chosen(self) -> None:
        """Call before a page is rendered that asks for a confirmation."""
        if self.selection is not None:
            freeze(self.selection, self.chosen)

    @property
    def frozen(self) -> str:
        """Return the mark by which the form tells that it is about the users that were shown."""
        return hashlib.sha256(repr(sorted(self.chosen)).encode()).hexdigest()[:16]

    def differences(self) -> Differences | None:
        """Return None while the page that was sent is about the users of now.

        Else the page is to ask again, with `differences` for accounts/differences.html:
        `chosen` are the users of now from then on.
        """
        shown = self.request.POST.get("frozen", "") == self.frozen
        before, now = set(self.chosen), set(self.chosen)
        if self.selection is not None and (self.selection.by_filter or not shown):
            self.chosen = selected_ids(self.selection, self.customer)
            now = set(self.chosen)
        if shown and now == before:
            return None
        came, went = self._names(now - before), self._names(before - now)
        return Differences(*came, *went)

    def _names(self, ids: set[int]) -> tuple[list[str], int]:
        users = self.customer.users.filter(pk__among=ids).order_by("sort_name", "pk")
        names = told_apart(users.values_list("display_name", "user_name")[:NAMED])
        return names, len(ids) - len(names)

    def chosen_users(self) -> UserQuerySet:
        """Return the chosen users, living and deleted, in the order of their names."""
        return (
            User.objects.with_roles()
            .select_related("deleted_by")
            .filter(customer=self.customer, pk__among=self.chosen)
            .order_by("sort_name", "pk")
        )

    @cached_property
    def keep(self) -> list[tuple[str, str]]:
        """Return the parameters of an address of the same users, for links that come back."""
        way = came_from(self.request)
        return [*self.whom, (NEXT, way)] if way else self.whom

    @property
    def whom(self) -> list[tuple[str, str]]:
        if self.selection is not None:
            return [("s", self.selection.token)]
        return [("user", str(pk)) for pk in self.chosen]

    def back(self) -> str:
        """Return where the action was asked for: a list, or the page of the one user it is for."""
        way, named = super().back(), set(self.request.GET.getlist("user"))
        if not way and len(named) == 1 and "s" not in self.request.GET:
            user = self.customer.users.filter(pk=_number(named.pop())).first()
            return reverse("accounts:user-detail", args=[self.customer.pk, user.pk]) if user else ""
        return way

    @property
    def list_url(self) -> str:
        """Return the address of where the users were chosen, with the selection as it is."""
        page = came_from(self.request) or reverse(self.list_name, args=[self.customer.pk])
        if self.selection is None:
            return page
        return f"{page}{'&' if '?' in page else '?'}{urlencode(self.whom)}"
