"""What is done with requests for licenses and seats."""

from automation.models import LicenseRequest
from automation.services.requests import approve_license, approve_seats, decline
from tests.factories import LicenseRequestFactory, SubscriptionFactory
from tests.support import role_table
from tests.verbs.scene import Scene, Verb


def _asked(scene: Scene, seats: int | None = None) -> LicenseRequest:
    """A request of the user of the scene, for what the customer has."""
    pool = SubscriptionFactory.create(customer=scene.contoso, quantity=5)
    request: LicenseRequest = LicenseRequestFactory.create(
        user=scene.living, product=pool.product, seats=seats
    )
    return request


REQUESTS: dict[str, Verb] = {
    "automation.services.requests.answering.approve_license": Verb(
        role_table.LICENSES, lambda at, by: approve_license(_asked(at), actor=by)
    ),
    "automation.services.requests.answering.approve_seats": Verb(
        role_table.SUBSCRIPTIONS, lambda at, by: approve_seats(_asked(at, 2), 2, actor=by)
    ),
    "automation.services.requests.answering.decline": Verb(
        role_table.LICENSES, lambda at, by: decline(_asked(at), actor=by, words="No.")
    ),
}
