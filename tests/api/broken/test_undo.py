"""What undoing an upload takes."""

from accounts.services.running import run_batch
from api.v1.guids import guid
from customers.models import Batch
from customers.roles import Capability
from licensing.models import LicenseAssignment
from tests.api.broken.test_rights import FILE, checked
from tests.api.caller import Script, script_of
from tests.api.tokens import token_of
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast


def test_a_token_without_the_right_takes_no_licenses_back_by_undo(cast: Cast) -> None:
    product = ProductFactory.create(name="Office", sku="OFFICE")
    SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=5)
    script = script_of(cast.alice, grave=True)
    own = checked(script, cast, FILE, "&existing=addLicenses")
    seen = {"seen": script.get(own)["fingerprint"]}
    assert script("POST", f"{own}/confirm", seen).status_code == 202
    assert run_batch(Batch.objects.get().pk)
    before = LicenseAssignment.objects.live().filter(user=cast.uma).count()
    assert before == 1
    narrow = Script(token_of(cast.alice, Capability.MANAGE_USERS, grave=True).text)
    batch = guid("batch", Batch.objects.get().pk)
    answer = narrow("POST", f"/batches/{batch}/undo", {})
    assert answer.status_code == 403, answer.content
    assert LicenseAssignment.objects.live().filter(user=cast.uma).count() == before
