"""The people that most tests speak of, as the fixture `cast`.

def test_bob_does_not_see_litware(client: Client, cast: Cast) -> None:
    client.force_login(cast.bob)
    assert client.get(f"/customers/{cast.adatum.pk}/").status_code == 404

Nobody has a password; `cast.gives_password(cast.alice)` sets PASSWORD, for signing in by form.
"""

from dataclasses import dataclass

import pytest

from accounts.models import User
from customers.models import Customer, Partner
from customers.roles import Role
from tests.factories import (
    CustomerFactory,
    PartnerFactory,
    StaffFactory,
    SupportFactory,
    UserFactory,
)

PASSWORD = "green-kettle-hums-9"


@dataclass(frozen=True)
class Cast:
    fabrikam: Partner
    litware: Partner
    contoso: Customer  # Fabrikam's, where gail and uma are
    northwind: Customer  # another one of Fabrikam's
    adatum: Customer  # Litware's
    alice: User  # Fabrikam, account admin
    bob: User  # Fabrikam, helpdesk agent
    sally: User  # Fabrikam, sales agent
    charlie: User  # Litware, account admin
    gail: User  # Contoso, Global administrator
    uma: User  # Contoso, plain user
    support: User  # support staff, superuser

    def gives_password(self, *people: User) -> str:
        """A password of their own, which is returned."""
        for person in people:
            person.set_password(PASSWORD)
            person.save(update_fields=["password"])
        return PASSWORD


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def make_cast() -> Cast:
    fabrikam = PartnerFactory.create(name="Fabrikam", domain="fabrikam.example")
    litware = PartnerFactory.create(name="Litware", domain="litware.example")
    contoso = CustomerFactory.create(partner=fabrikam, name="Contoso", domain="contoso.example")
    northwind = CustomerFactory.create(
        partner=fabrikam, name="Northwind", domain="northwind.example"
    )
    adatum = CustomerFactory.create(partner=litware, name="Adatum", domain="adatum.example")
    return Cast(
        fabrikam=fabrikam,
        litware=litware,
        contoso=contoso,
        northwind=northwind,
        adatum=adatum,
        alice=_staff(fabrikam, "Alice", Role.ACCOUNT_ADMIN),
        bob=_staff(fabrikam, "Bob", Role.HELPDESK_AGENT),
        sally=_staff(fabrikam, "Sally", Role.SALES_AGENT),
        charlie=_staff(litware, "Charlie", Role.ACCOUNT_ADMIN),
        gail=_user(contoso, "Gail", Role.GLOBAL_ADMIN),
        uma=_user(contoso, "Uma"),
        support=SupportFactory.create(local_part="support", display_name="Support"),
    )


def _staff(partner: Partner, name: str, role: Role) -> User:
    return StaffFactory.create(
        partner=partner, first_name=name, last_name="", local_part=name.lower(), roles=[role]
    )


def _user(customer: Customer, name: str, *roles: Role) -> User:
    return UserFactory.create(
        customer=customer, first_name=name, last_name="", local_part=name.lower(), roles=roles
    )
