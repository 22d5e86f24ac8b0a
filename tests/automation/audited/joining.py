"""What the log has of first days."""

from typing import Any

from accounts.services.users.starting import change_start
from tests.factories import to_start

JOINING: dict[str, Any] = {
    "change_start": (
        lambda s: change_start([to_start(s.uma)], None, **s.at),
        ["user.changed"],
        True,
    ),
}
