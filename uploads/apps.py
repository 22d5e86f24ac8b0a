from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UploadsConfig(AppConfig):
    """A spreadsheet becomes users."""

    name = "uploads"
    verbose_name = _("Uploads")

    def ready(self) -> None:
        # They are built upon models, which are there from now on.
        from accounts.actions.registry import register
        from accounts.personal import also_given

        from .actions import UPLOAD
        from .personal import relations

        register(UPLOAD)
        also_given(relations)
