"""A new user in the team: added once, and what is wrong said at its field."""

from django.test import Client

from accounts.models import User
from tests.accounts.views.team.members import add, address
from tests.support.cast import Cast
from tests.support.forms import told


def test_the_same_form_sent_twice_leads_to_the_user(alice: Client, cast: Cast) -> None:
    add(alice)
    response = add(alice)
    dora = User.objects.get(username="dora@fabrikam.example")
    assert response.headers["Location"] == address(dora)
    assert "dora@fabrikam.example is already taken" in told(add(alice, first_name="Dorothea"))


def test_what_is_wrong_stands_at_its_field(alice: Client, cast: Cast) -> None:
    text = told(add(alice, user_name="bob"))
    assert "bob@fabrikam.example is already taken. Try bob2." in text
    assert "Choose at least one role." in told(add(alice, roles=[]))
    assert User.objects.staff_of(cast.fabrikam).count() == 3
