from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .colors import COLOR
from .help_contact import HelpContact

NAME_LENGTH = 40
SLUG_LENGTH = 12
DIGEST_LENGTH = 16


class Look(HelpContact):
    """How the portal presents itself to a partner's users; what is empty is the portal's own.

    The slug is in the address of the partner's sign-in page, which strangers may open: it is made
    up, and tells nothing. The picture of the logo has a row of its own (`Logo`).
    """

    LOOK_FIELDS: ClassVar = ("brand_name", "brand_color", "logo_digest")
    LOGO_FIELDS: ClassVar = ("logo_digest", "logo_width", "logo_height", "logo_on_dark")

    name: "models.CharField[str, str]"

    brand_name = models.CharField(
        _("displayed name"), max_length=NAME_LENGTH, blank=True, default="", db_default=""
    )
    brand_color = models.CharField(
        _("accent color"),
        max_length=7,
        blank=True,
        default="",
        db_default="",
        validators=[RegexValidator(COLOR)],
    )
    brand_slug = models.CharField(
        max_length=SLUG_LENGTH, default="", db_default="", blank=True, editable=False
    )
    logo_digest = models.CharField(
        _("logo"), max_length=DIGEST_LENGTH, default="", db_default="", blank=True, editable=False
    )
    logo_width = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    logo_height = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    # Its letters are light: it is shown on a dark ground, also on paper.
    logo_on_dark = models.BooleanField(default=False, db_default=False, editable=False)

    @property
    def has_look(self) -> bool:
        """Return whether anything is shown in place of the portal's own."""
        return any(getattr(self, name) for name in self.LOOK_FIELDS)

    @property
    def shown_name(self) -> str:
        """Return the name under which users know the partner."""
        return self.brand_name or self.name

    class Meta:
        abstract = True
        constraints: ClassVar = [
            # Partial on purpose, as of the users' sign-in names (accounts.models.users).
            models.UniqueConstraint(
                fields=["brand_slug"], condition=~models.Q(brand_slug=""), name="brand_slug_once"
            )
        ]
