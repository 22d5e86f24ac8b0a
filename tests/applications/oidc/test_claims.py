"""What an application is told of a user, and what not."""

import pytest

from accounts.signin.lookup import user_of_id
from applications.models import Claim
from applications.oidc.claims import EXTRA, SCOPES, claims_of, held_plans, tenant_and_groups_of
from applications.services.applications import SCOPES as REGISTERED
from tests.factories import ApplicationFactory, ProductFactory, SubscriptionFactory, assign
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def test_each_claim_that_can_be_chosen_is_a_field() -> None:
    assert EXTRA.keys() == set(Claim)
    assert sorted(SCOPES) == sorted(REGISTERED)


def test_without_a_scope_it_is_nothing_but_who(cast: Cast) -> None:
    told = claims_of(cast.uma, ApplicationFactory.create(partner=cast.fabrikam), ["openid"])
    assert told == {"sub": str(cast.uma.uuid)}


def test_extra_claims_come_with_the_profile_where_they_are_not_empty(cast: Cast) -> None:
    names = [Claim.COUNTRY, Claim.DEPARTMENT, Claim.OFFICE]
    files = ApplicationFactory.create(partner=cast.fabrikam, extra_claims=names)
    cast.uma.country, cast.uma.department, cast.uma.job_title = "US", "Research", "Chemist"
    told = claims_of(cast.uma, files, ["openid", "profile"])
    assert (told["country"], told["department"]) == ("US", "Research")
    assert told.keys().isdisjoint({"office", "job_title", "email", "email_verified"})


def test_groups_are_those_that_hold_now(cast: Cast) -> None:
    product = ProductFactory.create(name="Teams", plans=["CHAT", "CALLS"])
    other = ProductFactory.create(name="Storage", plans=["FILES"])
    teams = SubscriptionFactory.create(customer=cast.contoso, product=product)
    storage = SubscriptionFactory.create(customer=cast.contoso, product=other)
    assign(teams, cast.gail, services_off=["CALLS"])
    assign(storage, cast.gail)
    gail = user_of_id(cast.gail.pk)
    assert gail is not None
    own = str(cast.contoso.uuid)
    both = ["Global administrator", "CHAT", "FILES"]
    assert tenant_and_groups_of(gail) == (own, both)
    storage.status = "suspended"
    storage.save()
    assert tenant_and_groups_of(gail) == (own, both[:2])


def test_a_plan_that_several_licenses_have_is_told_once_and_one_without_a_code_not(
    cast: Cast,
) -> None:
    """As `held_plans` has it, which is asked on SQLite."""
    first = ProductFactory.create(plans=["CHAT", "BOARDS", ""])
    second = ProductFactory.create(plans=["CHAT", "boards"])
    for product, off in ((first, ["chat"]), (second, ["BOARDS"])):
        pool = SubscriptionFactory.create(customer=cast.contoso, product=product)
        assign(pool, cast.uma, services_off=off)
    _tenant, groups = tenant_and_groups_of(cast.uma)
    assert groups == sorted({code for code in held_plans(cast.uma) if code})
    assert groups == ["BOARDS", "CHAT", "boards"]
