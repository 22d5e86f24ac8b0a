from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from customers.actor import actor_of
from customers.errors import Refused
from customers.models import BatchKind
from customers.roles import Capability, who_can
from customers.services.batches import new_key
from licensing.models import Subscription

from ..forms.licenses import LicenseForm, LicenseRow
from ..models import User
from ..services.licenses import change_licenses
from ..services.users.locking import deleted_message
from .chosen import chosen_users
from .once import OnceMixin

CHIPS = 50


class LicenseManageView(OnceMixin, TemplateView):
    """For one person or several: the address names them, so that it can be come back to."""

    kind = BatchKind.LICENSES
    capability = Capability.MANAGE_LICENSES
    template_name = "accounts/license_manage.html"

    def scope(self, **kwargs: Any) -> None:
        self.stop_if_done()
        chosen = chosen_users(self.request, self.customer)
        self.deleted = [deleted_message(user) for user in chosen if user.deleted_at]
        living = [user for user in chosen if user.deleted_at is None]
        self.people = sorted(living, key=lambda user: (user.sort_name, user.pk))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._page(LicenseForm(self.people, self.customer, kept=request.GET))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = LicenseForm(self.people, self.customer, data=request.POST)
        if "preview" in request.POST or not self.people:
            return self._page(form)
        if row := _row(form, request.POST.get("buy", "")):
            return redirect(
                buy_more_url(row.subscription, self._address(form), seats=row.seats_for_all)
            )
        return self._save(form)

    def _save(self, form: LicenseForm) -> HttpResponse:
        try:
            if not form.check():
                return self._page(form)
            batch = change_licenses(
                self.people,
                form.changes(),
                customer=self.customer,
                actor=actor_of(self.request),
                key=self.request.POST.get("key", ""),
            )
        except Refused as refusal:
            form = LicenseForm(self.people, self.customer, data=self.request.POST)
            form.refuse(refusal)
            return self._page(form)
        return redirect("accounts:batch-detail", batch.pk)

    def _page(self, form: LicenseForm) -> HttpResponse:
        return self.render_to_response(self.context(form))

    def _address(self, form: LicenseForm) -> str:
        return f"{self.request.path}?{urlencode(form.query())}"

    def context(self, form: LicenseForm) -> dict[str, Any]:
        user = actor_of(self.request)
        may_buy = user.can(Capability.MANAGE_SUBSCRIPTIONS)
        return self.get_context_data() | {
            "form": form,
            "people": self.people,
            "ids": " ".join(str(user.pk) for user in self.people),
            "chips": _chips(self.request.path, self.people),
            "more": max(0, len(self.people) - CHIPS),
            "deleted": self.deleted,
            "without_location": [row for row in self.people if not row.usage_location],
            "key": new_key(),
            "came_back": bool(form.choice) and self.request.method == "GET",
            "kept": self._address(form),
            "may_buy": may_buy,
            "who_buys": who_can(Capability.MANAGE_SUBSCRIPTIONS, staff=user.partner_id is not None),
        }


def buy_more_url(subscription: Subscription, back: str, *, seats: int) -> str:
    """Where seats are bought; `back` is the page to come back to, `seats` the proposal."""
    args = [subscription.customer_id, subscription.pk]
    query = urlencode({"seats": seats, "next": back})
    return f"{reverse('licensing:subscription-detail', args=args)}?{query}"


def _row(form: LicenseForm, value: str) -> LicenseRow | None:
    return next((row for row in form.rows if row.box.key == value), None)


def _chips(path: str, people: list[User]) -> list[dict[str, Any]]:
    """The first of them; each can be taken out while others remain."""
    if len(people) < 2:
        return []
    ids = [user.pk for user in people]
    return [
        {
            "user": user,
            "remove_url": f"{path}?{urlencode([('user', pk) for pk in ids if pk != user.pk])}",
            "remove_label": _("Remove %(name)s from the selection") % {"name": user.display_name},
        }
        for user in people[:CHIPS]
    ]
