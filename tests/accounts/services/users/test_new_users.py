"""The seats that new users take, chunk by chunk, counted at the very end."""

from collections import Counter

import pytest
from django.utils import timezone

from accounts.services.users import License, NewUser
from accounts.services.users.new_users import Chunk, Ledger
from customers.errors import Refused
from licensing.errors import NotActive, RulesBroken, SeatsShort
from licensing.models import Subscription
from licensing.services.seats import AlikeSeats
from tests.accounts.verbs import held, subscribe
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast


def new(cast: Cast, *licenses: License, location: str = "US") -> NewUser:
    domain = cast.contoso.domains.get(is_primary=True)
    return NewUser("ada", domain, "Ada", {"usage_location": location}, licenses=licenses)


def take(cast: Cast, ledger: Ledger, chunk: Chunk) -> list[AlikeSeats]:
    users = UserFactory.create_batch(len(chunk), customer=cast.contoso)
    return ledger.take(chunk, [user.pk for user in users], timezone.now())


def test_a_new_user_has_a_name_on_the_domain(cast: Cast) -> None:
    assert new(cast).user_name == "ada@contoso.example"


def test_without_licenses_nothing_is_taken(cast: Cast) -> None:
    ledger = Ledger(cast.contoso)
    assert take(cast, ledger, [new(cast)]) == []
    assert ledger.gained == Counter()


def test_seats_are_taken_alike_and_counted_over_all_chunks(cast: Cast) -> None:
    teams, visio = subscribe(cast, "Teams"), subscribe(cast, "Visio")
    ledger = Ledger(cast.contoso)
    both = (License(teams.pk, ("CHAT",)), License(visio.pk))
    users = UserFactory.create_batch(3, customer=cast.contoso)
    ids = [user.pk for user in users]
    chunk = [new(cast, *both), new(cast), new(cast, *both)]
    seats = ledger.take(chunk, ids, timezone.now())
    assert seats == [
        AlikeSeats(teams.pk, [ids[0], ids[2]], ("CHAT",)),
        AlikeSeats(visio.pk, [ids[0], ids[2]]),
    ]
    assert held(users[0]) == [("Teams", ["CHAT"]), ("Visio", [])]
    take(cast, ledger, [new(cast, License(teams.pk))])
    assert ledger.gained == Counter({teams.pk: 3, visio.pk: 2})
    facts = [ledger.facts(each) for each in seats]
    assert facts == [{"product": "Teams", "services_off": ["CHAT"]}, {"product": "Visio"}]


def test_anothers_subscription_is_none(cast: Cast) -> None:
    other = SubscriptionFactory.create(customer=cast.northwind)
    with pytest.raises(Refused) as caught:
        take(cast, Ledger(cast.contoso), [new(cast, License(other.pk))])
    assert caught.value.code == "subscription-gone"


def test_a_plan_that_the_product_does_not_have_is_refused_in_any_chunk(cast: Cast) -> None:
    teams, ledger = subscribe(cast, "Teams"), Ledger(cast.contoso)
    take(cast, ledger, [new(cast, License(teams.pk, ("CHAT",)))])
    with pytest.raises(Refused):
        take(cast, ledger, [new(cast, License(teams.pk, ("CALLS",)))])


def test_rules_are_broken_by_user(cast: Cast) -> None:
    base = subscribe(cast, "Base")
    product = ProductFactory.create(name="Extra", requires=[base.product])
    extra = SubscriptionFactory.create(customer=cast.contoso, product=product)
    users = UserFactory.create_batch(3, customer=cast.contoso)
    chunk = [
        new(cast, License(extra.pk)),
        new(cast, License(extra.pk), License(base.pk)),
        new(cast, License(base.pk), location=""),
    ]
    with pytest.raises(RulesBroken) as caught:
        Ledger(cast.contoso).take(chunk, [user.pk for user in users], timezone.now())
    assert set(caught.value.problems) == {users[0].pk, users[2].pk}
    assert caught.value.problems[users[0].pk] == ["Extra needs Base too."]


def test_seats_that_run_short_are_missed_for_all_who_are_still_to_come(cast: Cast) -> None:
    teams = subscribe(cast, "Teams", quantity=2)
    ledger, one = Ledger(cast.contoso), new(cast, License(teams.pk))
    take(cast, ledger, [one, one])
    ledger.check_free(iter([]))
    take(cast, ledger, [one])
    with pytest.raises(SeatsShort) as caught:
        ledger.check_free(iter([[one, new(cast)], [one]]))
    assert caught.value.missing == {teams.pk: 3}


def test_seats_that_were_bought_meanwhile_are_found(cast: Cast) -> None:
    teams = subscribe(cast, "Teams", quantity=1)
    ledger, one = Ledger(cast.contoso), new(cast, License(teams.pk))
    take(cast, ledger, [one, one])
    Subscription.objects.filter(pk=teams.pk).update(quantity=2)
    ledger.check_free(iter([]))
    Subscription.objects.filter(pk=teams.pk).update(status="suspended")
    fresh = Ledger(cast.contoso)
    take(cast, fresh, [one])
    with pytest.raises(NotActive):
        fresh.check_free(iter([]))
