"""What comes back with very many deleted users, in figures."""

from collections import Counter

from accounts.models import User
from accounts.services.returns import summarize
from accounts.services.users import plan_restore
from licensing.models import Subscription
from tests.accounts.verbs import delete, fresh, subscribe
from tests.factories import UserFactory, assign
from tests.support.cast import Cast


def test_the_figures_of_very_many_are_those_of_the_plan(cast: Cast) -> None:
    ann, ben, cid, dot, eve, fay = users = UserFactory.create_batch(6, customer=cast.contoso)
    base = subscribe(cast, "Base", *users, quantity=6)
    extra, mail = subscribe(cast, "Extra", ben, cid, dot), subscribe(cast, "Mail", ann, eve)
    assign(subscribe(cast, "Calls"), ann, fay, services_off=["CHAT"])
    delete(cast, *users)
    # Two seats of Base are gone, without which there is no Extra; and eve can't have Mail there.
    extra.product.requires.add(base.product)
    Subscription.objects.filter(pk=base.pk).update(quantity=3)
    mail.product.blocked_countries = ["KP"]
    mail.product.save()
    User.objects.filter(pk=eve.pk).update(usage_location="KP")
    # In the order that is asked for, not of the ids.
    order = [fresh(user) for user in (eve, ann, cid, fay, ben, dot)]
    planned = plan_restore(order, customer=cast.contoso)
    found = summarize([user.pk for user in order], cast.contoso)
    assert found.back == Counter(row.product for item in planned for row in item.back)
    assert found.lost == Counter(reason for item in planned for _row, reason in item.lost)
    assert found.lost["Extra needs Base too."] == 2
    assert found.back == {"Base": 3, "Extra": 1, "Mail": 1, "Calls": 2}


def test_nobody_and_users_who_are_not_deleted_are_counted_nowhere(cast: Cast) -> None:
    subscribe(cast, "Teams", cast.uma)
    for users in ([], [cast.uma.pk]):
        found = summarize(users, cast.contoso)
        assert (found.back, found.lost) == (Counter(), Counter())


def test_a_closed_subscription_is_said_for_each_of_its_users(cast: Cast) -> None:
    users = UserFactory.create_batch(2, customer=cast.contoso)
    visio = subscribe(cast, "Visio", *users)
    delete(cast, *users)
    Subscription.objects.filter(pk=visio.pk).update(status="suspended")
    found = summarize([user.pk for user in users], cast.contoso)
    assert found.lost == {"Visio: the subscription is suspended.": 2}
    assert found.back == Counter()
