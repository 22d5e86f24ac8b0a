"""What is true now and should be known: each finder of a kind looks, tells once, and ends the rest.

A finder that dies half way has told a part; the next run tells the others, and nobody twice.
"""

from ..requests.telling import end_over
from ..reviews.telling import end_questions
from .dates import find_deletions, find_passwords, find_renewals, find_sheets
from .seats import find_seats, find_waiting
from .silence import find_silence

# What hurts within a day is looked for by the hour, and what no longer waits for an answer.
HOURLY = (find_seats, find_waiting, find_sheets, find_silence, end_questions, end_over)
DAILY = (find_renewals, find_deletions, find_passwords)

__all__ = [
    "DAILY",
    "HOURLY",
    "find_deletions",
    "find_passwords",
    "find_renewals",
    "find_seats",
    "find_sheets",
    "find_silence",
    "find_waiting",
]
