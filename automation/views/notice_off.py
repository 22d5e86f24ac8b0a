"""The page behind the link in an email that ends such emails: for whoever has the email."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView

from ..models import LetterChannel, NoticeKind
from ..services.choosing import is_on, switch_off
from ..switching_off import SwitchOff, read


# A mail program sends the form by itself, without a cookie (RFC 8058): the address is signed.
@method_decorator([csrf_exempt, login_not_required, never_cache], name="dispatch")
class NoticeOffView(TemplateView):
    """Looking at it switches nothing off: the scanners of mail servers follow every link."""

    template_name = "automation/notice_off.html"
    # Also for one who is signed in, and has something else to do first.
    leads_by_itself = True
    what: SwitchOff

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        what = read(self.kwargs["token"])
        if what is None:
            raise Http404
        self.what = what
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(is_on=is_on(self.what)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        was_on = switch_off(self.what)
        return self.render_to_response(self.get_context_data(is_on=False, was_on=was_on))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        channel = LetterChannel(self.what.channel).label
        if self.what.kind:
            names = {"kind": NoticeKind(self.what.kind).label, "channel": channel}
            subject = _("%(kind)s: %(channel)s") % names
        else:
            subject = str(channel)
        return super().get_context_data(**kwargs) | {"subject": subject}
