"""Who hears of what is so at a customer, or at a partner as a whole."""

import pytest

from accounts.models import User
from accounts.services.users import block_users
from automation.models import NoticeKind
from automation.queries.readers import readers_at, readers_of
from customers.roles import Capability, Role
from tests.api.tokens import integration
from tests.factories import StaffFactory, UserFactory
from tests.support.cast import Cast


def names(users: list[User]) -> list[str]:
    return sorted(user.user_name for user in User.objects.filter(pk__in=[u.pk for u in users]))


def test_those_hear_of_it_who_can_do_something_about_it(cast: Cast) -> None:
    integration(cast.alice, Role.SALES_AGENT)
    blocked = UserFactory.create(customer=cast.contoso, roles=[Role.GLOBAL_ADMIN])
    block_users([blocked], customer=cast.contoso, actor=cast.gail)
    found = readers_at({cast.contoso.pk, cast.northwind.pk, cast.adatum.pk}, NoticeKind.SEATS)
    staff = ["alice@fabrikam.example", "sally@fabrikam.example"]
    assert names(found[cast.contoso.pk]) == sorted([*staff, cast.gail.user_name])
    assert names(found[cast.northwind.pk]) == staff
    assert names(found[cast.adatum.pk]) == [cast.charlie.user_name]


def test_who_has_two_roles_hears_of_it_once(cast: Cast) -> None:
    both = StaffFactory.create(partner=cast.fabrikam, roles=[Role.SALES_AGENT, Role.ACCOUNT_ADMIN])
    found = readers_at({cast.contoso.pk}, NoticeKind.SEATS)[cast.contoso.pk]
    assert found.count(both) == 1


def test_staff_limited_to_another_partners_customer_hear_nothing_of_it(cast: Cast) -> None:
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.SALES_AGENT], only=[cast.contoso, cast.adatum]
    )
    found = readers_at({cast.contoso.pk, cast.northwind.pk, cast.adatum.pk}, NoticeKind.SEATS)
    assert [pk for pk, users in found.items() if limited in users] == [cast.contoso.pk]


def test_what_is_everybodys_has_no_readers(cast: Cast) -> None:
    with pytest.raises(ValueError, match="device"):
        readers_at({cast.contoso.pk}, NoticeKind.DEVICE)


def test_of_a_partner_as_a_whole_those_hear_whose_role_reaches_all_of_it(cast: Cast) -> None:
    StaffFactory.create(partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN], only=[cast.contoso])
    found = readers_of({cast.fabrikam.pk, cast.litware.pk}, Capability.MANAGE_APPLICATIONS)
    assert found == {cast.fabrikam.pk: [cast.alice], cast.litware.pk: [cast.charlie]}
