"""What the activity log knows of what is done by itself: each verb, and the events it writes."""

from .joining import JOINING
from .requests import ASKING, REQUESTS
from .reviews import REVIEWS, REVIEWS_ALONE
from .rules import RULES
from .schedules import SCHEDULES, SCHEDULES_ALONE

AUTOMATION = {**JOINING, **REQUESTS, **REVIEWS, **RULES, **SCHEDULES}
# Without an actor.
AUTOMATION_ALONE = {**ASKING, **REVIEWS_ALONE, **SCHEDULES_ALONE}
