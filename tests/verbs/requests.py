"""What is done with requests for licenses and seats."""

from automation.models import LicenseRequest
from automation.services.requests import approve_license, approve_seats, decline
from tests.factories import LicenseRequestFactory, SubscriptionFactory
from tests.support import role_table
from tests.verbs.scene import Scene, Verb


def _ask(scene: Scene) -> None:
    """Let the user of the scene ask for what the customer has."""
    pool = SubscriptionFactory.create(customer=scene.contoso, quantity=5)
    LicenseRequestFactory.create(user=scene.living, product=pool.product)


def _ask_for_seats(scene: Scene) -> None:
    pool = SubscriptionFactory.create(customer=scene.contoso, quantity=5)
    LicenseRequestFactory.create(user=scene.living, product=pool.product, seats=2)


def _asked(scene: Scene) -> LicenseRequest:
    return LicenseRequest.objects.filter(user=scene.living).latest("pk")


REQUESTS: dict[str, Verb] = {
    "automation.services.requests.answering.approve_license": Verb(
        role_table.LICENSES,
        lambda at, by: approve_license(_asked(at), actor=by),
        prepare=_ask,
    ),
    "automation.services.requests.answering.approve_seats": Verb(
        role_table.SUBSCRIPTIONS,
        lambda at, by: approve_seats(_asked(at), 2, actor=by),
        prepare=_ask_for_seats,
    ),
    "automation.services.requests.answering.decline": Verb(
        role_table.LICENSES,
        lambda at, by: decline(_asked(at), actor=by, words="No."),
        prepare=_ask,
    ),
}
