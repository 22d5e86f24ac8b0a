"""Who hears of a request: those who can answer it, and nobody else."""

from automation.services.requests.telling import answerers
from customers.roles import Role
from tests.automation.asked import closed_door
from tests.factories import LicenseRequestFactory, StaffFactory, UserFactory
from tests.support.cast import Cast


def told(request: object) -> set[str]:
    return {user.display_name for user in answerers(request)}  # type: ignore[arg-type]


def test_of_a_license_the_customers_administrators_hear(cast: Cast) -> None:
    door = closed_door(cast)
    UserFactory.create(
        customer=cast.contoso, display_name="Lea", local_part="lea", roles=[Role.LICENSE_ADMIN]
    )
    UserFactory.create(
        customer=cast.contoso, display_name="Bill", local_part="bill", roles=[Role.BILLING_ADMIN]
    )
    assert told(LicenseRequestFactory.create(user=door.user, product=door.product)) == {
        "Gail",
        "Lea",
    }


def test_where_nobody_else_can_the_partner_hears(cast: Cast) -> None:
    door = closed_door(cast)
    request = LicenseRequestFactory.create(user=cast.gail, product=door.product)
    assert told(request) == {"Alice", "Bob", "Sally"}


def test_of_seats_those_of_the_partner_hear_who_can_buy_for_this_customer(cast: Cast) -> None:
    door = closed_door(cast)
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.SALES_AGENT], display_name="Lim", local_part="lim"
    )
    limited.limited_to_customers = True
    limited.save(update_fields=["limited_to_customers"])
    request = LicenseRequestFactory.create(user=cast.gail, product=door.product, seats=2)
    assert told(request) == {"Alice", "Sally"}
    limited.allowed_customers.add(cast.contoso)
    assert told(request) == {"Alice", "Sally", "Lim"}
