"""Asked again: before something grave, whoever is signed in proves once more that it is them.

class UsersDeleteView(BulkView, ProofMixin): ...

Name ProofMixin last, behind the mixins that find out whose data it is: what is not yours stays a
404. Both GET and POST are asked. The page that asks leads back to this one's address, so that a
selection, which is named there, is kept; what a POST had typed comes back as `self.kept`, for
`initial` of the form. Nothing is done before the person sends the form again.

Proven is whoever took a second step within ACCOUNT_REAUTHENTICATION_TIMEOUT, by signing in or by
being asked; where somebody has none, by the password. Somebody without a second step is asked
nothing at all while REQUIRE_MFA is off.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views import View

from customers.actor import actor_of

from .mfa import has_second_step, took_step_recently

_SESSION_KEY = "proof.kept"
# What a page of ours sends besides what somebody typed.
_NOT_TYPED = {"csrfmiddlewaretoken", "key", "frozen"}
# A session is no store for files: more than so many characters are typed again.
_KEPT_CHARACTERS = 10_000


def has_proof(request: HttpRequest, *, always: bool = False) -> bool:
    """Whether nothing needs to be asked now; `always`: also of whom the portal asks nothing."""
    if took_step_recently(request, "mfa"):
        return True
    if has_second_step(actor_of(request)):
        return False
    if not settings.REQUIRE_MFA and not always:
        return True
    return took_step_recently(request, "password")


def ask_for_proof(request: HttpRequest, *, back: str = "") -> HttpResponse:
    """To the page that asks, and from there `back`: to this address, unless another is named."""
    address = back or request.get_full_path()
    if request.method == "POST":
        _keep(request, address)
        messages.info(
            request, _("Nothing was done yet. Confirm that it is you, then send the form again.")
        )
    methods = get_adapter().get_reauthentication_methods(actor_of(request))
    # Without any the page refuses by itself: nobody proves anything without a password.
    page = methods[0]["url"] if methods else reverse("account_reauthenticate")
    return redirect(f"{page}?{urlencode({'next': address})}")


def _keep(request: HttpRequest, address: str) -> None:
    typed = {name: value for name, value in request.POST.items() if name not in _NOT_TYPED}
    if sum(map(len, typed.values())) <= _KEPT_CHARACTERS:
        request.session[_SESSION_KEY] = {"address": address, "typed": typed}


def _take(request: HttpRequest) -> dict[str, Any]:
    """What was typed on this page when the proof had run out; told once."""
    kept = request.session.get(_SESSION_KEY)
    if kept is None or kept["address"] != request.get_full_path():
        return {}
    del request.session[_SESSION_KEY]
    typed: dict[str, Any] = kept["typed"]
    return typed


class ProofMixin(View):
    """See the module: name it last among the bases."""

    # Also of people of whom the portal asks nothing else: what guards the account itself.
    proof_always = False

    # What had been typed when the proof ran out.
    kept: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not has_proof(request, always=self.proof_always) and self.needs_proof():
            return ask_for_proof(request, back=self.back_after_proof())
        self.kept = _take(request) if request.method == "GET" else {}
        return super().dispatch(request, *args, **kwargs)

    def needs_proof(self) -> bool:
        """False where it is too early to ask again."""
        return True

    def back_after_proof(self) -> str:
        """The page to come back to where this address is none, as that of a file; "" for itself."""
        return ""
