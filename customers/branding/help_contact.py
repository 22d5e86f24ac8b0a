from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

PHONE_LENGTH = 40
NOTE_LENGTH = 120


class HelpContact(models.Model):
    """Whom users call when they need help: printed on slips and written in emails."""

    HELP_FIELDS: ClassVar = ("help_phone", "help_email", "help_note")

    help_phone = models.CharField(
        _("help phone"), max_length=PHONE_LENGTH, blank=True, default="", db_default=""
    )
    help_email = models.EmailField(
        _("help email"), max_length=254, blank=True, default="", db_default=""
    )
    help_note = models.CharField(
        _("help note"), max_length=NOTE_LENGTH, blank=True, default="", db_default=""
    )

    class Meta:
        abstract = True

    @property
    def help_line(self) -> str:
        """Return all of it on one line; "" where there is none."""
        return on_one_line(getattr(self, name) for name in self.HELP_FIELDS)


def on_one_line(ways: Iterable[str]) -> str:
    return " · ".join(filter(None, ways))
