"""Whose roles the pages of what is done by itself take."""

from customers.roles import STAFF_ROLES, Reach, Role
from tests.automation.pages import reviews
from tests.automation.pages.leaving import LEAVE
from tests.automation.pages.notices import NOTICE_BUTTONS
from tests.automation.pages.reports import REPORTS
from tests.automation.pages.requests import REQUESTS
from tests.automation.pages.rules import RULES
from tests.automation.pages.schedules import SCHEDULE
from tests.support import role_table
from tests.support.role_table import may, reach_in_table

LICENSES, SEE, USERS = (may(row) for row in (role_table.LICENSES, role_table.SEE, role_table.USERS))
ALL_USERS = {role for role in Role if reach_in_table(role_table.USERS, role) == Reach.FULL}

IN_CUSTOMER: dict[str, set[Role]] = {
    **dict.fromkeys(LEAVE, USERS),
    **dict.fromkeys(REQUESTS, LICENSES),
    **dict.fromkeys(RULES, LICENSES),
    **dict.fromkeys(reviews.REVIEWS, LICENSES),
    **dict.fromkeys(reviews.SEEN, USERS),
    **dict.fromkeys(reviews.CHANGED, ALL_USERS),
    **dict.fromkeys(SCHEDULE, USERS),
    "automation:schedule-customer": SEE,
    # Staff buy seats themselves.
    "automation:seats-ask": LICENSES - set(STAFF_ROLES),
}
OVER_ALL: dict[str, set[Role]] = {
    "automation:my-reviews": SEE,
    "automation:request-all": LICENSES,
    "automation:schedule-list": SEE,
    **{name: set(STAFF_ROLES) for name in REPORTS},
}
# Rows of one's own.
OWN = {"automation:request-cancel", "automation:review-answer", *NOTICE_BUTTONS}
