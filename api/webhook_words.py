"""What the log calls the facts of a webhook: as the pages do that they are chosen on."""

from django.utils.translation import gettext as _

from customers.log.history import also_read

from .webhook_events import in_words


def read_webhook_changes() -> None:
    also_read("events", lambda text: ", ".join(in_words(text.split(", "))))
    also_read("secret", lambda _text: _("replaced"))
    also_read("old_secret", lambda _text: _("removed"))
    also_read("path", lambda _text: _("changed"))
