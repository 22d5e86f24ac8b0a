"""The codes of refusals of the API, its tokens and integrations (customers.refusals)."""

from customers.refusals import Declared, Status

REFUSALS: Declared = {
    Status.UNKNOWN: {
        "token-not-known": "No token, or one that is unknown, revoked or over.",
        "network-not-allowed": "The token may not be used from this address.",
    },
    Status.FORBIDDEN: {
        "user-not-of-source": "The source does not keep this user.",
        "token-ended": "The token by which this was asked for is revoked or over.",
        "token-makes-none": "A token makes neither tokens nor integrations.",
        "token-of-others": "The token is another user's.",
        "token-of-staff": "Support staff have no tokens.",
        "webhook-of-others": "The webhook is another partner's.",
    },
    Status.GONE: {
        "integration-gone": "The integration was removed meanwhile.",
        "source-gone": "The source was removed meanwhile.",
        "token-gone": "The token was removed meanwhile.",
        "webhook-gone": "The webhook was removed meanwhile.",
    },
    Status.CONFLICT: {
        "request-id-used": "Another call of the token has used this request ID.",
        "integration-name-taken": "Another integration of the partner has this name.",
        "external-id-taken": "The source has a user of this externalId.",
        "secrets-two": "The integration has two secrets. Revoke one of them first.",
        "source-name-taken": "The customer has a source of this name.",
        "source-tokens-two": "The source has two tokens. Revoke one of them first.",
        "tokens-too-many": "The user has as many tokens as one may have.",
        "webhook-changed": "Someone else has changed the webhook meanwhile.",
        "webhook-name-taken": "The partner has a webhook of this name.",
        "webhook-not-for-customer": "The webhook may no longer be told of this customer.",
        "webhook-off": "The webhook is switched off.",
        "webhook-secrets-two": "The webhook has two secrets. Remove the old one first.",
        "webhooks-too-many": "The partner has as many webhooks as one may have.",
    },
    Status.INVALID: {
        "capability-not-held": "The token would have a right that its user does not have.",
        "capability-of-partner": "The right concerns all customers, and the token is for some.",
        "capabilities-missing": "The token would have no right at all.",
        "name-missing": "A token and an integration need a name.",
        "network-wrong": "What was entered is no network, such as 203.0.113.0/24.",
        "domain-of-nobody": "The domain of the user name is not the customer's.",
        "source-name-missing": "A source needs a name.",
        "token-time-wrong": "A token ends after one day to 365 days.",
        "webhook-events-missing": "No event was chosen for the webhook, or one that is unknown.",
        "webhook-name-missing": "A webhook needs a name.",
    },
    Status.TOO_MANY: {
        "calls-too-many": "Too many calls in this minute.",
        "webhook-tests-too-many": "The webhook was sent as many tests in this minute as it may be.",
    },
}
