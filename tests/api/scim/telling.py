"""What a source tells of a user, as the door hands it to the services."""

from api.scim.fields import KEPT
from api.services.sourced_users import Told


def told(
    user_name: str, *, external_id: str = "", active: bool | None = None, **fields: str
) -> Told:
    """All that is kept; what is named here was sent."""
    sent = {"user_name": user_name, **fields}
    return Told(dict.fromkeys(KEPT, "") | sent, set(sent), external_id, active)
