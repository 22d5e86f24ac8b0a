"""What the apps below ask of this one; they know nothing of it.

Imported when all apps are ready: most of it is built upon models.
"""

from accounts.actions.later import ask_when
from accounts.actions.registry import register
from accounts.invariants import also_hold
from accounts.personal import also_given
from accounts.queries.license_marks import also_marked
from accounts.services.licenses.holding import held_elsewhere, taken_despite
from accounts.services.licenses.taking import before_all_are_taken
from accounts.services.running import at_end_of_batch
from accounts.services.users.starts import at_moved_start, at_planned_start
from accounts.signin.devices import at_new_device
from accounts.views.tabs import also_known, also_tabbed
from accounts.views.user_cards import also_in_account, also_shown
from api.services.ending import at_warning
from applications.offers import also_offered
from customers.log.given import also_given_as_reason
from customers.services.batches import at_close
from customers.services.customers import at_change_of_customer
from licensing.services.subscriptions import at_change

from .actions.leave import LEAVE
from .actions.review import START_REVIEW
from .actions.rules import RULES
from .forms.when import WhenForm
from .invariants import CHECKS
from .log_words import read_changes
from .personal import relations
from .personal_notices import notice_relations
from .personal_requests import request_relations
from .personal_reviews import review_relations
from .personal_rules import rule_relations
from .queries.beside_users import with_automation
from .queries.rule_pages import rule_marks
from .review_words import read_review_changes
from .rule_log_words import tell_rules
from .services.despite_rules import change_licenses_with_exceptions, except_from_all, refuse_to_take
from .services.due_running import end_with
from .services.joining import move_joining, plan_joining
from .services.keeping.closing import KEEP_RULES, keep_subscription
from .services.keeping.writing import BY_RULE, BY_RULES
from .services.leaving_undo import send_on
from .services.reviews.ending import BY_REVIEW
from .services.schedules import keep_to_clock
from .services.telling_of import tell_of_device, tell_of_token
from .views.cards import leave_card
from .views.requests.own import ask_offers, own_requests_card
from .views.rules.user_card import rules_card
from .views.schedules import scheduled_card, scheduled_tab


def offer_actions() -> None:
    ask_when(WhenForm)
    register(LEAVE, START_REVIEW, RULES)


def say_in_words() -> None:
    read_changes()
    read_review_changes()
    tell_rules()
    also_given_as_reason(BY_RULE, BY_RULES, BY_REVIEW)
    for given in (
        relations,
        notice_relations,
        request_relations,
        review_relations,
        rule_relations,
    ):
        also_given(given)


def show_on_pages() -> None:
    also_marked(rule_marks)
    also_shown(leave_card)
    also_shown(rules_card)
    also_shown(scheduled_card)
    also_tabbed(scheduled_tab)
    also_known(with_automation)
    also_in_account(own_requests_card)
    also_offered(ask_offers)


def follow_changes() -> None:
    at_change(keep_subscription)
    at_change_of_customer(keep_to_clock)
    at_close(KEEP_RULES)
    at_end_of_batch(end_with)
    at_end_of_batch(send_on)
    at_moved_start(move_joining)
    at_new_device(tell_of_device)
    at_planned_start(plan_joining)
    at_warning(tell_of_token)
    before_all_are_taken(except_from_all)
    held_elsewhere(refuse_to_take)
    taken_despite(change_licenses_with_exceptions)


def hold_invariants() -> None:
    also_hold(*CHECKS)
