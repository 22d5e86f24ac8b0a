"""What a user opened last, in order."""

from datetime import timedelta

from django.utils import timezone

from customers.places.rows import Visit
from tests.support.cast import Cast


def test_customers_and_users_are_told_apart_and_the_last_is_first(cast: Cast) -> None:
    now = timezone.now()
    for minutes, customer, user in (
        (3, cast.contoso, None),
        (2, cast.northwind, None),
        (1, cast.contoso, cast.uma),
        (0, cast.contoso, cast.gail),
    ):
        Visit.objects.create(
            owner=cast.alice, customer=customer, user=user, at=now - timedelta(minutes=minutes)
        )
    Visit.objects.create(owner=cast.bob, customer=cast.contoso, at=now)
    assert Visit.objects.newest_customers(cast.alice) == [cast.northwind.pk, cast.contoso.pk]
    assert Visit.objects.newest_users(cast.alice) == [cast.gail.pk, cast.uma.pk]
