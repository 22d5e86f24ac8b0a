from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import CredentialSheet, User
from applications.services.applications import Added
from customers.actions import Action
from customers.errors import Refused
from customers.folding import customer_search_text
from customers.models import Customer, Domain, Partner
from customers.roles import Role
from customers.services import audit, bulk
from licensing.models import Product

from .applications import write_applications
from .cast import ALICE, BOB, CHARLIE, SALLY, write_partner, write_support
from .catalog import write_catalog
from .companies import CONTOSO, FABRIKAM, LITWARE, Company
from .life import Life, Staff
from .seats import DemoSeats
from .showcase import ADMINISTRATORS, Showcase, leave_passwords_to_hand_over
from .stage import DemoAction, Stage
from .users import UserMaker

# Where `make run` has Team Chat, unless it is told otherwise.
TEAM_CHAT = "http://localhost:8100"
PARTNER_SINCE = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Filled:
    partners: int
    customers: int
    users: int
    sheets: Sequence[CredentialSheet]
    team_chat: Added


def fill(
    password: str, fabrikam: Sequence[Company] = FABRIKAM, *, team_chat: str = TEAM_CHAT
) -> Filled:
    """Fill an empty database, all or nothing; `password` is that of all users who sign in.

    `team_chat` is the address of the application that is started beside the portal.
    Raise Refused where there are users. They are the same every time, dated from this moment.
    """
    hashed = make_password(password)
    with transaction.atomic():
        if User.objects.exists() or Partner.objects.exists() or Product.objects.exists():
            raise Refused(
                _("This database is in use: the demo fills an empty one only."),
                code="database-in-use",
            )
        return _Filling(hashed).run(fabrikam, team_chat)


class _Filling:
    def __init__(self, password: str) -> None:
        self.password, self.now = password, timezone.now()
        self.products: Mapping[str, Product] = write_catalog()
        self.stage = Stage()

    def run(self, fabrikam: Sequence[Company], team_chat: str) -> Filled:
        write_support(self.password, self.now - PARTNER_SINCE)
        members = (ALICE, BOB, SALLY)
        partner, (alice, bob, sally) = write_partner("Fabrikam", "US", members, self.password)
        staff = Staff(partner, alice, bob, sally)
        own = [self._customer(company, staff) for company in fabrikam]
        partner, (charlie,) = write_partner("Litware", "IE", (CHARLIE,), self.password)
        staff = Staff(partner, charlie, charlie, charlie)
        others = [self._customer(company, staff) for company in LITWARE]
        self.stage.flush()
        sheets = leave_passwords_to_hand_over(own[0], alice)
        added = write_applications(own, actor=alice, team_chat=team_chat)
        return Filled(2, len(own) + len(others), User.objects.count(), sheets, added)

    def _customer(self, company: Company, staff: Staff) -> Customer:
        # Not for secrets: the same users every time, whatever else the demo holds.
        random = Random(f"demo {company.name}")  # noqa: S311
        start = self.now - timedelta(days=random.uniform(75, 700))
        customer, domains = _write_customer(company, staff, start, self.stage)
        seats = DemoSeats(
            customer, company.profile, self.products, start=start, now=self.now, random=random
        )
        life = Life(customer, staff, seats, self.stage, random)
        maker = UserMaker(company, customer, domains, random)
        showcase = Showcase(maker, life) if company.name == CONTOSO.name else None
        if showcase is not None:
            showcase.write_sign_ins(self.password)
        for number in range(max(company.size - (Showcase.EXTRAS if showcase else 0), 0)):
            fate = life.draw_fate()
            user = maker.make(life.draw_moment(fate))
            life.add(user, fate, _roles(number, company.size))
            if self.stage.is_full:
                self.stage.flush()
        if showcase is not None:
            showcase.add_extras()
        self.stage.actions += seats.close(staff.sales)
        Customer.objects.filter(pk=customer.pk).update(
            active_users=life.living, deleted_users=life.deleted, created_at=start
        )
        return customer


def _write_customer(
    company: Company, staff: Staff, start: datetime, stage: Stage
) -> tuple[Customer, list[Domain]]:
    customer = Customer.objects.create(
        partner=staff.partner,
        name=company.name,
        country=company.country,
        contact_email=f"office@{company.domains[0]}",
        search_text=customer_search_text(company.name, company.domains),
    )
    domains = [
        Domain(customer=customer, name=name, is_primary=name == company.domains[0])
        for name in company.domains
    ]
    bulk.insert(Domain, domains)
    entries = [audit.Entry(Action.CUSTOMER_ADDED, customer, {"country": company.country})]
    entries += [audit.Entry(Action.DOMAIN_ADDED, row, {"domain": row.name}) for row in domains]
    stage.actions.append(DemoAction(start, staff.admin, customer, entries))
    return customer, domains


def _roles(number: int, size: int) -> tuple[Role, ...]:
    """Return the roles of one of the users: one or two run the customer, some a part of it."""
    if number == 0 or (number == 1 and size > 100):
        return (Role.GLOBAL_ADMIN,)
    if number % 25 == 5:
        return (ADMINISTRATORS[number // 25 % len(ADMINISTRATORS)],)
    if number % 180 == 9:
        return (Role.LICENSE_ADMIN, Role.BILLING_ADMIN)
    return ()
