"""Users of the demo who sign in, by the names that the tests know them by."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from accounts.services.users.adding import give_roles
from customers.models import Domain, Partner
from customers.roles import Role


@dataclass(frozen=True, slots=True)
class Member:
    user_name: str
    first_name: str
    last_name: str
    title: str
    roles: tuple[Role, ...] = ()

    @property
    def display_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


ALICE = Member(
    "alice@fabrikam.example", "Alice", "Hart", "account admin of Fabrikam", (Role.ACCOUNT_ADMIN,)
)
BOB = Member(
    "bob@fabrikam.example", "Bob", "Okafor", "helpdesk agent of Fabrikam", (Role.HELPDESK_AGENT,)
)
SALLY = Member(
    "sally@fabrikam.example", "Sally", "Lindqvist", "sales agent of Fabrikam", (Role.SALES_AGENT,)
)
CHARLIE = Member(
    "charlie@litware.example", "Charlie", "Nakamura", "account admin of Litware",
    (Role.ACCOUNT_ADMIN,),
)  # fmt: skip
GAIL = Member(
    "gail@contoso.example", "Gail", "Moreno", "Global administrator of the customer Contoso",
    (Role.GLOBAL_ADMIN,),
)  # fmt: skip
UMA = Member("uma@contoso.example", "Uma", "Patel", "user of the customer Contoso")
SUPPORT = Member("support@portal.example", "Sam", "Rivers", "support staff, in the admin")

CAST = (ALICE, BOB, SALLY, CHARLIE, GAIL, UMA, SUPPORT)


def write_partner(
    name: str, country: str, members: tuple[Member, ...], password: str
) -> tuple[Partner, list[User]]:
    """Write a partner with its domain; return it with its staff, in order. `password` is a hash."""
    partner = Partner.objects.create(name=name, country=country)
    domain_name = members[0].user_name.partition("@")[2]
    domain = Domain.objects.create(partner=partner, name=domain_name, is_primary=True)
    users = [
        _user(member, password, partner=partner, domain=domain, country=country)
        for member in members
    ]
    User.objects.bulk_create(users)
    give_roles(users, [member.roles for member in members])
    return partner, users


def write_support(password: str, added: datetime) -> User:
    user = _user(SUPPORT, password, is_staff=True, is_superuser=True, added_at=added)
    user.save()
    return user


def _user(member: Member, password: str, **fields: object) -> User:
    user = User(
        user_name=member.user_name,
        first_name=member.first_name,
        last_name=member.last_name,
        display_name=member.display_name,
        password=password,
        **fields,
    )
    user.fill_derived()
    return user
