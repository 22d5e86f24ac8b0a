"""What the activity log knows of what is done by itself: each verb, and the events it writes."""

from .joining import JOINING
from .reports import REPORTS, REPORTS_ALONE
from .requests import ASKING, REQUESTS
from .reviews import REVIEWS, REVIEWS_ALONE
from .rules import RULES
from .schedules import SCHEDULES, SCHEDULES_ALONE

AUTOMATION = {**JOINING, **REPORTS, **REQUESTS, **REVIEWS, **RULES, **SCHEDULES}
# Without an actor.
AUTOMATION_ALONE = {**ASKING, **REPORTS_ALONE, **REVIEWS_ALONE, **SCHEDULES_ALONE}
