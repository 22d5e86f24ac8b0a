"""Those of the demo who sign in."""

from django.utils import timezone

from accounts.models import User
from customers.roles import Role
from demo.cast import ALICE, BOB, CAST, write_partner, write_support


def test_each_has_a_user_name_and_a_title_of_their_own() -> None:
    assert len({member.user_name for member in CAST}) == len(CAST)
    assert all(member.title and member.display_name.strip() for member in CAST)


def test_a_partner_comes_with_its_domain_and_staff(db: None) -> None:
    partner, (alice, bob) = write_partner("Fabrikam", "US", (ALICE, BOB), "!hash")
    assert (partner.name, partner.domains.get().name) == ("Fabrikam", "fabrikam.example")
    assert partner.domains.get().is_primary
    found = {user.user_name: user for user in User.objects.with_roles()}
    assert found[ALICE.user_name].roles == (Role.ACCOUNT_ADMIN,)
    assert found[BOB.user_name].roles == (Role.HELPDESK_AGENT,)
    assert (alice.partner, bob.username, bob.password) == (partner, BOB.user_name, "!hash")


def test_support_is_of_no_partner(db: None) -> None:
    support = write_support("!hash", timezone.now())
    assert (support.is_staff, support.is_superuser) == (True, True)
    assert (support.partner, support.customer) == (None, None)
