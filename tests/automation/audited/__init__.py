"""What the activity log knows of what is done by itself: each verb, and the events it writes."""

from .reviews import REVIEWS, REVIEWS_ALONE
from .schedules import SCHEDULES, SCHEDULES_ALONE

AUTOMATION = {**REVIEWS, **SCHEDULES}
# Without an actor.
AUTOMATION_ALONE = {**REVIEWS_ALONE, **SCHEDULES_ALONE}
