"""A user's notices: the list, the way to what they are about, and how they are told."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView

from accounts.services.second_steps import address_of
from accounts.signin.zones import home_zone
from customers.formats import figure
from customers.query_params import LARGEST_ID, read_id
from customers.requests import PortalView
from customers.views.place import page_by_id

from ..forms.notices import CHANNELS, NoticeSettingsForm
from ..models import Notice
from ..notice_words import sentence
from ..services.choosing import choose, mark_read, read_notice, set_limits
from ..services.letters import own_settings


@dataclass(frozen=True, slots=True)
class NoticeRow:
    notice: Notice

    @property
    def text(self) -> str:
        return sentence(self.notice)

    @property
    def is_new(self) -> bool:
        return self.notice.read_at is None


class NoticesMixin(PortalView):
    """A page of one's own notices. Support staff have none: there is no such page for them."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.request.user.partner_id is None and self.request.user.customer_id is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class NoticeListView(NoticesMixin, TemplateView):
    template_name = "automation/notice_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = Notice.objects.on_page_of(self.request.user).select_related("customer", "about")
        found, pager = page_by_id(self.request, own)
        rows = [NoticeRow(notice) for notice in found]
        return super().get_context_data(**kwargs) | {
            "rows": rows,
            "has_new": own.new().exists(),
            # What comes while the page is read is not marked with it.
            "newest": own.order_by("-pk").values_list("pk", flat=True).first() or 0,
            "pager": pager if pager.previous_url or pager.next_url else None,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Mark as read what was there when the page was shown."""
        until = read_id(request.POST.get("newest", ""))
        number = mark_read(self.request.user, LARGEST_ID if until is None else until)
        if number:
            text = ngettext(
                "%(count)s notice marked as read.", "%(count)s notices marked as read.", number
            )
            messages.success(request, text % {"count": figure(number)})
        return redirect("automation:notice-list")


class NoticeOpenView(NoticesMixin):
    """The way from a notice to what it is about; from there on it is read."""

    def get(self, request: HttpRequest, notice: int) -> HttpResponse:
        found = read_notice(self.request.user, notice)
        if found is None:
            raise Http404
        return redirect(found.url or "automation:notice-list")


class NoticeSettingsView(NoticesMixin, FormView):  # type: ignore[type-arg]
    template_name = "automation/notice_settings.html"
    form_class = NoticeSettingsForm

    def get_form_kwargs(self) -> dict[str, Any]:
        user = self.request.user
        return super().get_form_kwargs() | {"user": user, "settings": own_settings(user)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(**kwargs) | {
            "channels": CHANNELS.values(),
            "address": address_of(user),
            "zone": home_zone(user),
        }

    def form_valid(self, form: NoticeSettingsForm) -> HttpResponse:
        user = self.request.user
        choose(user, form.choices())
        set_limits(user, form.limits())
        messages.success(self.request, _("Your choices were saved."))
        return redirect("automation:notice-settings")
