from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from customers.query_params import read_search

from .support import Found, find_people, grouped

View = Callable[..., HttpResponseBase]


class SupportSite(AdminSite):
    """The admin for support staff, which does not exist for other users who are signed in.

    Signing in and out and passwords are the portal's own.
    """

    site_header = _("Partner Portal support")
    site_title = _("Partner Portal support")
    index_title = _("Everything in the portal")
    site_url = None
    empty_value_display = "–"

    def admin_view(self, view: View, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002
        inner = super().admin_view(view, cacheable)

        def for_support_staff(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            self._hide(request)
            return inner(request, *args, **kwargs)

        return update_wrapper(for_support_staff, inner)

    def _hide(self, request: HttpRequest) -> None:
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        apps = super().get_app_list(request, app_label)
        return apps if app_label else grouped(apps)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show the lists, and whom a search finds: users and customers, where the role has them."""
        text = read_search(request.GET.get("q", ""))
        may_find = request.user.has_perm("accounts.view_user")
        found = find_people(text) if text and may_find else Found()
        context = {"may_find": may_find, "q": text, "found": found}
        return super().index(request, context | (extra_context or {}))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Answer 404: no page asks, and Django's fails at NUL and at relations named backwards."""
        raise Http404

    @method_decorator(login_not_required)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self._hide(request)
        following = request.GET.get("next") or reverse("admin:index")
        if request.user.is_authenticated:
            return redirect("admin:index")
        return redirect_to_login(following, settings.LOGIN_URL)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_logout")

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        return redirect("account_change_password")

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        return redirect("account_change_password")
