"""Deleted users: the list, and for good."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from customers.errors import Refused
from customers.formats import figure
from customers.models import Customer
from customers.roles import Capability
from customers.services.batches import new_key
from customers.views.lists import columns
from licensing.models import LicenseAssignment

from ..actions.base import Place
from ..actions.remove import REMOVE
from ..forms.remove import RemoveForm
from ..models import User
from ..services.running import perform
from ..signin.reauthentication import ProofMixin
from ..telling_apart import told_apart
from .batches.coming_back import came_from
from .bulk_selection import NAMED, ChosenMixin, Differences
from .filtering import chips, list_query
from .tabs import user_tabs
from .user_rows import worded
from .users import UserListMixin, found_label

# So many of those who go for good are shown, and the others counted.
SHOWN = 50
SORT_LABELS = {
    "name": gettext_lazy("Name"),
    "user": gettext_lazy("User name"),
    "deleted": gettext_lazy("Deleted on"),
    "by": gettext_lazy("Deleted by"),
    "left": gettext_lazy("Days left"),
}


@dataclass(frozen=True, slots=True)
class DeletedRow:
    """A row of the deleted; `reachable` says whether the viewer's role goes as far."""

    pk: int
    url: str
    display_name: str
    user_name: str
    select: str
    is_selected: bool
    at: str
    on: str
    by: str
    left: str
    final: str
    final_on: str
    is_urgent: bool
    licenses: tuple[str, ...]
    reachable: bool


class DeletedListView(UserListMixin, TemplateView):
    """The list of users who can be restored, the last deleted first unless sorted otherwise."""

    template_name = "accounts/deleted_list.html"
    tab = "deleted"
    actions = Place.DELETED

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor, query = self.request.user, self.list_query()
        page = self.page(User.objects.restorable().in_deleted_list(), query)
        chosen = self.selected_of(page.users)
        filters = chips(self.found, self.kept_besides())
        rows = deleted_rows(page.users, self.customer, actor, selected=chosen)
        within_reach = [user for user, row in zip(page.users, rows, strict=True) if row.reachable]
        return super().get_context_data(**kwargs) | {
            "tabs": user_tabs(
                self.customer,
                actor,
                current="deleted",
                waiting=None if query.counts else page.total,
            ),
            "q": self.found.q,
            "keep": self.kept(),
            "clear_url": self.address(q=None),
            "chips": filters,
            "found_label": found_label(page) if filters else "",
            "unfiltered_url": list_query(self.kept_besides()),
            "rows": rows,
            "headings": columns(self.request, query.sort, SORT_LABELS, {"deleted"}),
            "pager": self.pager(page, query),
            "selection": self.selection_bar(within_reach, chosen, self.found, page.total),
        }


def deleted_rows(
    users: Sequence[User], customer: Customer, actor: User, *, selected: Collection[int]
) -> list[DeletedRow]:
    """Return rows with one query for the licenses that the deletion took, and one for actors."""
    base_url, now = reverse("accounts:user-list", args=[customer.pk]), timezone.now()
    taken = LicenseAssignment.objects.filter(
        user__among=[user.pk for user in users], released_at=F("user__deleted_at")
    )
    held = taken.product_names(customer)
    who = {user.deleted_by_id for user in users if user.deleted_by_id}
    names = dict(User.objects.filter(pk__in=who).values_list("pk", "display_name"))
    language, select = get_language(), _("Select %(name)s")

    def told(moment: datetime) -> str:
        return worded(moment.replace(microsecond=0, tzinfo=None), "DATETIME_FORMAT", language)

    apart = told_apart((user.display_name, user.user_name) for user in users)
    days = [(timezone.localtime(user.deleted_at), _final(user)) for user in users]
    return [
        DeletedRow(
            pk=user.pk,
            url=f"{base_url}{user.pk}/",
            display_name=user.display_name,
            user_name=user.user_name,
            select=select % {"name": name},
            is_selected=user.pk in selected,
            at=at.isoformat(timespec="seconds"),
            on=told(at),
            by=names.get(user.deleted_by_id or 0, ""),
            left=time_left(user, now),
            final=final.isoformat(timespec="seconds"),
            final_on=told(final),
            is_urgent=final - now < timedelta(days=3),
            licenses=tuple(held.get(user.pk, ())),
            reachable=actor.can(Capability.MANAGE_USERS, user),
        )
        for user, (at, final), name in zip(users, days, apart, strict=True)
    ]


def _final(user: User) -> datetime:
    return timezone.localtime(user.purge_after or user.deleted_at)


def time_left(user: User, now: datetime) -> str:
    """Return the days to the date on which it is permanent, and below one the whole hours.

    As one counts on a calendar: what was promised as 30 days is 30 on the next page.
    """
    final = _final(user)
    left = final - now
    if left.days >= 1:
        days = max(1, (final.date() - timezone.localdate(now)).days)
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": figure(days)}
    if left < timedelta(hours=1):
        return _("Less than 1 hour")
    hours = left // timedelta(hours=1)
    return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}


class UserRemoveView(ChosenMixin, TemplateView, ProofMixin):
    """Delete permanently: asks for more than a click, because there is no way back."""

    action = REMOVE
    capability = REMOVE.capability
    list_name = "accounts:user-deleted"
    template_name = "accounts/user_remove.html"

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        self.sort_out()

    def needs_proof(self) -> bool:
        return self.action.is_grave(self.chosen_users(), {})

    def sort_out(self) -> None:
        """Find who goes, and who is not deleted any more."""
        gone = self.chosen_users().filter(deleted_at__isnull=False)
        self.gone = list(gone.values_list("pk", flat=True))
        self.shown = list(gone[:SHOWN])
        self.living_count = len(self.chosen) - len(self.gone)
        self.living = list(self.chosen_users().active()[:NAMED]) if self.living_count else []

    def form(self, data: QueryDict | None = None) -> RemoveForm:
        name = self.shown[0].display_name if self.shown else ""
        sent = self.kept or None if data is None else data
        return RemoveForm(sent, count=len(self.gone), name=name)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if changed := self.differences():
            self.sort_out()
            return self.page(self.form(), changed)
        form = self.form(request.POST)
        if not self.gone or not form.is_valid():
            return self.page(form)
        actor, key = self.request.user, request.POST.get("key", "")
        try:
            batch = perform(
                self.action.kind,
                self.gone,
                customer=self.customer,
                actor=actor,
                key=key,
                request={"reason": form.cleaned_data["reason"]},
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(self.list_url)
        return self.result(batch)

    def back(self) -> str:
        """Return the list: the page of a user who is gone for good is no page any more."""
        return came_from(self.request)

    def page(self, form: RemoveForm, changed: Differences | None = None) -> HttpResponse:
        self.show_chosen()
        context = self.get_context_data(
            form=form,
            count=len(self.gone),
            users=self.shown,
            more=len(self.gone) - len(self.shown),
            living=self.living,
            more_living=self.living_count - len(self.living),
            differences=changed,
            frozen=self.frozen,
            list_url=self.list_url,
            key=new_key(),
        )
        return self.render_to_response(context)
