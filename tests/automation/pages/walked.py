"""All pages of what is done by itself, on the demo's data."""

from accounts.models import User
from customers.models import Customer
from tests.automation.pages.leaving import pages_of_leaving
from tests.automation.pages.notices import NOTICE_BUTTONS, pages_of_notices
from tests.automation.pages.reports import REPORT_BUTTONS, pages_of_reports
from tests.automation.pages.requests import REQUEST_BUTTONS, pages_of_requests
from tests.automation.pages.reviews import pages_of_reviews
from tests.automation.pages.rules import RULE_BUTTONS, pages_of_rules
from tests.automation.pages.schedules import BUTTONS as SCHEDULE_BUTTONS
from tests.automation.pages.schedules import pages_of_schedules
from tests.support.page_of import PageOf

# They act and lead on, or are files.
NOT_WALKED = {
    *NOTICE_BUTTONS,
    *REPORT_BUTTONS,
    *REQUEST_BUTTONS,
    *RULE_BUTTONS,
    *SCHEDULE_BUTTONS,
    "automation:review-export",
}


def pages_of_automation(customer: Customer, alice: str, uma: str, gail: str) -> list[PageOf]:
    admin = User.objects.get(username=alice)
    return [
        *pages_of_rules(customer, admin),
        *pages_of_leaving(customer, admin),
        *pages_of_reviews(customer, admin),
        *pages_of_requests(customer, uma, gail),
        *pages_of_notices(customer, alice, uma),
        *pages_of_schedules(customer, admin),
        *pages_of_reports(customer, admin),
    ]
