"""Help with the pages of what the portal does by itself, in three lines each."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HELP: dict[tuple[str, ...], tuple[str | Promise, ...]] = {
    ("automation:schedule-list", "automation:schedule-customer", "automation:schedule-detail"): (
        _("Actions that wait for their day and hour."),
        _("Select one to move it, run it now or cancel it."),
        _("Actions are scheduled on the page that confirms them."),
    ),
    (
        "automation:rule-list",
        "automation:rule-add",
        "automation:rule-change",
        "automation:rule-detail",
        "automation:exception-add",
    ): (
        _("License rules assign licenses by department, job title and other details of users."),
        _("Add a rule and check its forecast before you switch it on."),
        _("An exception keeps a rule from changing one user."),
    ),
    ("automation:report-list", "automation:report-add", "automation:report-change"): (
        _("Reports by email, on a day of the week or month."),
        _("Choose the report, for which customers, and who gets it."),
        _("A report can be changed or removed at any time."),
    ),
    (
        "automation:request-all",
        "automation:request-list",
        "automation:request-ask",
        "automation:request-detail",
        "automation:request-own",
        "automation:seats-ask",
    ): (
        _("Requests for licenses and seats, and the answers to them."),
        _("Select a request to read it and to answer it."),
        _("The user who asked can read the answer."),
    ),
    (
        "automation:my-reviews",
        "automation:review-list",
        "automation:review-add",
        "automation:review-ask",
        "automation:review-answer",
        "automation:review-detail",
    ): (
        _("An access review asks which users keep their licenses and roles."),
        _("Choose the users, who answers and until when, or answer what you were asked."),
        _("Nothing is removed before the review ends."),
    ),
    ("automation:leave", "automation:leave-list", "automation:leave-detail"): (
        _("Removes a user who leaves, step by step."),
        _("Choose the steps and when each of them happens."),
        _("Follow the steps here, and undo them where that is still possible."),
    ),
    ("automation:notice-list", "automation:notice-settings"): (
        _("What the portal tells you by itself: seats, passwords, failures."),
        _("Select a notice to go to what it is about."),
        _("Notice settings choose what you are told, on the page and by email."),
    ),
}
