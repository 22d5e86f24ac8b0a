from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """A spreadsheet becomes users."""

    name = "uploads"

    def ready(self) -> None:
        # They are built upon models, which are there from now on.
        from accounts.personal import also_given
        from accounts.services.brought import bring

        from .batches import OF_UPLOADS
        from .personal import relations

        bring(OF_UPLOADS)
        also_given(relations)
