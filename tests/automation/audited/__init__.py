"""What the activity log knows of what is done by itself: each verb, and the events it writes."""

from .requests import ASKING, REQUESTS
from .rules import RULES
from .schedules import SCHEDULES, SCHEDULES_ALONE

AUTOMATION = {**SCHEDULES, **REQUESTS, **RULES}
# Without an actor.
AUTOMATION_ALONE = {**SCHEDULES_ALONE, **ASKING}
