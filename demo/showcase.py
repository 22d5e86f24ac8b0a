"""The customer that is shown around: every situation that a page has a word for."""

from dataclasses import replace
from datetime import timedelta

from accounts.models import CredentialSheet, User
from accounts.services.users import License, NewUser, add_users
from accounts.services.users.passwords import reset_passwords
from customers.actions import Action
from customers.models import Customer, Domain
from customers.roles import Role
from customers.services import audit

from .cast import GAIL, UMA, Member
from .life import Fate, Life, given
from .stage import DemoAction
from .users import UserMaker

LOST_DOMAIN = "contoso-labs.example"
# Local parts that the generated users must not take.
RESERVED = ("gail", "uma", "paul.winter", "mina.sato", "nadia.romano", "tom.becker", "leo.brandt")
ADMINISTRATORS = (
    Role.BILLING_ADMIN,
    Role.LICENSE_ADMIN,
    Role.PASSWORD_ADMIN,
    Role.SERVICE_ADMIN,
    Role.USER_ADMIN,
)


class Showcase:
    """The users with a story, of whom `EXTRAS` count towards the customer's size."""

    EXTRAS = 10

    def __init__(self, maker: UserMaker, life: Life) -> None:
        self.maker, self.life = maker, life
        for local_part in RESERVED:
            maker.reserve(local_part)

    def write_sign_ins(self, password: str) -> None:
        """Add Gail and Uma. From then on it is Gail who resets passwords."""
        gail, uma = self._named(GAIL), self._named(UMA)
        for user, member in ((gail, GAIL), (uma, UMA)):
            user.password = password
            self.life.add(user, Fate.PLAIN, member.roles)
        self.life.staff = replace(self.life.staff, helpdesk=gail)

    def add_extras(self) -> None:
        """Add users in the situations that restoring has a word for."""
        self._gone("Paul", "Winter", timedelta(days=29, hours=21), "ENTERPRISE-E3")
        self._gone("Mina", "Sato", timedelta(days=28, hours=22), "BUSINESS-BASIC")
        self._gone("Nadia", "Romano", timedelta(days=3, hours=4), "PROJECT-PLAN-3")
        self._gone("Tom", "Becker", timedelta(days=12), "ENTERPRISE-E3")
        # One who took the user name of a deleted one.
        namesake = self._new("Tomasz", "Becker", "tom.becker")
        namesake.added_at = self.life.now - timedelta(days=5)
        self.life.add(namesake, Fate.NEW)
        # One who was blocked before they were deleted.
        leo = self._gone("Leo", "Brandt", timedelta(days=1, hours=2), "BUSINESS-BASIC")
        leo.blocked_at = self.life.now - timedelta(days=2)
        leo.blocked_by = self.life.staff.admin
        # One in whose user name is a domain that was removed afterwards.
        ines = self._gone("Inês", "Carvalho", timedelta(days=10), "ENTERPRISE-E3")
        ines.user_name = f"ines.carvalho@{LOST_DOMAIN}"
        ines.fill_derived()
        life, domain = self.life, Domain(name=LOST_DOMAIN)
        for action, at in (
            (Action.DOMAIN_ADDED, life.start),
            (Action.DOMAIN_REMOVED, life.now - timedelta(days=8)),
        ):
            entry = audit.Entry(action, domain, {"domain": LOST_DOMAIN})
            life.stage.actions.append(DemoAction(at, life.staff.admin, life.customer, [entry]))

    def _named(self, member: Member, local_part: str = "") -> User:
        user = self.maker.make(self.life.first_day)
        local = local_part or member.user_name.partition("@")[0]
        user.domain = self.maker.domains[0]
        user.user_name = f"{local}@{user.domain.name}"
        user.first_name, user.last_name = member.first_name, member.last_name
        user.display_name = member.display_name
        user.alternate_email = f"{local}@mail.example"
        user.fill_derived()
        return user

    def _new(self, first: str, last: str, local_part: str = "") -> User:
        local = local_part or f"{first}.{last}".lower()
        return self._named(Member(local, first, last, ""), local)

    def _gone(self, first: str, last: str, ago: timedelta, *skus: str) -> User:
        user = self._new(first, last)
        life = self.life
        life.stage.users.append((user, ()))
        taken = [life.seats.take(sku) for sku in skus]
        entries = [audit.Entry(Action.USER_ADDED, user)]
        entries += given(user, taken)
        life.log_adding(user, entries)
        life.delete(user, taken, ago=ago)
        life.deleted += 1
        return user


def leave_passwords_to_hand_over(customer: Customer, actor: User) -> list[CredentialSheet]:
    """Return two open sheets, made in the same way as those of the portal."""
    domain = customer.domains.get(is_primary=True)
    seat = customer.subscriptions.get(product__sku="ENTERPRISE-E3")
    new = [
        NewUser(
            local_part=f"{first}.{last}".lower(),
            domain=domain,
            display_name=f"{first} {last}",
            fields={
                "first_name": first,
                "last_name": last,
                "usage_location": str(customer.country),
                "department": "Sales",
            },
            licenses=(License(seat.pk),),
        )
        for first, last in (("Priya", "Raman"), ("Jonas", "Eklund"), ("Salma", "Haddad"))
    ]
    added = add_users(new, customer=customer, actor=actor)
    forgetful = list(customer.users.active().filter(groups=None).order_by("sort_name")[:2])
    reset = reset_passwords(forgetful, customer=customer, actor=actor)
    return [added.sheet, reset.sheet]
