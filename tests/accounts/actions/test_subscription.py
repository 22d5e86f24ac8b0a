"""Change subscription: what its batches say."""

from accounts.actions.subscription import SUBSCRIPTION
from customers.models import Batch, BatchKind
from licensing.services.subscriptions import change_seats
from tests.accounts.verbs import subscribe
from tests.support.cast import Cast


def test_its_batch_changes_no_user_and_leads_to_the_subscriptions(cast: Cast) -> None:
    change_seats(subscribe(cast), 7, actor=cast.alice, key="k")
    batch = Batch.objects.get(kind=BatchKind.SUBSCRIPTION)
    assert (batch.done, SUBSCRIPTION.heading(batch)) == (0, "Subscription changed")
    assert SUBSCRIPTION.list_url(batch) == f"/customers/{cast.contoso.pk}/subscriptions/"
