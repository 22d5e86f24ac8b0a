"""The users that most tests speak of, as the fixture `cast`.

def test_bob_does_not_see_litware(client: Client, cast: Cast) -> None:
    client.force_login(cast.bob)
    assert client.get(f"/customers/{cast.adatum.pk}/").status_code == 404

Nobody has a password; `cast.gives_password(cast.alice)` sets PASSWORD, for signing in by form.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from accounts.models import User
from customers.folding import customer_search_text
from customers.models import Customer, Domain, Partner
from customers.roles import Role
from tests.factories import (
    CustomerFactory,
    PartnerFactory,
    StaffFactory,
    SupportFactory,
    UserFactory,
    put_in_groups,
)
from tests.factories.rows import insert

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

    def gives_password(self, *users: User) -> str:
        """A password of their own, which is returned."""
        for user in users:
            user.set_password(PASSWORD)
            user.save(update_fields=["password"])
        return PASSWORD


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def make_cast() -> Cast:
    """In a statement for each table: most tests begin with it."""
    fabrikam, litware = insert(PartnerFactory.build(name=name) for name in ("Fabrikam", "Litware"))
    contoso, northwind, adatum = insert(
        [
            CustomerFactory.build(partner=partner, name=name, search_text=found_by(name), **counted)
            for partner, name, counted in (
                (fabrikam, "Contoso", {"active_users": 2}),
                (fabrikam, "Northwind", {}),
                (litware, "Adatum", {}),
            )
        ]
    )
    domains = _domains([fabrikam, litware, contoso, northwind, adatum])
    users = {
        "alice": _staff(domains["fabrikam"], "Alice", Role.ACCOUNT_ADMIN),
        "bob": _staff(domains["fabrikam"], "Bob", Role.HELPDESK_AGENT),
        "sally": _staff(domains["fabrikam"], "Sally", Role.SALES_AGENT),
        "charlie": _staff(domains["litware"], "Charlie", Role.ACCOUNT_ADMIN),
        "gail": _user(domains["contoso"], "Gail", Role.GLOBAL_ADMIN),
        "uma": _user(domains["contoso"], "Uma"),
        "support": SupportFactory.build(local_part="support", display_name="Support"),
    }
    put_in_groups(insert(users.values()))
    return Cast(fabrikam, litware, contoso, northwind, adatum, **users)


def domain_of(name: str) -> str:
    return f"{name.lower()}.example"


def found_by(name: str) -> str:
    return customer_search_text(name, [domain_of(name)])


def _domains(owners: Sequence[Partner | Customer]) -> dict[str, Domain]:
    """The primary domain of each, by the name before the dot."""
    made = insert(
        Domain(
            partner=owner if isinstance(owner, Partner) else None,
            customer=owner if isinstance(owner, Customer) else None,
            name=domain_of(owner.name),
            is_primary=True,
        )
        for owner in owners
    )
    return {domain.name.partition(".")[0]: domain for domain in made}


def _staff(domain: Domain, name: str, role: Role) -> User:
    return StaffFactory.build(partner=domain.partner, domain=domain, **_named(name), roles=[role])


def _user(domain: Domain, name: str, *roles: Role) -> User:
    return UserFactory.build(customer=domain.customer, domain=domain, **_named(name), roles=roles)


def _named(name: str) -> dict[str, str]:
    return {"first_name": name, "last_name": "", "local_part": name.lower()}
