from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

# A name of DNS has so many characters.
HOST_LENGTH = 253


class Logo(models.Model):
    """The picture of a partner's logo, as the portal has drawn it anew: a PNG without metadata."""

    partner = models.OneToOneField("customers.Partner", models.CASCADE, related_name="logo")
    png = models.BinaryField()

    class Meta:
        app_label = "customers"

    def __str__(self) -> str:
        return str(self.partner_id)


class HostName(models.Model):
    """A host name under which the portal is a partner's own. Support staff keep them."""

    partner = models.ForeignKey("customers.Partner", models.CASCADE, related_name="host_names")
    name = models.CharField(_("host name"), max_length=HOST_LENGTH, unique=True)

    class Meta:
        app_label = "customers"
        ordering = ("pk",)
        constraints: ClassVar = [
            models.CheckConstraint(name="host_name_lower_case", condition=Q(name=Lower("name")))
        ]

    def __str__(self) -> str:
        return self.name
