"""What the log calls the facts of a webhook: as the pages do that they are chosen on; and why the
portal has switched one off.
"""

from django.utils.translation import gettext as _

from customers.actions import Action
from customers.log.given import also_given_as_reason
from customers.log.history import also_read
from customers.said import gettext_lazy

from .webhook_events import TEST, in_words

GONE = gettext_lazy("The receiver answered that it is gone (status 410).")
NOTHING_TAKEN = gettext_lazy("Nothing could be delivered for a day. %(reason)s")


def event_label(kind: str) -> str:
    """Return what an event that is delivered is called, as the log calls it."""
    return _("Test") if kind == TEST else str(dict(Action.choices).get(kind, kind))


def read_webhook_changes() -> None:
    also_given_as_reason(GONE, NOTHING_TAKEN)
    also_read("events", lambda text: ", ".join(in_words(text.split(", "))))
    also_read("secret", lambda _text: _("replaced"))
    also_read("old_secret", lambda _text: _("removed"))
    also_read("path", lambda _text: _("changed"))
