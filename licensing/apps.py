from django.apps import AppConfig

from customers.sqlite_triggers import keep_triggers, stamped, uuid_stays

TRIGGERS = {
    "subscription_uuid_stays": uuid_stays("licensing_subscription"),
    "license_stamped": stamped("licensing_licenseassignment"),
}


class LicensingConfig(AppConfig):
    name = "licensing"

    def ready(self) -> None:
        keep_triggers(self, TRIGGERS)
