"""What the team's pages have in common: whose they are, and who is not there any more."""

from django.test import Client

from accounts.services.staff import remove_staff
from customers.roles import Role
from tests.accounts.views.team.members import address
from tests.factories import StaffFactory
from tests.support.cast import Cast
from tests.support.forms import read, told


def test_a_removed_user_is_told_of_in_the_list_and_not_listed(alice: Client, cast: Cast) -> None:
    remove_staff([cast.bob], actor=cast.alice)
    response = alice.get(address(cast.bob), follow=True)
    assert "Bob has been deleted by Alice." in told(response)
    assert [row.user.display_name for row in response.context["rows"]] == ["Alice", "Sally"]


def test_team_is_in_the_menu_of_account_admins_alone(cast: Cast) -> None:
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN], only=[cast.contoso]
    )
    for user in (cast.alice, cast.bob, cast.sally, cast.gail, limited):
        client = Client()
        client.force_login(user)
        linked = 'href="/team/"' in read(client, "/me/account/")
        assert linked is (user is cast.alice)
    text = told(client.get("/team/"))
    assert "Account admin of all customers" in text
