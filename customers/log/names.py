"""The names in the log, beside its events."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditNames(models.Model):
    """The personal side of an event, which is forgotten sooner, without touching the event."""

    # Written with its event, and gone before it: the database need not ask for each.
    event = models.OneToOneField(
        "customers.AuditEvent",
        models.CASCADE,
        primary_key=True,
        related_name="names",
        db_constraint=False,
    )
    actor = models.CharField(max_length=300, blank=True)
    target = models.CharField(max_length=300, blank=True)
    changes = models.JSONField(default=dict, help_text="Before and after of personal fields.")

    class Meta:
        verbose_name = verbose_name_plural = _("audit names")

    def __str__(self) -> str:
        return str(self.event_id)
