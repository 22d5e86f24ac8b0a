from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from customers.refusals import declare
from customers.sqlite_triggers import keep_triggers, stamped, uuid_stays

from .refusals import REFUSALS

TRIGGERS = {
    "subscription_uuid_stays": uuid_stays("licensing_subscription"),
    "license_stamped": stamped("licensing_licenseassignment"),
}


class LicensingConfig(AppConfig):
    name = "licensing"
    verbose_name = _("Licensing")

    def ready(self) -> None:
        declare(REFUSALS)
        keep_triggers(self, TRIGGERS)
        from customers.log.plans import also_finds_plans

        from .log_words import named_plans

        also_finds_plans(named_plans)
