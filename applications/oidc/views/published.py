"""What anybody may read: the discovery document and the public keys."""

from allauth.idp.oidc.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils.decorators import method_decorator
from django.views.generic import View

from ..addresses import metadata
from ..keys import published_keys

# Applications read it at their start, and now and then.
DISCOVERY_SECONDS = 300


def _to_all(data: object, *, seconds: int) -> JsonResponse:
    response = JsonResponse(data)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={seconds}"
    return response


@method_decorator(login_not_required, name="dispatch")
class DiscoveryView(View):
    def get(self, request: HttpRequest) -> JsonResponse:
        return _to_all(metadata(), seconds=DISCOVERY_SECONDS)


@method_decorator(login_not_required, name="dispatch")
class KeysView(View):
    def get(self, request: HttpRequest) -> JsonResponse:
        seconds = get_adapter().get_jwks_cache_control()
        return _to_all({"keys": published_keys()}, seconds=seconds)
