"""The codes of refusals of the API, its tokens and integrations (customers.refusals)."""

from customers.refusals import Declared, Status

REFUSALS: Declared = {
    Status.UNKNOWN: {
        "token-not-known": "No token, or one that is unknown, revoked or over.",
        "network-not-allowed": "The token may not be used from this address.",
    },
    Status.FORBIDDEN: {
        "token-ended": "The token by which this was asked for is revoked or over.",
        "token-makes-none": "A token makes neither tokens nor integrations.",
        "token-of-others": "The token is another user's.",
        "token-of-staff": "Support staff have no tokens.",
    },
    Status.GONE: {
        "integration-gone": "The integration was removed meanwhile.",
        "token-gone": "The token was removed meanwhile.",
    },
    Status.CONFLICT: {
        "request-id-used": "Another call of the token has used this request ID.",
        "integration-name-taken": "Another integration of the partner has this name.",
        "secrets-two": "The integration has two secrets. Revoke one of them first.",
        "tokens-too-many": "The user has as many tokens as one may have.",
    },
    Status.INVALID: {
        "capability-not-held": "The token would have a right that its user does not have.",
        "capability-of-partner": "The right concerns all customers, and the token is for some.",
        "capabilities-missing": "The token would have no right at all.",
        "name-missing": "A token and an integration need a name.",
        "network-wrong": "What was entered is no network, such as 203.0.113.0/24.",
        "token-time-wrong": "A token ends after one day to 365 days.",
    },
}
