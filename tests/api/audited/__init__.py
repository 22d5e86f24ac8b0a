"""What the activity log knows of the API's own: each verb, and the events that it writes."""

from .sources import SOURCES
from .tokens import INTEGRATIONS
from .webhooks import WEBHOOKS

API = {**SOURCES, **INTEGRATIONS, **WEBHOOKS}
