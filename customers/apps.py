from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        from . import checks as checks  # noqa: PLC0414 - registers what its name says
