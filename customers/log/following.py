"""Those who read the activity log as it grows, each to work of its own."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Follower(models.Model):
    """How far one has read: all events up to `position` have been acted on, and none after it.

    It belongs to no partner, and no request sees it. How it moves says
    customers/services/following.py.
    """

    name = models.CharField(max_length=40, unique=True)
    position = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("follower of the activity log")
        verbose_name_plural = _("followers of the activity log")

    def __str__(self) -> str:
        return f"{self.name}: {self.position}"
