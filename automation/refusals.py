"""The codes of refusals of what is done on a date or by rule (customers.refusals)."""

from customers.refusals import Declared, Status

REFUSALS: Declared = {
    Status.FORBIDDEN: {
        "not-your-question": "The acting user was not asked about this user in the review.",
        "review-not-yours": "The acting user can't manage this review.",
        "schedule-beyond-reach": "The role of the acting user can't manage administrators in it.",
        "token-schedules-none": "A token schedules no actions.",
    },
    Status.GONE: {
        "rule-gone": "The license rule has since been removed.",
    },
    Status.CONFLICT: {
        "license-by-rule": "A license rule gives the license, and would give it again.",
        "nobody-to-review": "None of the chosen users can be reviewed.",
        "review-all-done": "Nothing of the review is left to be done.",
        "review-not-over": "The review has not ended yet.",
        "review-over": "The review has ended.",
        "review-subscription-gone": "The subscription that is to be reviewed is no longer there.",
        "rule-changed": "Someone else has changed the license rule meanwhile.",
        "rule-contradicts": "The rule gives what can't be combined, or not be used there.",
        "rule-is-off": "The license rule is already off.",
        "rule-is-on": "The license rule is already on.",
        "rule-lacks-requirement": "The rule gives a product without what it needs.",
        "rule-name-taken": "The customer has a license rule of this name.",
        "rule-needed": "Another rule builds on what this one gives.",
        "plan-not-undoable": "The plan is being undone, was undone, or can no longer be.",
        "schedule-begun": "The scheduled action has begun.",
        "schedule-changed": "Someone else has changed the date meanwhile.",
        "schedule-over": "The schedule has failed or was canceled.",
    },
    Status.INVALID: {
        "due-over": "The date and time have passed.",
        "due-too-far": "The date is more than two years ahead.",
        "review-day-far": "The last day of a review is too far away.",
        "review-day-over": "The last day of a review is over.",
        "review-name-missing": "The review has no name.",
        "review-too-large": "More users are chosen than a review can have.",
        "reviewer-missing": "A user of the review has no reviewer.",
        "reviewer-not-possible": "A chosen reviewer can't see the users of the customer.",
        "rule-circular": "The rule would depend on licenses, which it gives itself.",
        "rule-filter-wrong": "A rule can't have this filter.",
        "rule-gives-nothing": "The rule gives no subscription.",
        "rule-name-wrong": "The name of the rule is empty or too long.",
        "leave-after-delete": "A step to remove users comes after their deletion.",
        "leave-without-step": "No step to remove users was chosen.",
    },
}
