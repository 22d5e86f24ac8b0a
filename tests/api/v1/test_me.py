"""What a token tells of itself."""

from customers.models import Customer
from customers.roles import Capability
from tests.api.caller import Script
from tests.api.tokens import token_of
from tests.support.cast import Cast


def test_a_token_tells_what_it_may(cast: Cast) -> None:
    script = Script(token_of(cast.alice, Capability.MANAGE_LICENSES, customers=[cast.contoso]).text)
    me = script.get("/me")
    assert me["permissions"] == ["manage licenses", "see"]
    assert me["customers"] == [str(Customer.objects.get(pk=cast.contoso.pk).uuid)]
    assert me["readsThisMinute"] == 1
