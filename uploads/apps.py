from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """A spreadsheet becomes users."""

    name = "uploads"
