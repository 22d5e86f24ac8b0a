"""The codes of refusals of applications (customers.refusals)."""

from customers.refusals import Declared, Status

REFUSALS: Declared = {
    Status.FORBIDDEN: {
        "application-of-others": "The application is another partner's.",
        "service-plan-of-others": "The service plan is of another partner's product.",
    },
    Status.GONE: {
        "application-gone": "The application was removed meanwhile.",
    },
    Status.CONFLICT: {
        "application-changed": "Someone else has changed the application meanwhile.",
        "application-name-taken": "The partner has an application of this name.",
        "application-without-secret": "A public application has no secret.",
    },
    Status.INVALID: {
        "application-opened-by-nothing": "Neither a plan opens the application, nor everyone.",
        "address-not-encrypted": "The portal would send to the address without encryption.",
        "address-not-public": "The address is inside of a network.",
        "address-unreadable": "The address is not whole, or has a user name or a fragment.",
        "address-wrong": "The address can't be used.",
        "choice-wrong": "What was chosen is not there to choose.",
        "token-missing": "The application's token was not entered.",
    },
}
