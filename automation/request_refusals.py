"""The codes of refusals of requests and of reports on a schedule (customers.refusals)."""

from customers.refusals import Declared, Status

REQUEST_REFUSALS: Declared = {
    Status.FORBIDDEN: {
        "report-of-all-customers": "The acting user does not see all customers.",
        "request-of-others": "Another user has made the request.",
        "requests-of-users-only": "Only users of a customer ask for licenses and seats.",
    },
    Status.GONE: {
        "report-gone": "The scheduled report was removed meanwhile.",
        "request-gone": "The request no longer exists.",
    },
    Status.CONFLICT: {
        "nothing-to-ask-for": "The user has what is asked for, or nobody can give it.",
        "report-changed": "Someone else has changed the scheduled report meanwhile.",
        "report-paused": "The scheduled report is paused.",
        "reports-too-many": "The partner has as many scheduled reports as there can be.",
        "request-answered": "The request was answered or canceled.",
        "request-open": "It was asked for already and waits for an answer.",
        "request-without-subscription": "The customer has no subscription to the product.",
    },
    Status.INVALID: {
        "report-day-wrong": "This is no day of the month, or of the week.",
        "report-readers-wrong": "The readers are none, too many, or not of the team.",
        "seats-asked-for-wrong": "So many seats can't be asked for.",
    },
    Status.TOO_MANY: {
        "request-too-soon": "It was declined recently.",
        "requests-too-many": "The user has asked for a lot within a day.",
    },
}
