"""Asked again: before something grave, the signed-in user proves once more that it is them.

class UserActionView(AskedMixin, UserPageMixin, ProofMixin): ...

Name ProofMixin last, behind the mixins that find out whose data it is: what is not yours stays a
404. A class that names it before them can't be imported. Both GET and POST are asked. The page that
asks leads back to this one's address, so that a selection, which is named there, is kept; what a
POST had sent comes back as `self.kept`, to be shown in the form once more. Nothing is done before
the user sends the form again.

Grave is, of a customer's users, whatever is done to many at once and can't be taken back, and all
by which a user becomes an administrator or could act as one: their password reset, their account
deleted, Global administrator given, or given back by a restore or an undo. Who restores an
administrator does as much as who makes one: the old password may be known to others by then.
So is any role taken from an administrator, by whatever way: the account is then one of the others,
whom nobody is asked about. What of a change is grave says customers.roles.is_grave_change; which
action asks, and for whom, says the action (accounts.actions), and a page asks it.

Proven is a user who took a second step within ACCOUNT_REAUTHENTICATION_TIMEOUT, by signing in or by
being asked; where a user has none, by the password. A user without a second step is asked
nothing at all while REQUIRE_MFA is off.
"""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from customers.query_params import local_address
from customers.requests import PortalView, signed_in

from .kept_forms import LONGEST, is_secret
from .mfa import last_step_at
from .proving import Evidence, proves

_SESSION_KEY = "proof.sent"
# Where Cancel leads, read by the templates of the pages that ask.
CANCEL = "proof_cancel"
# What a page sends besides what a user typed or chose, and what is good for one moment.
_NOT_KEPT = ("csrfmiddlewaretoken", "frozen")


def has_proof(request: HttpRequest, *, always: bool = False) -> bool:
    """Return whether nothing needs to be asked; `always`: also of users otherwise not asked."""
    evidence = Evidence(last_step_at(request, "mfa"), last_step_at(request, "password"))
    return proves(evidence, signed_in(request).user, always=always)


def ask_for_proof(
    request: HttpRequest, *, back: str = "", keep: bool = False, cancel: str = ""
) -> HttpResponse:
    """Lead to the page that asks, and from there `back`, to this address unless another is named.

    `keep` what was sent, for a page that shows it again (`take_kept`) and asks for no password.
    Cancel leads to `cancel`, or to the page from which this one was opened.
    """
    address = back or request.get_full_path()
    if request.method == "POST":
        if keep:
            sent = request.POST.copy()
            for name in request.POST:
                # A session is stored as it is: no form that is kept has a password, and none may.
                if name in _NOT_KEPT or is_secret(name):
                    del sent[name]
            if len(text := sent.urlencode()) <= LONGEST:
                request.session[_SESSION_KEY] = {"address": address, "sent": text}
        messages.info(
            request, _("Nothing was done yet. Confirm that it is you, then send the form again.")
        )
    request.session[CANCEL] = cancel or _way_back(request)
    methods = get_adapter().get_reauthentication_methods(signed_in(request).user)
    # Without any the page refuses by itself: nobody proves anything without a password.
    page = methods[0]["url"] if methods else reverse("account_reauthenticate")
    return redirect(f"{page}?{urlencode({'next': address})}")


def _way_back(request: HttpRequest) -> str:
    """Return the page that led here; the customer's users, or home, where that one may ask too."""
    match = request.resolver_match
    customer = match.kwargs.get("customer") if match else None
    home = reverse("accounts:user-list", args=[customer]) if customer else reverse("home")
    if request.method == "POST":
        return home
    referer = urlsplit(request.headers.get("Referer", ""))
    came_from = referer._replace(scheme="", netloc="").geturl()
    names = ("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn")
    # The pages that ask are no way back from themselves.
    asking = {request.path, *map(reverse, names)}
    if referer.netloc != request.get_host() or referer.path in asking:
        return home
    return local_address(request, came_from, home)


def take_kept(request: HttpRequest) -> QueryDict:
    """Return what was sent to this page when the proof had run out; told once.

    Not to a page in whose place a refused form is shown.
    """
    if getattr(request, "is_unseen", False):
        return QueryDict()
    kept = request.session.get(_SESSION_KEY)
    if kept is None or kept["address"] != request.get_full_path():
        return QueryDict()
    del request.session[_SESSION_KEY]
    return QueryDict(kept["sent"])


class ProofMixin(PortalView):
    """A view that asks for a proof first; name it last among the bases (see the module).

    Raises TypeError for a class in which something else would look at the request after it.
    """

    # Also of users of whom the portal asks nothing else: what guards the account itself.
    proof_always = False

    # What had been sent when the proof ran out: empty, but for the page that is shown next.
    kept: QueryDict

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        after = cls.__mro__[cls.__mro__.index(ProofMixin) + 1 :]
        # Nobody is told by a question for a proof that another's data is there.
        late = [
            base.__name__
            for base in after
            if "dispatch" in vars(base) and base not in ProofMixin.__mro__
        ]
        if late:
            raise TypeError(f"{cls.__name__} must name ProofMixin behind {', '.join(late)}.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.needs_proof() and not has_proof(request, always=self.proof_always):
            return ask_for_proof(request, back=self.back_after_proof(), keep=True)
        self.kept = take_kept(request) if request.method == "GET" else QueryDict()
        return super().dispatch(request, *args, **kwargs)

    def needs_proof(self) -> bool:
        """Return False where it is too early to ask again, or what is sent is not grave."""
        return True

    def back_after_proof(self) -> str:
        """Return the page to come back to where this one is a file; "" for itself."""
        return ""
