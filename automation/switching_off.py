"""The link in an email of notices that ends such emails, for whoever has the email."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from .models import LetterChannel, NoticeKind

_SALT = "automation.switching_off"


@dataclass(frozen=True, slots=True)
class SwitchOff:
    """Whose emails end, by which channel, of which kind; "" for all kinds."""

    user: int
    channel: LetterChannel
    kind: str = ""


def path_of(what: SwitchOff) -> str:
    token = signing.dumps([what.user, what.channel, what.kind], salt=_SALT)
    return reverse("automation:notice-off", args=[token])


def read(token: str) -> SwitchOff | None:
    """Return what a link means; None for one that is not ours. It works as long as its key does."""
    try:
        user, channel, kind = signing.loads(token, salt=_SALT)
        return SwitchOff(int(user), LetterChannel(channel), NoticeKind(kind) if kind else "")
    except (signing.BadSignature, TypeError, ValueError):
        return None


def absolute(path: str) -> str:
    """Return the address of a page as an email has it."""
    return f"{settings.OIDC_ISSUER}{path}"
