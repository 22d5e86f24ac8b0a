from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from .refusals import REFUSALS, declare
from .sqlite_triggers import keep_triggers, uuid_stays

TRIGGERS = {"customer_uuid_stays": uuid_stays("customers_customer")}


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from . import checks as checks  # noqa: PLC0414 - registers what its name says

        declare(REFUSALS)
        keep_triggers(self, TRIGGERS)
