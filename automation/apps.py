from django.apps import AppConfig

from customers.refusals import declare
from customers.sqlite_triggers import keep_triggers, uuid_stays

from .refusals import REFUSALS
from .request_refusals import REQUEST_REFUSALS

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

    def ready(self) -> None:
        declare(REFUSALS)
        declare(REQUEST_REFUSALS)
        keep_triggers(self, TRIGGERS)
        from . import hooks

        hooks.offer_actions()
        hooks.say_in_words()
        hooks.show_on_pages()
        hooks.follow_changes()
        # They are built upon models, which are there from now on.
        from accounts.actions.registry import register
        from accounts.invariants import also_hold
        from accounts.personal import also_given
        from accounts.queries.license_marks import also_marked
        from accounts.services.licenses.holding import held_elsewhere, taken_despite
        from accounts.services.running import at_end_of_batch
        from accounts.views.user_cards import also_shown
        from customers.services.batches import at_close
        from customers.services.customers import at_change_of_customer
        from licensing.services.subscriptions import at_change

        from .actions.rules import RULES
        from .invariants import CHECKS
        from .log_words import read_changes
        from .personal import relations
        from .personal_notices import notice_relations
        from .personal_rules import rule_relations
        from .queries.rule_pages import rule_marks
        from .request_hooks import offer_requests
        from .rule_log_words import tell_rules
        from .services.despite_rules import change_licenses_with_exceptions, refuse_to_take
        from .services.due_running import end_with
        from .services.keeping.closing import KEEP_RULES, keep_subscription
        from .services.schedules import keep_to_clock
        from .views.rules.user_card import rules_card

        read_changes()
        also_given(relations)
        also_given(notice_relations)
        also_given(rule_relations)
        offer_requests()
        at_end_of_batch(end_with)
        at_change_of_customer(keep_to_clock)
        tell_rules()
        register(RULES)
        also_hold(*CHECKS)
        also_marked(rule_marks)
        also_shown(rules_card)
        at_close(KEEP_RULES)
        at_change(keep_subscription)
        held_elsewhere(refuse_to_take)
        taken_despite(change_licenses_with_exceptions)
