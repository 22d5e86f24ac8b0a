"""How often something may be tried, as ACCOUNT_RATE_LIMITS says.

allauth counts, in the cache that all web processes share. Here is what it does not do: tell how
long to wait, and keep strangers' wrong tries apart from those on a known device.
"""

import math
import time
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import User
from ..names import typed_user_name
from .allauth_internals import ratelimit
from .devices import device_of

_APP = "allauth.account"
_WAIT = "portal.wait"
# The limits that allauth keeps by itself are by the minute.
_USUAL_WAIT = 60


def take(request: HttpRequest, action: str, *, key: str = "") -> ratelimit.RateLimitUsage:
    """Count one try. One too many is answered with the page that says how long to wait."""
    # By itself allauth counts no GET.
    usage = ratelimit.consume(request, app=_APP, action=action, key=key, limit_get=True)
    if usage is not None:
        return usage
    # Until each of the action's limits has room again.
    now, seconds = time.time(), 1.0
    for rate in ratelimit.get_rates(app=_APP, action=action):
        counted = ratelimit.get_cache_key(request, app=_APP, action=action, rate=rate, key=key)
        history = cache.get(counted, [])
        if len(history) >= rate.amount:
            seconds = max(seconds, history[-1] + rate.duration - now)
    request.META[_WAIT] = math.ceil(seconds)
    raise ImmediateHttpResponse(ratelimit.respond_429(request))


def take_sign_in(request: HttpRequest, user_name: str) -> ratelimit.RateLimitUsage:
    """Count a try to sign in as a user.

    Strangers share what an account and an address may be tried. A user who is signed in, or on
    a device where this account has signed in before, has tries of their own.
    """
    # All spellings of a name share its tries.
    user_name = typed_user_name(user_name).lower()
    if _is_own_session(request, user_name):
        return take(request, "sign_in_known", key=f"session {user_name}")
    device = device_of(request)
    if device.knows(user_name):
        return take(request, "sign_in_known", key=f"device {device.id} {user_name}")
    return take(request, "sign_in", key=user_name)


def is_known(request: HttpRequest, user_name: str) -> bool:
    """Return whether this account has signed in here before, or is signed in."""
    return _is_own_session(request, user_name) or device_of(request).knows(user_name)


def _is_own_session(request: HttpRequest, user_name: str) -> bool:
    return request.user.is_authenticated and request.user.get_username() == user_name


def take_step(request: HttpRequest, user: User, kind: str) -> Callable[[], None]:
    """Count one try of a second step of this kind; what is returned forgets all of them.

    As allauth's check_rate_limit, where a stranger with the password could keep the owner waiting
    for good: strangers' tries and those on a known device have counts of their own, and passkeys
    one besides that of codes. ValidationError for one too many.
    """
    known = "known" if is_known(request, user.get_username()) else "strange"
    key = f"second-step {kind} {known} {user.pk}"
    usage = ratelimit.consume(request, app=_APP, action="login_failed", key=key)
    if usage is None:
        raise get_adapter().validation_error("too_many_login_attempts")
    return lambda: ratelimit.clear(request, app=_APP, action="login_failed", key=key)


def seconds_to_wait(request: HttpRequest) -> int:
    """Return the seconds that the answer to one request too many tells."""
    wait: int = request.META.get(_WAIT, _USUAL_WAIT)
    return wait


def wait_in_words(seconds: int) -> str:
    minutes = math.ceil(seconds / 60)
    if minutes <= 1:
        return _("a minute")
    if minutes <= 90:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    hours = math.ceil(minutes / 60)
    return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
