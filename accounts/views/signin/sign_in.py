from typing import Any, cast

from allauth.account.views import PasswordChangeView as BasePasswordChangeView
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from customers.errors import Refused
from customers.requests import PortalView

from ...forms.sign_in import ChoosePasswordForm
from ...services.users import choose_password
from ...signin.limits import take


@method_decorator(login_not_required, name="dispatch")
class ForgotView(TemplateView):
    template_name = "accounts/forgot.html"


@method_decorator(sensitive_post_parameters(), name="dispatch")
class PasswordChooseView(PortalView, FormView):  # type: ignore[type-arg]
    """The choice in place of a temporary password; such a user sees nothing else."""

    template_name = "accounts/password_choose.html"
    form_class = ChoosePasswordForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.request.user.must_change_password:
            return redirect("home")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        take(request, "own_password")
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: ChoosePasswordForm) -> HttpResponse:
        user = self.request.user
        try:
            choose_password(user, form.cleaned_data["password1"])
        except Refused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        update_session_auth_hash(self.request, user)
        messages.success(self.request, _("Your password is set. Use it from now on."))
        return redirect("home")


class PasswordChangeView(BasePasswordChangeView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        take(request, "own_password")
        return cast(HttpResponse, super().post(request, *args, **kwargs))

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            return cast(HttpResponse, super().form_valid(form))
        except Refused as refused:
            form.add_error(None, str(refused))
            return cast(HttpResponse, self.form_invalid(form))
