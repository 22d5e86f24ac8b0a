"""The page of one member of the team: changed, changed meanwhile, and one's own."""

from http import HTTPStatus

from django.test import Client

from accounts.models import User
from accounts.services.staff import StaffDetails, change_staff
from customers.roles import Role
from tests.accounts.views.team.members import address
from tests.factories import StaffFactory
from tests.support.cast import Cast
from tests.support.forms import fields, read, told, words


def test_a_change_is_saved_and_stands_in_the_log(alice: Client, cast: Cast) -> None:
    sent = fields(read(alice, address(cast.bob)))
    response = alice.post(
        address(cast.bob),
        {**sent, "display_name": "Robert", "roles": [Role.SALES_AGENT.value]},
        follow=True,
    )
    text = told(response)
    assert "Saved." in text
    assert "Permissions: Helpdesk agent → Sales agent" in text
    log = words(read(alice, "/team/activity/"))
    assert "Display name: Bob → Robert" in log
    assert "Display name: Bob → Robert" in words(
        read(alice, f"/team/activity/?user_id={cast.bob.pk}")
    )


def test_what_another_user_changed_meanwhile_is_said_and_not_lost(
    alice: Client, cast: Cast
) -> None:
    sent = fields(read(alice, address(cast.bob)))
    other = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN], display_name="Olga"
    )
    details = StaffDetails(cast.bob.user_name, roles=[Role.SALES_AGENT])
    change_staff(cast.bob, details, actor=other)
    response = alice.post(address(cast.bob), {**sent, "first_name": "Rob"})
    text = told(response)
    assert "Permissions: changed by Olga" in text
    again = fields(response.content.decode())
    assert (again["first_name"], again["roles"]) == (["Rob"], [Role.SALES_AGENT.value])
    alice.post(address(cast.bob), again)
    bob = User.objects.get(pk=cast.bob.pk)
    assert (bob.first_name, bob.roles) == ("Rob", (Role.SALES_AGENT,))


def test_ones_own_page_has_neither_roles_nor_a_way_out(alice: Client, cast: Cast) -> None:
    html = read(alice, address(cast.alice))
    assert "roles" not in fields(html)
    text = words(html)
    assert "Your roles: Account admin. Another account admin can change them." in text
    for action, why in (("block", "block yourself"), ("remove", "remove yourself")):
        assert why in text
        response = alice.post(address(cast.alice, action))
        assert response.status_code == HTTPStatus.FORBIDDEN
    alice.post(address(cast.alice, "customers"), {"reach": "some", "shown": cast.contoso.pk})
    assert not User.objects.get(pk=cast.alice.pk).limited_to_customers
