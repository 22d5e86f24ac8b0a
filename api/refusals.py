"""The codes of refusals of the API, its tokens and integrations (customers.refusals)."""

from customers.refusals import Declared, Status

REFUSALS: Declared = {
    Status.UNKNOWN: {
        "token-not-known": "No token, or one that is unknown, revoked or over.",
        "network-not-allowed": "The token may not be used from this address.",
    },
    Status.FORBIDDEN: {
        "integration-of-others": "The integration is another partner's.",
        "user-not-of-source": "The source does not keep this user.",
        "token-ended": "The token by which this was asked for is revoked or over.",
        "token-makes-none": "A token makes neither tokens nor integrations.",
        "token-of-others": "The token is another user's.",
        "token-of-staff": "Support staff have no tokens.",
    },
    Status.GONE: {
        "integration-gone": "The integration was removed meanwhile.",
        "source-gone": "The source was removed meanwhile.",
        "token-gone": "The token was removed meanwhile.",
    },
    Status.CONFLICT: {
        "external-id-taken": "The source has a user of this externalId.",
        "secrets-two": "The integration has two secrets. Revoke one of them first.",
        "source-name-taken": "The customer has a source of this name.",
        "source-tokens-two": "The source has two tokens. Revoke one of them first.",
        "tokens-too-many": "The user has as many tokens as one may have.",
    },
    Status.INVALID: {
        "capability-not-held": "The token would have a right that its user does not have.",
        "capabilities-missing": "The token would have no right at all.",
        "domain-of-nobody": "The domain of the user name is not the customer's.",
        "network-wrong": "What was entered is no network, such as 203.0.113.0/24.",
        "source-name-missing": "A source needs a name.",
        "token-name-missing": "A token needs a name.",
        "token-time-wrong": "A token ends after one day to 365 days.",
    },
    Status.TOO_MANY: {
        "calls-too-many": "Too many calls in this minute.",
    },
}
