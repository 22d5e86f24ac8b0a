"""The codes of refusals of what is done on a date or by rule (customers.refusals)."""

from customers.refusals import Declared, Status

REFUSALS: Declared = {
    Status.FORBIDDEN: {
        "schedule-beyond-reach": "The role of the acting user can't manage administrators in it.",
        "token-schedules-none": "A token schedules no actions.",
    },
    Status.CONFLICT: {
        "schedule-begun": "The scheduled action has begun.",
        "schedule-changed": "Someone else has changed the date meanwhile.",
        "schedule-over": "The schedule has failed or was canceled.",
    },
    Status.INVALID: {
        "due-over": "The date and time have passed.",
        "due-too-far": "The date is more than two years ahead.",
    },
}
