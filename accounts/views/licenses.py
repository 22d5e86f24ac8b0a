from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from customers.errors import Refused
from customers.formats import figure
from customers.forms.reason import ReasonForm, told_reason
from customers.roles import Capability, who_can
from customers.services.batches import new_key
from customers.views.lists import address, page_links
from licensing.models import LicenseAssignment, LicenseAssignmentQuerySet, Subscription

from ..actions.base import Order
from ..actions.later import when_form
from ..actions.licenses import LICENSES
from ..actions.location import CHANGE_LOCATION
from ..forms.licenses import LicenseForm
from ..models import User
from ..queries.license_groups import Group, groups_of
from ..queries.license_marks import Marks, marks_of
from ..services.running import perform
from ..services.selections import choose
from ..services.users.locking import deleted_message
from ..telling_apart import told_apart
from .batches.coming_back import NEXT
from .bulk_selection import NAMED, ChosenMixin, Differences
from .confirming import to_scheduled

CHIPS = 50


class LicenseMixin(ChosenMixin):
    """The chosen users with their licenses, in groups; of the deleted, the first ones."""

    action = LICENSES
    capability = LICENSES.capability

    @cached_property
    def groups(self) -> list[Group]:
        return groups_of(self.chosen, self.customer)

    @property
    def living(self) -> list[int]:
        return [user for group in self.groups for user in group.users]

    @property
    def living_users(self) -> Any:
        users = User.objects.active().filter(customer=self.customer, pk__among=self.living)
        return users.order_by("sort_name", "pk")

    def page_address(self, choice: Iterable[tuple[str, str]] = ()) -> str:
        """Return the address of Manage licenses for these users, with that choice."""
        page = reverse("accounts:license-manage", args=[self.customer.pk])
        return f"{page}?{urlencode([*self.keep, *choice])}"


class LicenseManageView(LicenseMixin, TemplateView):
    """The page of licenses for one user, several or a selection, whom its address names."""

    template_name = "accounts/license_manage.html"
    # Whether a rule gives what was to be taken.
    is_by_rule = False

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = LicenseForm(self.groups, self.customer, kept=request.GET)
        if form.changes():
            form.judge()
        return self._page(form)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self._form()
        if removed := request.POST.get("remove", ""):
            # Out of the selection, with the choice kept.
            ids = [pk for pk in self.chosen if str(pk) == removed]
            if self.selection is None or not ids:
                raise Http404
            token, customer, actor = self.selection.token, self.customer, self.request.user
            choose(token, shown=ids, chosen=[], customer=customer, actor=actor)
            return redirect(self.page_address(form.query()))
        wanted = request.POST.get("buy", "")
        if row := next((row for row in form.rows if row.box.key == wanted), None):
            back = self.page_address(form.query())
            return redirect(buy_more_url(row.subscription, back, seats=row.seats_for_all))
        if "preview" in request.POST or not self.living:
            if form.changes():
                form.judge()
            return self._page(form)
        return self._save()

    def _form(self) -> LicenseForm:
        return LicenseForm(self.groups, self.customer, data=self.request.POST)

    def _save(self) -> HttpResponse:
        if differences := self.differences():
            del self.groups
            return self._page(self._form(), differences)
        form, fits = self._form(), "fit" in self.request.POST
        deleted_since = str(len(self.chosen) - len(self.living)) != self.request.POST.get("gone")
        when = when_form(self.request.POST, self.customer)
        is_timed = when is None or when.is_valid()
        if not form.check(as_many_as_fit=fits) or deleted_since or not is_timed:
            return self._page(form)
        key, actor = self.request.POST.get("key", ""), self.request.user
        try:
            asked = {
                "changes": {pk: change.as_json() for pk, change in form.changes().items()},
                "as_many_as_fit": fits,
                # Only once it was said what is in the way.
                **({"exceptions": True} if "exceptions" in self.request.POST else {}),
                "reason": told_reason(self.request.POST),
            }
            if when is not None and when.is_later:
                order = Order(self.living, asked, self.customer, actor, key)
                scheduled = when.leave(self.action.kind, order)
                return to_scheduled(self.request, scheduled, self.back())
            batch = perform(
                self.action.kind,
                self.living,
                customer=self.customer,
                actor=actor,
                key=key,
                request=asked,
            )
        except Refused as refusal:
            del self.groups
            form = self._form()
            form.refuse(refusal)
            self.is_by_rule = refusal.code == "license-by-rule"
            return self._page(form)
        return self.result(batch)

    def _page(self, form: LicenseForm, differences: Differences | None = None) -> HttpResponse:
        self.show_chosen()
        return self.render_to_response(self.context(form) | {"differences": differences})

    def context(self, form: LicenseForm) -> dict[str, Any]:
        actor, number = self.request.user, form.users
        may_buy = actor.can(Capability.MANAGE_SUBSCRIPTIONS)
        first = list(self.living_users[:CHIPS])
        live = LicenseAssignment.objects.live().filter(user__in=self.living)
        who_page = reverse("accounts:license-who", args=[self.customer.pk])
        return self.get_context_data() | {
            "form": form,
            "number": number,
            "shown_user": first[0] if number == 1 else None,
            # By subscription, since when a single user has the license, and how it came about.
            "since": _since(live, marks_of(self.customer, self.living)) if number == 1 else {},
            "keep": urlencode(self.keep),
            "list_url": self.list_url,
            "cancel_url": self.list_url if self.selection else self.back() or self.list_url,
            "chips": self._chips(first) if number > 1 else [],
            "more": max(0, number - CHIPS),
            "deleted": self._deleted(),
            "gone": len(self.chosen) - number,
            "nowhere": self._nowhere(),
            "key": new_key(),
            "is_by_rule": self.is_by_rule,
            "came_back": bool(form.query()) and self.request.method == "GET",
            "kept": self.page_address(form.query()),
            "who_url": f"{who_page}?{urlencode(self.keep)}",
            "reason_form": ReasonForm(self.request.POST or None),
            "when_form": when_form(self.request.POST or None, self.customer),
            "may_buy": may_buy,
            "who_buys": who_can(
                Capability.MANAGE_SUBSCRIPTIONS, staff=actor.partner_id is not None
            ),
        }

    def _chips(self, users: list[User]) -> list[dict[str, Any]]:
        """Return a chip for each: a link where the address names the users, else a button."""
        found = []
        names = told_apart((user.display_name, user.user_name) for user in users)
        for user, name in zip(users, names, strict=True):
            rest = [pair for pair in self.keep if pair != ("user", str(user.pk))]
            url = "" if self.selection else f"{self.request.path}?{urlencode(rest)}"
            label = _("Remove %(name)s from the selection") % {"name": name}
            found.append({"user": user, "name": name, "remove_url": url, "remove_label": label})
        return found

    def _deleted(self) -> list[str]:
        """Return sentences of the deleted among the chosen: the first, and how many more."""
        number = len(self.chosen) - len(self.living)
        if not number:
            return []
        users = self.chosen_users().filter(deleted_at__isnull=False)[:NAMED]
        sentences = [deleted_message(user) for user in users]
        if more := number - len(sentences):
            text = ngettext("And %(count)s more.", "And %(count)s more.", more)
            sentences.append(text % {"count": figure(more)})
        return sentences

    def _nowhere(self) -> dict[str, Any] | None:
        """Return who has no usage location, and where to set it."""
        ids = [user for group in self.groups if not group.location for user in group.users]
        if not ids:
            return None
        first = User.objects.filter(pk__among=ids).order_by("sort_name", "pk")
        if len(ids) == 1:
            url = reverse("accounts:user-detail", args=[self.customer.pk, ids[0]])
        else:
            keep = self.keep
            if self.selection is None:
                keep = [pair for pair in keep if pair[0] == NEXT or int(pair[1]) in set(ids)]
            url = CHANGE_LOCATION.url(self.customer, urlencode(keep))
        return {"number": len(ids), "first": first[0], "url": url}


class LicenseWhoView(LicenseMixin, TemplateView):
    """The chosen users who have a license, a page at a time."""

    template_name = "accounts/license_who.html"
    subscription: Subscription

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        wanted = self.request.GET.get("subscription", "")
        current = self.customer.subscriptions.current().for_list()
        found = next((row for row in current if str(row.pk) == wanted), None)
        if found is None:
            raise Http404
        self.subscription = found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        live = LicenseAssignment.objects.live().filter(
            subscription=self.subscription, user__among=self.chosen
        )
        rows = live.select_related("user").order_by("user__sort_name", "user")
        page = Paginator(rows, settings.PAGE_SIZE).get_page(self.request.GET.get("page"))
        return super().get_context_data(**kwargs) | {
            "subscription": self.subscription,
            "rows": page.object_list,
            "number": page.paginator.count,
            "more": page.paginator.count - page.end_index() if page.number == 1 else 0,
            "chosen": len(self.chosen),
            "list_url": self.list_url,
            "pager": page_links(self.request, page) if page.has_other_pages() else None,
            "next_url": f"{self.request.path}{address(self.request, page=2)}",
            "back": self.page_address(),
        }


def _since(live: LicenseAssignmentQuerySet, marks: Marks) -> dict[int, tuple[datetime, str]]:
    """Return by subscription since when it is assigned, and the words for how it came about."""
    rows = live.values_list("subscription_id", "assigned_at", "user_id")
    return {pk: (at, marks.of(user, pk)) for pk, at, user in rows}


def buy_more_url(subscription: Subscription, back: str, *, seats: int) -> str:
    """Return where seats are bought, to come `back` from; `seats` is the proposal."""
    args = [subscription.customer_id, subscription.pk]
    query = urlencode({"seats": seats, "next": back})
    return f"{reverse('licensing:subscription-detail', args=args)}?{query}"
