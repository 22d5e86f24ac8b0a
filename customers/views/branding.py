"""What a partner's pages load besides: the logo and the colors, also before sign-in.

Both addresses name what they show, so that browsers may keep it for good. The one of a logo has
the partner's made-up slug and the picture's digest; the one of a stylesheet has the color, and
nothing of a partner.
"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View

from ..branding.brands import find_logo
from ..branding.colors import RULES, stylesheet

KEPT = "public, max-age=31536000, immutable"


@method_decorator(login_not_required, name="dispatch")
class LogoView(View):
    # Who has to choose a password first sees it too.
    leads_by_itself = True

    def get(self, request: HttpRequest, *args: Any, slug: str, digest: str) -> HttpResponse:
        png = find_logo(slug, digest)
        if png is None:
            raise Http404
        return HttpResponse(png, content_type="image/png", headers={"Cache-Control": KEPT})


@method_decorator(login_not_required, name="dispatch")
class ColorsView(View):
    """The stylesheet of a color; `is_preview`: of the samples on the page of the branding."""

    leads_by_itself = True
    is_preview = False

    def get(self, request: HttpRequest, *args: Any, rules: int, color: str) -> HttpResponse:
        if rules != RULES:
            raise Http404
        css = stylesheet(f"#{color}", preview=self.is_preview)
        return HttpResponse(css, content_type="text/css", headers={"Cache-Control": KEPT})
