"""The warning before a token ends, to whoever made it, once: an app above says how.

That it was warned of is written with the warning, so that nobody is warned twice, nor of none.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from customers.services.transactions import transactional

from ..models import Token, TokenQuerySet

AHEAD = timedelta(days=14)

# Called with a token that is about to end, and who is to know.
Warn = Callable[[Token, User], None]

_warn: list[Warn] = []


def at_warning(act: Warn) -> None:
    """Have this called, once a token, in the transaction that writes that it was warned of."""
    if act not in _warn:
        _warn.append(act)


def warn_of_ends(*, now: datetime | None = None) -> int:
    """Warn of the tokens that end within 14 days; return how many they were."""
    at = now or timezone.now()
    found = list(due(at).order_by("ends_at").values_list("pk", flat=True))
    return sum(_warn_of(pk, at) for pk in found)


def due(now: datetime) -> TokenQuerySet:
    """Return the tokens to warn of; one made for less than the 14 days ends without."""
    return Token.objects.living(now).filter(
        ends_at__lte=now + AHEAD,
        created_at__lt=F("ends_at") - AHEAD,
        warned_at=None,
        epoch=F("user__session_epoch"),
        user__deleted_at=None,
        user__blocked_at=None,
    )


@transactional
def _warn_of(pk: int, now: datetime) -> int:
    """Warn of the token, unless another worker is at it, or there is nobody to warn."""
    rows = due(now).select_for_update(skip_locked=True, of=("self",), no_key=True)
    token = rows.select_related("user__partner", "made_by").filter(pk=pk).first()
    if token is None:
        return 0
    token.warned_at = now
    token.save(update_fields=["warned_at"])
    reader = _reader(token)
    if reader is None:
        return 0
    for act in _warn:
        act(token, reader)
    return 1


def _reader(token: Token) -> User | None:
    """Return who made it; of an integration whose maker has left, an account admin."""
    maker = token.made_by
    if maker is not None and maker.is_active and not maker.is_staff:
        return maker
    if not token.user.is_machine:
        return token.user
    admins = User.objects.team_admins().filter(partner=token.user.partner)
    return admins.order_by("pk").first()
