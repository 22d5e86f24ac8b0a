"""What the database shows a source where the code forgets to ask: the customer's rows alone."""

import pytest
from django.test import RequestFactory

from accounts.models import User
from accounts.signin.admission import NotAdmitted
from api.authentication import hold_to, let_in, let_in_source
from api.models import ScimLink, Source, SourceRefusal, Token
from customers import scope
from customers.models import Batch, Customer
from licensing.models import Subscription
from tests.api.scim.calling import caller_of
from tests.factories import ScimLinkFactory, SourceRefusalFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast


def test_the_token_of_a_source_opens_no_other_door(cast: Cast) -> None:
    call = caller_of(cast.contoso, cast.gail)
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {call.token}"})
    with scope.within(scope.NOBODY):
        with pytest.raises(NotAdmitted):
            let_in(request)
        assert scope.current() == scope.NOBODY


@pytest.mark.postgres
def test_a_source_is_shown_its_customer(cast: Cast) -> None:
    call = caller_of(cast.contoso, cast.gail)
    call.create()
    for customer, actor in ((cast.northwind, cast.alice), (cast.adatum, cast.charlie)):
        other = caller_of(customer, actor)
        stranger = UserFactory.create(customer=customer)
        ScimLinkFactory.create(source=other.source, user=stranger)
        SourceRefusalFactory.create(source=other.source)
        SubscriptionFactory.create(customer=customer)
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {call.token}"})
    with scope.within(scope.NOBODY):
        let_in_source(request)
        hold_to(cast.contoso)
        assert list(Customer.objects.all()) == [cast.contoso]
        assert set(Source.objects.values_list("customer", flat=True)) == {cast.contoso.pk}
        assert set(ScimLink.objects.values_list("customer", flat=True)) == {cast.contoso.pk}
        assert set(Batch.objects.values_list("customer", flat=True)) == {cast.contoso.pk}
        assert not SourceRefusal.objects.exists()
        assert not Subscription.objects.exists()
        assert set(User.objects.values_list("customer", flat=True)) == {cast.contoso.pk, None}
        assert set(Token.objects.values_list("user", flat=True)) == {call.source.user_id}
        # What is the partner's, and another's, can't be written.
        assert User.objects.filter(customer=None).update(job_title="x") == 0
        assert User.objects.filter(customer=cast.northwind).update(job_title="x") == 0
