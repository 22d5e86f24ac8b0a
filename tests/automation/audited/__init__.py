"""What the activity log knows of what is done by itself: each verb, and the events it writes."""

from .joining import JOINING
from .schedules import SCHEDULES, SCHEDULES_ALONE

AUTOMATION = {**JOINING, **SCHEDULES}
# Without an actor.
AUTOMATION_ALONE = {**SCHEDULES_ALONE}
