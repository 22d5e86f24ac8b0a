from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from customers.refusals import declare
from customers.sqlite_triggers import keep_triggers, uuid_stays

from .refusals import REFUSALS

TRIGGERS = {
    "schedule_uuid_stays": uuid_stays("automation_schedule"),
    "plan_uuid_stays": uuid_stays("automation_scheduleplan"),
    "review_uuid_stays": uuid_stays("automation_review"),
    "report_uuid_stays": uuid_stays("automation_scheduledreport"),
    "request_uuid_stays": uuid_stays("automation_licenserequest"),
    "rule_uuid_stays": uuid_stays("automation_licenserule"),
}


class AutomationConfig(AppConfig):
    """What the portal does by itself: on a date, by rule, and what it tells of that."""

    name = "automation"
    verbose_name = _("Automation")

    def ready(self) -> None:
        declare(REFUSALS)
        keep_triggers(self, TRIGGERS)
        from . import hooks

        hooks.offer_actions()
        hooks.say_in_words()
        hooks.show_on_pages()
        hooks.follow_changes()
        hooks.hold_invariants()
